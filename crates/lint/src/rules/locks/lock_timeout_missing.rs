//! A file locks a table and does not say how long it may wait for that.
//!
//! Everybody who comes after a statement that waits for a strong lock waits behind it. Limosa sets a short
//! `lock_timeout` for each such statement and tries again, whatever the file says; turn this rule on for files that
//! something else runs. `lock_timeout = 0` means to wait for as long as it takes, which is what holds when nothing is
//! said.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,good
//! SET lock_timeout = '2s';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let mut settings = script.settings("lock_timeout");
    for looked in script.statements {
        settings.pass(looked);
        if !looked.locks.keeps_writers_out() || settings.is_set() {
            continue;
        }
        let finding =
            found.at(looked.head(script.file), "this may wait for its lock, and everybody behind it, without end");
        if let Some(later) = settings.is_set_later(looked) {
            finding.note(format!("`lock_timeout` is set only in line {later}"));
        }
        finding.help("put `SET lock_timeout = '2s';` before it");
        return;
    }
}
