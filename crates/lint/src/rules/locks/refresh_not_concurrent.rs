//! A materialized view is computed while nobody can read it.
//!
//! `REFRESH MATERIALIZED VIEW` keeps readers out for as long as its query runs. With `CONCURRENTLY` the old rows stay
//! readable meanwhile; that needs a unique index over plain columns and without `WHERE` on the view, and that the
//! view has been filled before.
//!
//! Locks: refresh, refresh-concurrently
//!
//! ```sql,bad
//! REFRESH MATERIALIZED VIEW visits_by_day;
//! ```
//! ```sql,good
//! REFRESH MATERIALIZED VIEW CONCURRENTLY visits_by_day;
//! ```

use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Refresh { view, concurrently: false } = step.command() else { return };
    let tokens = step.tokens();
    let only_empties = tokens.words().each().any(|(_, here)| here.at(&["WITH", "NO", "DATA"]));
    if only_empties || !step.is_in_use(view) {
        return;
    }
    let finding = found.at(step.head(), format!("nobody can read {} while it is computed", shown(view)));
    step.weigh(finding, view);
    finding.help("give it a unique index, and say `CONCURRENTLY`");
    let name = tokens.words().each().find(|(_, here)| here.at(&["VIEW"])).map(|(token, _)| token.span);
    if let Some(name) = name {
        finding.fix("refresh it concurrently", step.place(name), "VIEW CONCURRENTLY");
    }
}
