//! What the checks are about: a target that is connected, and what all of them need to know of it.

use limosa_catalog::Identifier;
use limosa_postgres::{ConnectError, ServerFacts, Session};

use super::search_path;
use super::wanted::Wanted;
use crate::history::{History, HistoryError};
use crate::target::Target;

/// What came of opening a second session, as a run does.
pub(super) enum SecondSession {
    /// The server takes one connection at a time.
    Impossible,
    /// It was opened; `pooled` tells whether a transaction pooler stands in between.
    Open { pooled: bool },
    /// It was not to be had.
    Refused(ConnectError),
}

/// What the checks decide from, apart from what each reads for itself.
pub(super) struct Subject<'a> {
    pub(super) target: &'a Target,
    pub(super) facts: ServerFacts,
    pub(super) history: Result<History, HistoryError>,
    pub(super) second: SecondSession,
    /// The schemas in which unqualified names are looked up, in order, whether they are there or not.
    pub(super) schemas: Vec<Identifier>,
    /// Whether statements run under a role, search path or timeout that has to be set for them.
    pub(super) needs_settings: bool,
    /// What the migrations that are not applied need.
    pub(super) wanted: Wanted,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        target: &'a Target,
        session: &Session,
        facts: ServerFacts,
        history: Result<History, HistoryError>,
        second: SecondSession,
        wanted: Wanted,
    ) -> Self {
        let set_path = crate::target::search_path(target, session);
        let needs_settings = set_path.is_some() || target.owner_role.is_some() || target.statement_timeout.is_some();
        let path = set_path.unwrap_or_else(|| facts.search_path.clone());
        let schemas = search_path::schemas(&path, role(target, &facts));
        Self { target, facts, history, second, schemas, needs_settings, wanted }
    }

    /// The role under which migrations run, whose rights are asked for.
    pub(super) fn role(&self) -> &str {
        role(self.target, &self.facts)
    }

    /// Whether a transaction pooler is known to stand in between.
    pub(super) fn is_pooled(&self) -> bool {
        matches!(self.second, SecondSession::Open { pooled: true })
    }

    /// The schemas as a parameter of type `text[]`.
    pub(super) fn schema_names(&self) -> Vec<String> {
        self.schemas.iter().map(|schema| schema.as_str().to_owned()).collect()
    }

    /// Whether the service itself says where its objects are.
    pub(super) fn names_schemas(&self) -> bool {
        self.target.search_path.is_some()
    }
}

fn role<'a>(target: &'a Target, facts: &'a ServerFacts) -> &'a str {
    target.owner_role.as_ref().map_or(facts.current_user.as_str(), Identifier::as_str)
}
