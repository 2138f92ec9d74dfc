//! Trying to read, write and change a relation that somebody has locked.

use std::collections::BTreeSet;
use std::time::Duration;

use limosa_plan::lock::LockMode;
use limosa_plan::trace::{Probe, Probed, TracedKind};
use limosa_postgres::{ServerError, Session};

use super::observe::{Oid, Relation, held_by_others};
use crate::server_words::is_lock_failure;

/// Whoever has to wait at all has to wait longer than this. Triggers and rules have no part in it.
const SETTINGS: &str = "SET lock_timeout = '3ms'; SET statement_timeout = '10s'; \
                        SET session_replication_role = replica; SET client_min_messages = error";

/// How often is tried again where somebody else was in the way, and after which pause.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// Makes a session one that probes. For superusers only.
pub(super) async fn prepare(session: &Session) -> Result<(), ServerError> {
    session.flight(SETTINGS).await.map(drop).map_err(|failure| failure.error)
}

/// Sessions that look at a third one.
pub(super) struct Onlookers<'a> {
    /// Tries.
    pub(super) prober: &'a Session,
    /// Reads `pg_locks`.
    pub(super) watcher: &'a Session,
    /// The traced process.
    pub(super) process: i32,
}

impl Onlookers<'_> {
    /// What can be done with a relation now.
    pub(super) async fn probe(&self, oid: Oid, relation: &Relation) -> Result<Probed, ServerError> {
        let name = &relation.name;
        let through_its_table = || Probe::Impossible("an index is reached through its table".to_owned());
        let (reads, writes) = match relation.kind {
            TracedKind::Index => (through_its_table(), through_its_table()),
            TracedKind::Sequence => (
                self.attempt(oid, &format!("SELECT last_value FROM {name}"), LockMode::AccessShare).await?,
                self.attempt(
                    oid,
                    &format!("SELECT pg_catalog.nextval({}::regclass)", limosa_catalog::Literal(&name.to_string())),
                    LockMode::RowExclusive,
                )
                .await?,
            ),
            _ => (
                self.attempt(oid, &format!("SELECT FROM {name} LIMIT 0"), LockMode::AccessShare).await?,
                self.attempt(oid, &format!("DELETE FROM {name} WHERE false"), LockMode::RowExclusive).await?,
            ),
        };
        let comment = format!("COMMENT ON {} {name} IS NULL", relation.kind.sql());
        let schema_changes = self.attempt(oid, &comment, LockMode::ShareUpdateExclusive).await?;
        Ok(Probed { reads, writes, schema_changes })
    }

    /// Runs a statement that needs this lock, and takes it back.
    async fn attempt(&self, oid: Oid, sql: &str, needs: LockMode) -> Result<Probe, ServerError> {
        for _ in 0..TRIES {
            let Err(error) = self.run(sql).await? else { return Ok(Probe::Passes) };
            if !is_lock_failure(&error) {
                return Ok(Probe::Impossible(
                    error.database().map_or_else(|| error.to_string(), |it| it.message.clone()),
                ));
            }
            // It waited; but for whom?
            if !is_in_the_way(&held_by_others(self.watcher, self.process, oid).await?, needs) {
                return Ok(Probe::Blocked);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(Probe::Untried)
    }

    /// Outer: the connection is lost. Inner: what the server says of the statement.
    async fn run(&self, sql: &str) -> Result<Result<(), ServerError>, ServerError> {
        // One that was dropped half-way may have left its transaction open.
        let ran =
            self.prober.flight(&format!("ROLLBACK;\nBEGIN;\n{sql}")).await.map(drop).map_err(|failure| failure.error);
        self.prober.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
        Ok(ran)
    }
}

fn is_in_the_way(held: &BTreeSet<LockMode>, needs: LockMode) -> bool {
    held.iter().any(|mode| mode.conflicts_with().contains(&needs))
}
