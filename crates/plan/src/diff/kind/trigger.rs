//! Triggers.

use limosa_catalog::kind::Trigger;
use limosa_catalog::kind::trigger::Enabled;
use limosa_catalog::{Entry, MemberName, Object, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::statement::AlterTarget;

impl Rules for Trigger {
    type Name = MemberName;

    /// The copies that partitions have are made with the trigger of the whole, in the state that it has.
    fn create(&self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let statements = if self.inherited {
            let of_whole = whole(entry, name).and_then(|whole| match context.to.get(&whole) {
                Some(Object::Trigger(trigger)) => Some(trigger.enabled),
                _ => None,
            });
            if of_whole == Some(self.enabled) { Vec::new() } else { vec![enable(name, self.enabled)] }
        } else {
            let mut statements = vec![Statement::text(self.definition.as_str())];
            if self.enabled != Enabled::Origin {
                statements.push(enable(name, self.enabled));
            }
            statements
        };
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        if self.inherited {
            return Vec::new();
        }
        vec![Statement::text(format!("DROP TRIGGER {} ON {}", name.name, name.relation))]
    }

    fn alter(&self, new: &Self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.constraint != new.constraint || self.inherited != new.inherited {
            return None;
        }
        let mut statements = Vec::new();
        let mut enabled = self.enabled;
        if self.definition != new.definition && !new.inherited {
            let rest = new.definition.as_str().strip_prefix("CREATE TRIGGER ")?;
            statements.push(Statement::text(format!("CREATE OR REPLACE TRIGGER {rest}")));
            // It fires again, whatever was said of the one before.
            enabled = Enabled::Origin;
        }
        if enabled != new.enabled {
            statements.push(enable(name, new.enabled));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }

    /// A copy waits for what it is a copy of.
    fn also_needs(&self, name: &MemberName, entry: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        if self.inherited { whole(entry, name).into_iter().collect() } else { Vec::new() }
    }
}

/// Partitions have states of their own.
fn enable(name: &MemberName, enabled: Enabled) -> Statement {
    let target = AlterTarget { keyword: "TABLE", only: true, name: name.relation.clone() };
    Statement::alter(target, format!("{} TRIGGER {}", enabled.as_sql(), name.name))
}

/// The trigger of the partitioned table of which this one is a copy.
fn whole(entry: Entry<'_>, name: &MemberName) -> Option<ObjectId> {
    match entry.parent()?.object() {
        Object::Table(table) => {
            let relation = table.partition_of.as_ref()?.parent.clone();
            Some(ObjectId::Trigger(MemberName { relation, name: name.name.clone() }))
        }
        _ => None,
    }
}
