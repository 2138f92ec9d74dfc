//! What of a loss is kept, and how far it is relaxed.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::{Column, Inheritance};
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Object, ObjectId, ObjectKind, ObjectName};

/// What a drop takes away.
pub(super) struct Loss {
    tables: BTreeSet<ObjectName>,
    lost: BTreeSet<ObjectId>,
}

impl Loss {
    pub(super) fn of(before: &Catalog, after: &Catalog) -> Self {
        let gone = before.iter().map(|entry| entry.id()).filter(|id| !after.contains(id));
        let lost: BTreeSet<ObjectId> = gone.cloned().collect();
        let table = |id: &ObjectId| match id {
            ObjectId::Table(name) => Some(name.clone()),
            _ => None,
        };
        Self { tables: lost.iter().filter_map(table).collect(), lost }
    }

    /// The tables that are lost as a whole.
    pub(super) fn tables(&self) -> &BTreeSet<ObjectName> {
        &self.tables
    }

    /// Whether an object holds values of its own, or belongs to what does and is nothing to anybody else.
    pub(super) fn is_kept(&self, entry: &Entry<'_>) -> bool {
        if !self.lost.contains(entry.id()) {
            return false;
        }
        let parent_is_kept = || entry.parent().is_some_and(|parent| self.is_kept(&parent));
        match entry.object() {
            Object::Table(_) => true,
            // A generated value is computed again.
            Object::Column(column) => parent_is_kept() || column.generated.is_none(),
            Object::Sequence(sequence) => sequence.owned_by.as_ref().is_some_and(|owner| {
                let owner = entry.catalog().entry(&ObjectId::Column((**owner).clone()));
                owner.is_some_and(|owner| self.is_kept(&owner))
            }),
            // A foreign key would hold up, or delete, rows of tables that are in use.
            Object::Constraint(constraint) => {
                parent_is_kept() && !matches!(constraint.rule, ConstraintRule::ForeignKey(_)) && !self.leans(entry)
            }
            Object::Index(_) | Object::Statistics(_) | Object::ColumnDefault(_) => {
                parent_is_kept() && !self.leans(entry)
            }
            Object::Owner(_) | Object::Grant(_) | Object::Comment(_) | Object::SecurityLabel(_) => parent_is_kept(),
            // Triggers, policies, rules, views, and what a publication sends.
            _ => false,
        }
    }

    /// Whether it needs something that stays in use and could then not be dropped.
    fn leans(&self, entry: &Entry<'_>) -> bool {
        let is_in_use = |other: &Entry<'_>| {
            let kind = other.id().kind();
            let is_code = matches!(
                kind,
                ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Operator
            );
            (is_code || kind == ObjectKind::Sequence) && !self.is_kept(other)
        };
        entry.depends_on().any(|(other, _)| is_in_use(&other))
    }

    /// The object as it is kept; `None` where it is dropped after all.
    pub(super) fn relaxed(&self, entry: &Entry<'_>) -> Option<Object> {
        if !self.is_kept(entry) {
            return None;
        }
        let mut object = entry.object().clone();
        match (&mut object, entry.id()) {
            (Object::Table(table), ObjectId::Table(name)) if self.leaves_family(entry.catalog(), name) => {
                table.partition_of = None;
                table.inherits.retain(|parent| self.tables.contains(parent));
            }
            (Object::Column(column), ObjectId::Column(name)) => {
                if !self.tables.contains(&name.relation) {
                    self.relax(column, entry);
                } else if self.leaves_family(entry.catalog(), &name.relation) {
                    column.inheritance = Inheritance::Own;
                    if let Some(not_null) = &mut column.not_null {
                        not_null.inheritance = Inheritance::Own;
                    }
                }
            }
            (Object::Constraint(constraint), ObjectId::Constraint(name))
                if self.leaves_family(entry.catalog(), &name.relation) =>
            {
                constraint.inheritance = Inheritance::Own;
            }
            _ => {}
        }
        Some(object)
    }

    /// Rows can come that say nothing of the column. One that fills itself may demand a value all the same.
    fn relax(&self, column: &mut Column, entry: &Entry<'_>) {
        let fills_itself =
            entry.children().any(|child| matches!(child.object(), Object::ColumnDefault(_)) && self.is_kept(&child));
        if column.identity.is_none() && !fills_itself {
            column.not_null = None;
        }
    }

    /// Whether a table is kept without one of those that it is a part or a child of.
    fn leaves_family(&self, before: &Catalog, table: &ObjectName) -> bool {
        let Some(Object::Table(table)) = before.get(&ObjectId::Table(table.clone())) else { return false };
        let partition_of = table.partition_of.iter().map(|partition| &partition.parent);
        partition_of.chain(&table.inherits).any(|parent| !self.tables.contains(parent))
    }
}
