//! A constraint is validated in the transaction that has added it.
//!
//! Adding it with `NOT VALID` takes a strong lock for a moment, and validating reads every row under a weak one. In
//! one transaction the strong lock is held until the rows are read, so that nothing is won by doing it in two steps.
//! Put `VALIDATE CONSTRAINT` into a migration of its own.
//!
//! Locks: add-check-not-valid, add-foreign-key-not-valid, validate-check, validate-foreign-key
//!
//! ```sql,bad
//! ALTER TABLE visit ADD CONSTRAINT ends_later CHECK (ends > begins) NOT VALID;
//! ALTER TABLE visit VALIDATE CONSTRAINT ends_later;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD CONSTRAINT ends_later CHECK (ends > begins) NOT VALID;
//! -- next migration
//! ALTER TABLE visit VALIDATE CONSTRAINT ends_later;
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    for (number, table, constraint) in validated_at_once(step) {
        let message = format!(
            "the lock that adding `{}` took on {} is held while every row is read",
            constraint.for_people(),
            shown(table)
        );
        let finding = found.at(step.part(number), message);
        finding.at_most(step.weight(table));
        if let Some(held) = step.held() {
            let whom = held.mode.keeps_out().words();
            finding.note(format!("{} on {} keeps out {whom}", held.mode, shown(&held.relation)));
        }
        finding.help("validate it in a migration of its own");
    }
}

/// The constraints that a statement validates and whose table is still locked from adding them: the number of the
/// action, the table, the constraint.
pub(crate) fn validated_at_once<'a>(step: &Step<'a>) -> Vec<(usize, &'a QualifiedName, &'a Identifier)> {
    let Command::AlterTable { table, actions, .. } = step.command() else { return Vec::new() };
    let validates = |action: &TableAction| matches!(action, TableAction::ValidateConstraint(_));
    if !actions.iter().any(validates) || !step.is_in_use(table) {
        return Vec::new();
    }
    let resolved = step.resolve(table);
    let earlier = step.before_in_transaction().filter_map(|looked| match &looked.command {
        Command::AlterTable { table, actions, .. } if step.resolve(table) == resolved => Some(actions),
        _ => None,
    });
    let adding: Vec<&TableAction> = earlier.chain(std::iter::once(actions)).flatten().collect();
    let is_added = |name: &Identifier| {
        adding.iter().any(|action| match action {
            TableAction::AddConstraint(constraint) => constraint.unchecked && constraint.name.as_ref() == Some(name),
            _ => false,
        })
    };
    let each = actions.iter().enumerate().filter_map(|(number, action)| match action {
        TableAction::ValidateConstraint(name) if is_added(name) => Some((number, table, name)),
        _ => None,
    });
    each.collect()
}
