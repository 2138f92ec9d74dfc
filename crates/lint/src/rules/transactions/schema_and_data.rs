//! One transaction changes a table in use and the rows of tables in use.
//!
//! Changes of the schema are over in a moment, changes of rows take as long as there are rows; together, the locks of
//! the first are held for the time of the second. A project that wants them apart turns this rule on; `bulk-update`
//! and `statement-after-strong-lock` find the cases that certainly hurt.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN room text;
//! UPDATE visit SET room = 'a' WHERE id < 100;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN room text;
//! -- limosa: backfill
//! UPDATE visit SET room = 'a' WHERE room IS NULL;
//! ```

use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let (Command::Insert { table, .. } | Command::Change { table, .. }) = step.command() else { return };
    let Some(held) = step.held().filter(|_| step.is_in_use(table)) else { return };
    found
        .at(step.head(), format!("rows of {} are changed while {} is locked", shown(table), shown(&held.relation)))
        .note(format!("{} is held since line {}", held.mode, step.line(held.span)))
        .help("put it into a migration of its own, or write `-- limosa: backfill` before it: then batches follow them");
}
