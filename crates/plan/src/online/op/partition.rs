//! `ATTACH PARTITION`: at once where the partition's rows are known to fit. (`DETACH PARTITION` waits for contract.)

use limosa_catalog::Object;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_syntax::TableAction;

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::AttachPartition { partition, default }) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        if *default {
            return Err(Refusal::new(
                "every row of a default partition is looked at while nobody may use it",
                "attach it while it is empty, without `-- limosa: online`",
            ));
        }
        let part = if situation.is_new(partition) { None } else { Some(situation.table(partition)?) };
        let is_proven = part.as_ref().is_none_or(|part| {
            part.entry.children().any(|child| match child.object() {
                Object::Constraint(constraint) => {
                    matches!(constraint.rule, ConstraintRule::Check(_)) && !constraint.not_valid
                }
                _ => false,
            })
        });
        if !is_proven {
            return Err(Refusal::new(
                "every row of the partition would be looked at while nobody may use it",
                "add a CHECK constraint with the partition's bound to it, online, in a migration before: it proves \
                 that the rows fit",
            ));
        }
        Ok(Phases {
            about: format!("attach a partition to {}", object_for_people(&table.name)),
            expand: vec![OnlineStep::Alone(work.text.clone())],
            abort: vec![format!(
                "DO $limosa$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = {part}::regclass) \
                 THEN ALTER TABLE {} DETACH PARTITION {partition}; END IF; END $limosa$",
                table.name,
                part = limosa_catalog::Literal(&partition.to_string())
            )],
            reverse: vec![format!("ALTER TABLE {} DETACH PARTITION {partition};", table.name)],
            ..Phases::default()
        })
    }))
}
