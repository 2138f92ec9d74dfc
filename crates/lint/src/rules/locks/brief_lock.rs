//! A statement needs a table for a moment in which nobody writes to it, or uses it at all.
//!
//! It is over as soon as it has its lock. But it waits for the longest transaction that uses the table, and everybody
//! who comes after it waits behind it. Limosa lets no such statement wait long: it gives up after a short
//! `lock_timeout` and tries again. Turn this rule on for files that something else runs, or to see each such lock.
//!
//! Locks: add-column, drop-column, create-trigger, drop-trigger, policy, row-security, set-default
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,good
//! COMMENT ON TABLE visit IS 'one for each time that somebody comes';
//! ```

use limosa_plan::lock::{LockedRelation, Work};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let locks = &step.looked.locks;
    if !locks.keeps_writers_out() || locks.locks.iter().any(|lock| lock.work > Work::None) {
        return;
    }
    let Some(lock) = locks.locks.first() else { return };
    let (LockedRelation::Named(table) | LockedRelation::TableOf(table)) = &lock.relation;
    let whom = lock.mode.keeps_out().words();
    let finding = found.at(step.head(), format!("{whom} of {} wait until this has had its turn", shown(table)));
    finding.note(format!("it takes {} on {}", lock.mode, shown(table)));
    finding.help("let it give up soon, and try again: `SET lock_timeout = '2s'`");
}
