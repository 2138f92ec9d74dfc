//! An index is dropped, for which its table has to be free of readers and writers.
//!
//! `DROP INDEX` locks the whole table against everybody, if only for a moment: it waits until the last query is over,
//! and who comes after it waits behind it. `DROP INDEX CONCURRENTLY` waits as well, and keeps nobody waiting. It
//! takes one index at a time and cannot drop what belongs to a partitioned table or to a constraint.
//!
//! Locks: drop-index, drop-index-concurrently
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint, at timestamptz);
//! CREATE INDEX visit_at ON visit (at);
//! -- next migration
//! DROP INDEX visit_at;
//! ```
//! ```sql,good
//! DROP INDEX CONCURRENTLY visit_at;
//! ```

use limosa_plan::lock::LockedRelation;
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::DropIndex { names, concurrently: false } = step.command() else { return };
    let known = &step.state.known;
    let is_free = |relation: &LockedRelation| match relation {
        LockedRelation::Named(table) => !known.is_partitioned(table),
        LockedRelation::TableOf(_) => true,
    };
    let Some(lock) = step.looked.locks.locks.iter().find(|lock| is_free(&lock.relation)) else { return };
    let message = match &lock.relation {
        LockedRelation::Named(table) => format!("nobody can use {} until this has had it for itself", shown(table)),
        LockedRelation::TableOf(_) => "nobody can use the index' table until this has had it for itself".to_owned(),
    };
    let finding = found.at(step.head(), message);
    if let LockedRelation::Named(table) = &lock.relation {
        step.weigh(finding, table);
    }
    finding.help("drop it with `DROP INDEX CONCURRENTLY`, one index at a time");
    let tokens = step.tokens();
    let index = tokens.words().each().find(|(_, here)| here.at(&["INDEX"])).map(|(token, _)| token.span);
    let cascades = tokens.words().each().any(|(_, here)| here.at(&["CASCADE"]));
    if let (Some(index), [_], false, true) = (index, names.as_slice(), cascades, step.can_stand_alone()) {
        finding.safe_fix("drop it concurrently", step.place(index), "INDEX CONCURRENTLY");
    }
}
