//! Indexes are built anew while nobody can write to their tables.
//!
//! `REINDEX` keeps writers out of the table, and readers out of the index, so that queries which want that index
//! wait, too. `REINDEX … CONCURRENTLY` builds new ones beside the old.
//!
//! Locks: reindex-index, reindex-table, reindex-table-concurrently
//!
//! ```sql,bad
//! REINDEX TABLE visit;
//! ```
//! ```sql,good
//! REINDEX TABLE CONCURRENTLY visit;
//! ```

use limosa_plan::lock::{LockMode, LockedRelation};
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

/// What `REINDEX` is followed by where it names no single table.
const MANY: &[&str] = &["SCHEMA", "DATABASE"];

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    if !matches!(step.command(), Command::Reindex { .. } | Command::Unknown) {
        return;
    }
    let tokens = step.tokens();
    let mut words = tokens.words();
    if !words.take(&["REINDEX"]) {
        return;
    }
    words.parenthesised();
    let kind = words.peek().map(|token| token.span);
    let tables = match step.command() {
        Command::Reindex { concurrently: false, .. } => {
            // The other lock is on the index itself.
            match step.looked.locks.locks.iter().find(|lock| lock.mode == LockMode::Share) {
                Some(lock) => Some(&lock.relation),
                None => return,
            }
        }
        Command::Unknown if words.at_any(MANY) && !tokens.words().each().any(|(_, it)| it.at(&["CONCURRENTLY"])) => {
            None
        }
        _ => return,
    };
    let message = match tables {
        Some(LockedRelation::Named(table)) => format!("nobody can write to {} while this runs", shown(table)),
        Some(LockedRelation::TableOf(_)) => "nobody can write to the index' table while this runs".to_owned(),
        None => "nobody can write to the table whose indexes are being built, one table after the other".to_owned(),
    };
    let finding = found.at(step.head(), message);
    if let Some(LockedRelation::Named(table)) = tables {
        step.weigh(finding, table);
    }
    finding.help("say `CONCURRENTLY`");
    if let (Some(kind), true) = (kind, step.can_stand_alone()) {
        let word = kind.of(&step.looked.text).to_uppercase();
        finding.safe_fix("build them concurrently", step.place(kind), format!("{word} CONCURRENTLY"));
    }
}
