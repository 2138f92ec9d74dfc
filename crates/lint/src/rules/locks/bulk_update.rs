//! Every row of a table is updated in one transaction.
//!
//! The rows stay locked until all are written, the table grows to twice its size, replicas lag behind, and what the
//! transaction has locked before stays locked. The same in batches of some thousand rows, each in a transaction of
//! its own, lets everybody work on: that is how Limosa runs a statement under `-- limosa: backfill`.
//!
//! It is an error where a strong lock is held meanwhile and the table is known to be large.
//!
//! Locks: update-all
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN state text;
//! UPDATE visit SET state = 'done';
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN state text DEFAULT 'done';
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN state text;
//! -- limosa: backfill
//! UPDATE visit SET state = 'done' WHERE state IS NULL;
//! ```

use limosa_catalog::QualifiedName;
use limosa_plan::lock::KeptOut;
use limosa_syntax::{Command, Severity, TokenKind};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Change { table, deletes: false, every_row, .. } = step.command() else { return };
    if step.is_batched() || !step.is_in_use(table) || !(*every_row || says_nothing(step, table)) {
        return;
    }
    let message = format!("every row of {} is written in one transaction", shown(table));
    let finding = found.at(step.head(), message);
    finding.at_most(step.weight(table));
    match step.held() {
        Some(held) => {
            let whom = held.mode.keeps_out().words();
            finding.note(format!("{} stays locked against {whom} until that is done", shown(&held.relation)));
            if held.mode.keeps_out() < KeptOut::Everybody {
                finding.at_most(Severity::Warning);
            }
        }
        None => drop(finding.at_most(Severity::Warning)),
    }
    match step.sizes.rows(&step.resolve(table)) {
        Some(rows) => drop(finding.note(format!("{} has about {rows} rows", shown(table)))),
        // Tables of which every row is updated often have one.
        None => drop(finding.at_most(Severity::Warning)),
    }
    finding.help("put `-- limosa: backfill` before it: then it is run in batches, each in a transaction of its own");
}

/// Whether its `WHERE` is true of every row: `WHERE true`, `WHERE 1 = 1`, or that a column is null which was added just
/// now.
fn says_nothing(step: &Step<'_>, table: &QualifiedName) -> bool {
    let tokens = step.tokens();
    let Some((_, mut here)) = tokens.words().outermost().find(|(_, here)| here.at(&["WHERE"])) else { return false };
    here.next();
    let mut condition = here.until_any(&["RETURNING"]);
    if condition.at(&["TRUE"]) {
        condition.next();
        return condition.peek().is_none();
    }
    let mut numbers = condition;
    if numbers.at_kind(TokenKind::Number) {
        let left = numbers.next().map(|token| numbers.text_of(token));
        let equals = numbers.next().is_some_and(|token| numbers.text_of(token) == "=");
        let right = numbers.next().map(|token| numbers.text_of(token));
        return equals && left == right && numbers.peek().is_none();
    }
    let mut ahead = condition;
    let column = match ahead.column_of() {
        Some((_, column)) => {
            condition = ahead;
            Some(column)
        }
        None => condition.identifier(),
    };
    let Some(column) = column else { return false };
    condition.take(&["IS", "NULL"])
        && condition.peek().is_none()
        && step.state.is_added_bare(&step.resolve(table), &column)
}
