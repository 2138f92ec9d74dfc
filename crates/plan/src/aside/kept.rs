//! What is kept, and the renames that take it away and bring it back.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::{Column, Inheritance};
use limosa_catalog::{Catalog, ColumnName, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::relax::Loss;
use super::{AsideError, AsideName, SetAside};

/// A column of a table that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptColumn {
    /// Which.
    pub column: ColumnName,
    /// What it is called meanwhile.
    pub aside: Identifier,
    /// The sequence that numbers it.
    pub sequence: Option<KeptSequence>,
    /// Whether rows that come meanwhile may lack a value that the way back demands.
    pub demands_value: bool,
}

/// A sequence that is kept with its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSequence {
    /// Which.
    pub name: ObjectName,
    /// What it is called meanwhile.
    pub aside: Identifier,
}

/// A table with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// Which.
    pub name: ObjectName,
}

/// A type that something needs which is set aside: it goes where nobody sees it, and under the same name it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptType {
    /// Which.
    pub name: ObjectName,
}

impl KeptType {
    /// The renames that take it away.
    #[must_use]
    pub fn into_set_aside(self, name: &AsideName) -> SetAside {
        let schema = name.schema();
        let steps = vec![format!("CREATE SCHEMA {schema}"), format!("ALTER TYPE {} SET SCHEMA {schema}", self.name)];
        SetAside { types: vec![self], steps, ..SetAside::default() }
    }

    /// The rename that brings it back.
    #[must_use]
    pub fn back(&self, name: &AsideName) -> String {
        let aside = ObjectName { schema: name.schema().clone(), name: self.name.name.clone() };
        format!("ALTER TYPE {aside} SET SCHEMA {}", self.name.schema)
    }
}

/// The columns that are kept in tables that stay.
pub(super) fn columns(
    before: &Catalog,
    kept: &Catalog,
    loss: &Loss,
    name: &AsideName,
) -> Result<Vec<KeptColumn>, AsideError> {
    let mut found = Vec::new();
    let mut taken: BTreeSet<Identifier> = BTreeSet::new();
    for entry in before.of_kind(ObjectKind::Column).filter(|entry| loss.is_kept(entry)) {
        let (ObjectId::Column(column), Object::Column(facts)) = (entry.id(), entry.object()) else { continue };
        if loss.tables().contains(&column.relation) || facts.inheritance == Inheritance::Inherited {
            continue;
        }
        let shared = before.of_kind(ObjectKind::Column).find(|other| {
            let is_same = matches!(other.id(), ObjectId::Column(other) if other.name == column.name);
            let is_merged = matches!(other.object(), Object::Column(facts) if facts.inheritance == Inheritance::Merged);
            is_same && is_merged && !loss.is_kept(other)
        });
        if let Some(child) = shared {
            return Err(AsideError::SharedWithChild { child: child.id().clone() });
        }
        let aside = free(name, &column.name, &mut taken)?;
        let demands_value = |catalog: &Catalog| match catalog.get(entry.id()) {
            Some(Object::Column(column)) => column.not_null.is_some(),
            _ => false,
        };
        let sequence = sequence_of(before, column, facts);
        let sequence = match sequence {
            Some(sequence) => Some(KeptSequence { aside: free(name, &sequence.name, &mut taken)?, name: sequence }),
            None => None,
        };
        let demands_value = demands_value(before) && !demands_value(kept);
        found.push(KeptColumn { column: column.clone(), aside, sequence, demands_value });
    }
    Ok(found)
}

/// The tables that are kept, those that others are made from first.
pub(super) fn tables(loss: &Loss) -> Result<Vec<KeptTable>, AsideError> {
    let mut names = BTreeSet::new();
    for table in loss.tables() {
        if !names.insert(&table.name) {
            return Err(AsideError::SameName(table.name.clone()));
        }
    }
    Ok(loss.tables().iter().map(|name| KeptTable { name: name.clone() }).collect())
}

pub(super) fn free(
    name: &AsideName,
    of: &Identifier,
    taken: &mut BTreeSet<Identifier>,
) -> Result<Identifier, AsideError> {
    let mut place = 0;
    loop {
        let aside = name.of(of, place)?;
        if taken.insert(aside.clone()) {
            return Ok(aside);
        }
        place += 1;
    }
}

fn sequence_of(before: &Catalog, column: &ColumnName, facts: &Column) -> Option<ObjectName> {
    if let Some(identity) = &facts.identity {
        return Some(identity.sequence.clone());
    }
    before.of_kind(ObjectKind::Sequence).find_map(|entry| match (entry.id(), entry.object()) {
        (ObjectId::Sequence(name), Object::Sequence(sequence)) if sequence.owned_by.as_deref() == Some(column) => {
            Some(name.clone())
        }
        _ => None,
    })
}

impl KeptColumn {
    /// The renames that take it away.
    pub(super) fn away(&self) -> Vec<String> {
        let sequence = self.sequence.iter();
        let sequence = sequence.map(|it| format!("ALTER SEQUENCE {} RENAME TO {}", it.name, it.aside));
        let column =
            format!("ALTER TABLE {} RENAME COLUMN {} TO {}", self.column.relation, self.column.name, self.aside);
        sequence.chain([column]).collect()
    }

    /// The renames that bring it back, from the table under the name that it has by then.
    #[must_use]
    pub fn back(&self, table: &ObjectName) -> Vec<String> {
        let sequence = self.sequence.iter().map(|it| {
            let aside = ObjectName { schema: table.schema.clone(), name: it.aside.clone() };
            format!("ALTER SEQUENCE {aside} RENAME TO {}", it.name.name)
        });
        std::iter::once(self.column_back(table)).chain(sequence).collect()
    }

    /// The same for the column alone, in a table that was parted from its own.
    #[must_use]
    pub fn column_back(&self, table: &ObjectName) -> String {
        format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", self.aside, self.column.name)
    }
}

impl KeptTable {
    /// The rename that takes it away.
    pub(super) fn away(&self, name: &AsideName) -> String {
        format!("ALTER TABLE {} SET SCHEMA {}", self.name, name.schema())
    }

    /// The rename that brings it back.
    #[must_use]
    pub fn back(&self, name: &AsideName) -> String {
        let aside = ObjectName { schema: name.schema().clone(), name: self.name.name.clone() };
        format!("ALTER TABLE {aside} SET SCHEMA {}", self.name.schema)
    }
}
