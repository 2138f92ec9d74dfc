//! Defaults of columns.

use limosa_catalog::kind::ColumnDefault;
use limosa_catalog::{ColumnName, Entry, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for ColumnDefault {
    type Name = ColumnName;

    fn create(&self, name: &ColumnName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![set(self, name)], ..Part::default() }
    }

    fn remove(&self, name: &ColumnName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::alter_table(&name.relation, format!("ALTER COLUMN {} DROP DEFAULT", name.name))]
    }

    fn alter(&self, new: &Self, name: &ColumnName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration { statements: vec![set(new, name)], ..Alteration::default() })
    }

    /// With a column that is made, so that the rows that are there get it. The columns of a view are not made one by
    /// one.
    fn is_made_with_whole(&self, entry: Entry<'_>) -> bool {
        entry.parent().is_some_and(|column| match column.id() {
            ObjectId::Column(name) => super::column::brings_default(name, column),
            _ => false,
        })
    }
}

fn set(default: &ColumnDefault, name: &ColumnName) -> Statement {
    Statement::alter_table(&name.relation, format!("ALTER COLUMN {} SET DEFAULT {}", name.name, default.expression))
}
