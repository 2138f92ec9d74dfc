//! How a column comes to refuse null while its rows are in use.

use std::sync::Arc;

use limosa_catalog::kind::column::{NotNull, made_up_name};
use limosa_catalog::{Catalog, ColumnName, Identifier, Literal, MemberName, Object, ObjectId, ObjectName, ServerMajor};

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

/// For which rows a column refuses null.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Those that were there before have not been looked at.
    pub(super) not_valid: bool,
    /// Those of this table alone.
    pub(super) no_inherit: bool,
}

impl Extent {
    pub(super) fn of(rule: &NotNull) -> Self {
        Self { not_valid: rule.not_valid, no_inherit: rule.no_inherit }
    }
}

/// What is said of the constraint of that name, as a statement that says it again.
pub(super) fn remark_again(catalog: &Catalog, column: &ColumnName, name: &Identifier) -> Option<String> {
    let relation = &column.relation;
    let constraint = ObjectId::Constraint(MemberName { relation: relation.clone(), name: name.clone() });
    Some(format!("COMMENT ON CONSTRAINT {name} ON {relation} IS {}", said_of(catalog, constraint)?))
}

/// What is said of the index of a constraint, as a statement that says it of the one that has this name then.
pub(super) fn index_remark(catalog: &Catalog, index: &ObjectName, then: &Identifier) -> Option<String> {
    let said = said_of(catalog, ObjectId::Index(index.clone()))?;
    let then = ObjectName { schema: index.schema.clone(), name: then.clone() };
    Some(format!("COMMENT ON INDEX {then} IS {said}"))
}

fn said_of(catalog: &Catalog, id: ObjectId) -> Option<Literal<'_>> {
    match catalog.get(&ObjectId::Comment(Arc::new(id)))? {
        Object::Comment(comment) => Some(Literal(&comment.text)),
        _ => None,
    }
}

impl Refusing<'_> {
    /// The statements, each by itself: rows are looked at under a lock that holds no client up.
    pub(super) fn steps(&self) -> Vec<String> {
        self.steps_of(Extent { not_valid: false, no_inherit: false })
    }

    /// The same for one that need not hold everywhere.
    pub(super) fn steps_of(&self, extent: Extent) -> Vec<String> {
        let (table, column) = (&self.column.relation, &self.column.name);
        if self.has_name() {
            let own = if extent.no_inherit { " NO INHERIT" } else { "" };
            let add = format!("ALTER TABLE {table} ADD CONSTRAINT {} NOT NULL {column}{own} NOT VALID", self.name);
            let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", self.name);
            return std::iter::once(add).chain((!extent.not_valid).then_some(validate)).collect();
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
