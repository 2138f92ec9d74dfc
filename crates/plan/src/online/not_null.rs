//! How a column comes to refuse null while its rows are in use.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{ColumnName, Identifier, ServerMajor};

use crate::null::is_not_null;

/// The first major version that looks at `NOT NULL` apart from adding it.
pub(super) const NOT_NULL_APART: u16 = 18;

/// A column that is to refuse null.
pub(super) struct Refusing<'a> {
    pub(super) column: &'a ColumnName,
    pub(super) major: ServerMajor,
    /// The constraint's name, where the server has one for it.
    pub(super) name: &'a Identifier,
    /// The name of a check that proves it meanwhile, where the server needs one.
    pub(super) proof: &'a Identifier,
}

impl Refusing<'_> {
    /// The statements, each by itself: rows are looked at under a lock that holds no client up.
    pub(super) fn steps(&self) -> Vec<String> {
        let (table, column) = (&self.column.relation, &self.column.name);
        if self.has_name() {
            return vec![
                format!("ALTER TABLE {table} ADD CONSTRAINT {} NOT NULL {column} NOT VALID", self.name),
                format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", self.name),
            ];
        }
        let proof = self.proof;
        vec![
            format!("ALTER TABLE {table} ADD CONSTRAINT {proof} CHECK ({}) NOT VALID", is_not_null(column)),
            format!("ALTER TABLE {table} VALIDATE CONSTRAINT {proof}"),
            format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
            format!("ALTER TABLE {table} DROP CONSTRAINT {proof}"),
        ]
    }

    /// Takes back what those have come to, wherever they were cut off.
    pub(super) fn undo(&self) -> Vec<String> {
        let (table, column) = (&self.column.relation, &self.column.name);
        let proof = format!("ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {}", self.proof);
        vec![proof, format!("ALTER TABLE IF EXISTS {table} ALTER COLUMN {column} DROP NOT NULL")]
    }

    /// Whether the server gives it a name.
    pub(super) fn has_name(&self) -> bool {
        self.major.number() >= NOT_NULL_APART
    }
}

/// The name that the server makes up for a column's `NOT NULL`.
pub(super) fn not_null_name(column: &ColumnName) -> Option<Identifier> {
    Identifier::new(made_up_name(column.relation.name.as_str(), Some(column.name.as_str()), "not_null")).ok()
}
