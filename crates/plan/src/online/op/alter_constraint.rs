//! `ALTER CONSTRAINT`: when a foreign key is checked. Nothing is looked at, so it waits for contract as it stands.

use limosa_catalog::kind::constraint::{ConstraintRule, Deferrability};
use limosa_syntax::{TableAction, Tokens};

use super::super::phases::Phases;
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};
use super::validate::constraint_of;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::AlterConstraint(name)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let other = || {
            Refusal::new(
                format!("when {} is checked is said where it is made", name.for_people()),
                "drop it and add it again as it is to be; `ALTER CONSTRAINT` is for foreign keys that are there",
            )
        };
        let (_, constraint) = constraint_of(situation, &table.name, name)?.ok_or_else(other)?;
        if !matches!(constraint.rule, ConstraintRule::ForeignKey(_)) {
            return Err(other());
        }
        if Tokens::of(&work.text).words().each().any(|(_, here)| here.at_any(&["ENFORCED", "INHERIT"])) {
            return Err(Refusal::new(
                "whether a constraint is enforced or inherited is no matter of a moment: rows would be looked at with \
                 contract",
                "drop it and add it again as it is to be",
            ));
        }
        let was = match constraint.deferrability {
            Deferrability::NotDeferrable => "NOT DEFERRABLE",
            Deferrability::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Deferrability::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
        };
        Ok(Phases {
            about: format!("alter {} of {}", name.for_people(), object_for_people(&table.name)),
            contract: vec![work.text.clone()],
            reverse: vec![format!("ALTER TABLE {} ALTER CONSTRAINT {name} {was};", table.name)],
            standing: table.stands(&[]),
            verbatim: true,
            ..Phases::default()
        })
    }))
}
