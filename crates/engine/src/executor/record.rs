//! What is put on record beside migrations: acts that change the history and not the schema.

use serde_json::Value;

use super::Executor;
use crate::history::{self, EventRecord, MigrationRecord, Prepared};
use crate::run_error::RunError;

/// An act, as the log tells it.
pub(crate) struct Act<'a> {
    /// `renumber`, `repair` …
    pub(crate) kind: &'static str,
    /// The migration that it was about, where it was one.
    pub(crate) about: Option<&'a MigrationRecord<'a>>,
    /// The reason given.
    pub(crate) reason: Option<&'a str>,
    /// What was done, for programs.
    pub(crate) detail: Value,
}

impl Executor<'_> {
    /// Changes the history by these statements, and appends the event that tells of it: one transaction.
    ///
    /// # Errors
    /// What the server says; nothing was changed then.
    pub(crate) async fn record_act(&mut self, act: &Act<'_>, statements: &[String]) -> Result<(), RunError> {
        let about = |part: fn(&MigrationRecord<'_>) -> String| act.about.map(part);
        let event = EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: act.kind.to_owned(),
            version: about(|it| it.version.to_owned()),
            name: about(|it| it.name.to_owned()),
            checksum: about(|it| it.checksum.to_owned()),
            actor: self.actor.clone(),
            reason: act.reason.map(ToOwned::to_owned),
            detail: Some(act.detail.to_string()),
        };
        let (sql, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        let mut statements = statements.to_vec();
        statements.push(sql);
        self.write_history(&statements).await?;
        self.last = link;
        Ok(())
    }
}
