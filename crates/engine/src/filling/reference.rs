//! Foreign keys, as rows have to heed them.

use limosa_catalog::kind::constraint::ForeignKey;
use limosa_catalog::{Identifier, ObjectName};

/// A foreign key: its columns, and the columns that they refer to, in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) columns: Vec<Identifier>,
    pub(crate) to: ObjectName,
    pub(crate) to_columns: Vec<Identifier>,
}

impl From<&ForeignKey> for Reference {
    fn from(key: &ForeignKey) -> Self {
        Self { columns: key.columns.clone(), to: key.references.clone(), to_columns: key.referenced_columns.clone() }
    }
}
