//! Columns that go with the contract of another online change which is open.

use limosa_catalog::{ColumnName, Identifier, ObjectName};

use super::refusal::Refusal;
use super::situation::Situation;

/// A column, and the version whose contract takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// As it is called now.
    pub column: ColumnName,
    /// The migration's.
    pub version: String,
}

impl Situation<'_> {
    /// Refuses what would hang on columns that go with the contract of a change before: it would go with them, so that
    /// contract would not be done.
    pub(super) fn refuse_going(&self, table: &ObjectName, columns: &[Identifier]) -> Result<(), Refusal> {
        self.refuse_where(|column| column.relation == *table && columns.contains(&column.name))
    }

    /// Refuses what would hang on all columns of a table.
    pub(super) fn refuse_any_going(&self, table: &ObjectName) -> Result<(), Refusal> {
        self.refuse_where(|column| column.relation == *table)
    }

    fn refuse_where(&self, is_it: impl Fn(&ColumnName) -> bool) -> Result<(), Refusal> {
        match self.settings.going.iter().find(|going| is_it(&going.column)) {
            None => Ok(()),
            Some(Going { column, version }) => Err(Refusal::new(
                format!(
                    "{} belongs to an online change that is open, and goes with its contract",
                    column.name.for_people()
                ),
                format!("contract that one first: `limosa contract {version}`"),
            )),
        }
    }
}
