//! The lock of a target: a session-level advisory lock, on a session that never has a transaction open.
//!
//! It is only ever tried for, never waited for inside the server: a session that waits there holds a snapshot, and
//! `CREATE INDEX CONCURRENTLY` waits for every older snapshot, so the two would wait for each other.

use limosa_catalog::Identifier;
use limosa_postgres::{Row, ServerError, Session, Type};
use sha2::{Digest, Sha256};

/// Who holds an advisory lock. Looks at the lock table and the sessions once.
const HOLDER_SQL: &str = include_str!("holder.sql");

/// The number of an advisory lock. Advisory locks belong to one database, so only schema and service go into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockKey(i64);

impl LockKey {
    /// The lock that admits one runner at a time.
    pub(crate) fn runner(schema: &Identifier, service: &str) -> Self {
        Self::of("runner", schema, service)
    }

    /// The lock of the session that executes. A killed runner's statement can outlive it on the server; as long as it
    /// does, this lock is held.
    pub(crate) fn worker(schema: &Identifier, service: &str) -> Self {
        Self::of("worker", schema, service)
    }

    fn of(role: &str, schema: &Identifier, service: &str) -> Self {
        let digest = Sha256::digest(format!("limosa\0{role}\0{}\0{service}", schema.as_str()));
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        Self(i64::from_be_bytes(bytes))
    }

    /// Takes the lock if it is free. One round trip.
    pub(crate) async fn try_take(self, session: &Session) -> Result<bool, ServerError> {
        let rows = session.query("SELECT pg_catalog.pg_try_advisory_lock($1)", &[(&self.0, Type::INT8)]).await?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    /// Who holds it, in words; `None` where nobody does any more.
    pub(crate) async fn holder(self, session: &Session) -> Result<Option<String>, ServerError> {
        let rows = session.query(HOLDER_SQL, &[(&self.0, Type::INT8)]).await?;
        Ok(rows.first().map(describe))
    }
}

fn describe(row: &Row) -> String {
    let text = |index: usize| row.get::<_, Option<&str>>(index);
    let mut words = format!("process {}", row.get::<_, i32>(0));
    for (before, value) in
        [(", user ", text(1)), (", application ", text(2)), (", from ", text(3)), (", connected since ", text(4))]
    {
        if let Some(value) = value {
            words.push_str(before);
            words.push_str(value);
        }
    }
    if let Some(query) = text(5) {
        words.push_str(&format!(", running: {}", query.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    words
}
