//! What the checks are about: a target that is connected, and what all of them need to know of it.

use limosa_catalog::Identifier;
use limosa_postgres::{ServerFacts, Session};

use super::search_path;
use super::wanted::Wanted;
use crate::history::{History, HistoryError};
use crate::target::Target;

pub(super) struct Subject<'a> {
    pub(super) target: &'a Target,
    pub(super) facts: ServerFacts,
    pub(super) history: Result<History, HistoryError>,
    /// Whether a transaction pooler stands in between; `None` where that was not to be found out.
    pub(super) pooled: Option<bool>,
    /// The schemas in which unqualified names are looked up, in order, whether they are there or not.
    pub(super) schemas: Vec<Identifier>,
    /// What the migrations that are not applied need.
    pub(super) wanted: Wanted,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        target: &'a Target,
        session: &Session,
        facts: ServerFacts,
        history: Result<History, HistoryError>,
        pooled: Option<bool>,
        wanted: Wanted,
    ) -> Self {
        let path = crate::target::search_path(target, session).unwrap_or_else(|| facts.search_path.clone());
        let role = target.owner_role.as_ref().map_or(facts.current_user.as_str(), Identifier::as_str);
        let schemas = search_path::schemas(&path, role);
        Self { target, facts, history, pooled, schemas, wanted }
    }

    /// The role under which migrations run, whose rights are asked for.
    pub(super) fn role(&self) -> &str {
        self.target.owner_role.as_ref().map_or(self.facts.current_user.as_str(), Identifier::as_str)
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

/// A role or schema as it stands in a statement to be typed.
pub(super) fn quoted(name: &str) -> String {
    Identifier::new(name).map_or_else(|_| name.to_owned(), |name| name.to_string())
}
