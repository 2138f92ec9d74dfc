//! What waits for contract as it stands: the old version may rest on what goes, and a name that clients hardly use
//! changes in a moment.

use limosa_syntax::{Command, IndexAction, MemberChange, ObjectAction, ObjectChange, RelationKind, TableAction};

use super::super::phases::Phases;
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::drop_column::with_terms;
use super::given::summary;

pub(super) fn phases(_: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let reverse = reverse(work)?;
    Some(Ok(Phases {
        about: summary(&work.text),
        contract: vec![in_a_transaction(work)],
        reverse: reverse.into_iter().collect(),
        ..Phases::default()
    }))
}

/// The way back where there is one; `None` where it is no such statement.
fn reverse(work: &Work<'_>) -> Option<Option<String>> {
    if let Some((table, action)) = work.action() {
        return match action {
            TableAction::DropNotNull(column) => {
                Some(Some(format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;")))
            }
            TableAction::RenameConstraint { from, to } => {
                Some(Some(format!("ALTER TABLE {table} RENAME CONSTRAINT {to} TO {from};")))
            }
            TableAction::DropConstraint(_)
            | TableAction::DropDefault(_)
            | TableAction::Identity(_)
            | TableAction::DropExpression(_)
            | TableAction::DetachPartition { .. }
            | TableAction::SetStatistics
            | TableAction::SetParameters
            | TableAction::SetColumnOptions
            | TableAction::ReplicaIdentity
            | TableAction::RowSecurity => Some(None),
            _ => None,
        };
    }
    match &work.command {
        Command::DropRelations { kind: RelationKind::Table | RelationKind::View | RelationKind::Sequence, .. }
        | Command::DropIndex { .. }
        | Command::DropStatistics { .. }
        | Command::AlterSequence { .. }
        | Command::InTable { change: MemberChange::Drop | MemberChange::Alter, .. } => return Some(None),
        Command::AlterIndex { action: IndexAction::Rename(_) | IndexAction::Set, .. } => return Some(None),
        _ => {}
    }
    match ObjectChange::of(&work.text)?.action {
        ObjectAction::RenameValue { .. }
        | ObjectAction::Rename(_)
        | ObjectAction::Drop { .. }
        | ObjectAction::Alter => Some(None),
        ObjectAction::Create
        | ObjectAction::Replace
        | ObjectAction::CreateEnum(_)
        | ObjectAction::AddValue(_)
        | ObjectAction::SetSchema(_) => None,
    }
}

/// Contract is one transaction, in which nothing runs concurrently; what it does is short all the same.
fn in_a_transaction(work: &Work<'_>) -> String {
    match &work.command {
        Command::DropIndex { names, concurrently: true } => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            format!("DROP INDEX {}", names.join(", "))
        }
        _ => with_terms(work),
    }
}
