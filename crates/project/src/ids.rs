//! How ids are made in a project.

use limosa_catalog::Identifier;
use limosa_ids::GeneratorSpec;

use crate::ColumnName;

/// The schema of the functions that make ids, unless the file names another.
pub(crate) const SCHEMA: &str = "ids";

/// `[ids]`: which columns have ids of what form, and where the functions are that make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdSettings {
    /// The schema for the functions that make ids in the targets.
    pub schema: Identifier,
    /// The columns whose ids have a form, in the order of the file. No two prefixes among them clash.
    pub columns: Vec<(ColumnName, GeneratorSpec)>,
}

impl IdSettings {
    /// The form of a column's ids. A name without a schema is that of the column in any schema.
    #[must_use]
    pub fn of(&self, schema: Option<&Identifier>, table: &Identifier, column: &Identifier) -> Option<&GeneratorSpec> {
        let fits = |name: &ColumnName| {
            let same_schema = name.schema.is_none() || schema.is_none() || name.schema.as_ref() == schema;
            same_schema && name.table == *table && name.column == *column
        };
        self.columns.iter().find(|(name, _)| fits(name)).map(|(_, spec)| spec)
    }
}
