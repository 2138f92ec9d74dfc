//! Values that a run must not lose without a word.

use std::collections::BTreeMap;

use limosa_postgres::{ServerError, Session};

/// What a run does about a statement that would lose values, where its file says nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LossPolicy {
    /// It is refused.
    #[default]
    Refuse,
    /// It runs.
    Allow,
}

/// The tables that were there before a run, with the number of the last column of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Baseline(BTreeMap<u32, i16>);

/// One scan of a system table.
const BASELINE_SQL: &str = "\
SELECT c.oid, c.relnatts FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384";

impl Baseline {
    /// What is there now.
    ///
    /// # Errors
    /// What the server says.
    pub(crate) async fn read(session: &Session) -> Result<Self, ServerError> {
        let rows = session.query(BASELINE_SQL, &[]).await?;
        Ok(Self(rows.iter().map(|row| (row.get(0), row.get(1))).collect()))
    }

    /// Whether a table was there.
    pub(crate) fn has_table(&self, oid: u32) -> bool {
        self.0.contains_key(&oid)
    }

    /// Whether a column was there, by its number, which is used once in a table.
    pub(crate) fn has_column(&self, table: u32, number: i16) -> bool {
        self.0.get(&table).is_some_and(|last| number <= *last)
    }
}
