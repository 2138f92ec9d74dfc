//! A statement takes its time while its transaction holds a strong lock that it does not need.
//!
//! A lock is held until the transaction ends. `ALTER TABLE` may be over at once, but what follows it in the same
//! transaction is not when it reads or writes many rows, and nobody can use the altered table meanwhile. Put the long
//! part first, or into a migration of its own.
//!
//! What takes a strong lock for its own work is found by the rule for that. Of several long statements behind one
//! lock the first is shown.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN room text;
//! CREATE MATERIALIZED VIEW visits_by_room AS SELECT room, count(*) FROM visit GROUP BY room;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN room text;
//! -- next migration
//! CREATE MATERIALIZED VIEW visits_by_room AS SELECT room, count(*) FROM visit GROUP BY room;
//! ```

use limosa_catalog::QualifiedName;
use limosa_plan::lock::{KeptOut, LockedRelation, StatementLocks, Work};
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::rules::locks::validate_in_same_transaction::validated_at_once;
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(held) = step.held().filter(|held| !held.told.get()) else { return };
    let Some((table, work)) = long_work(step) else { return };
    if !validated_at_once(step).is_empty() {
        return;
    }
    held.told.set(true);
    let whom = held.mode.keeps_out().words();
    let done = match work {
        Work::Writes => "written",
        Work::Reads | Work::None => "read",
    };
    let message = if held.relation == table {
        format!("{} stays locked against {whom} while its rows are {done}", shown(&table))
    } else {
        format!("{} stays locked against {whom} while the rows of {} are {done}", shown(&held.relation), shown(&table))
    };
    let finding = found.at(step.head(), message);
    finding.at_most(step.sizes.severity(&table));
    finding.note(format!("{} on {} is held since line {}", held.mode, shown(&held.relation), step.line(held.span)));
    finding.help("put it before the statement that takes the lock, or into a migration of its own");
}

/// The table that keeps it busy, if no other rule says so.
fn long_work(step: &Step<'_>) -> Option<(QualifiedName, Work)> {
    let own = &step.looked.locks.locks;
    if own.iter().any(|lock| lock.work > Work::None && lock.mode.keeps_out() >= KeptOut::Writers) {
        return None;
    }
    match step.command() {
        // Those of every row are found by rules of their own.
        Command::Change { .. } | Command::Query { .. } | Command::Block(_) => None,
        Command::Insert { reads, .. } => {
            let large = |table: &&QualifiedName| step.may_be_large(table);
            reads.iter().find(large).map(|table| (step.resolve(table), Work::Reads))
        }
        Command::CreateTableAs { reads, .. } if is_without_data(step) || reads.is_empty() => None,
        command => {
            let worked = own.iter().find(|lock| lock.work > Work::None).map(|lock| (&lock.relation, lock.work));
            if let Some((LockedRelation::Named(table) | LockedRelation::TableOf(table), work)) = worked {
                return Some((table.clone(), work));
            }
            if !step.state.has_filled() {
                return None;
            }
            // As it would be if others had what this rollout has made and filled.
            let deployed = step.state.known.clone().deployed();
            let locks = StatementLocks::of(command, &deployed, step.major);
            locks.locks.into_iter().filter(|lock| lock.work > Work::None).find_map(|lock| match lock.relation {
                LockedRelation::Named(table) if step.state.is_filled(&table) => Some((table, lock.work)),
                _ => None,
            })
        }
    }
}

fn is_without_data(step: &Step<'_>) -> bool {
    step.tokens().words().each().any(|(_, here)| here.at(&["WITH", "NO", "DATA"]))
}
