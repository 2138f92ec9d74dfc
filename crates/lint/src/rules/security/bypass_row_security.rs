//! A role is given rights past all policies.
//!
//! `BYPASSRLS` and `SUPERUSER` see and write every row of every table, whatever its policies say; most hosted servers
//! refuse to give them.
//!
//! ```sql,bad
//! CREATE ROLE reporting LOGIN BYPASSRLS;
//! ```
//! ```sql,good
//! CREATE ROLE reporting LOGIN NOBYPASSRLS;
//! ```

use limosa_syntax::Command;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    if !matches!(step.command(), Command::NoRelation) {
        return;
    }
    let tokens = step.tokens();
    let mut words = tokens.words();
    if !words.take_any(&["CREATE", "ALTER"]) || !words.take_any(&["ROLE", "USER"]) || words.at(&["MAPPING"]) {
        return;
    }
    words.identifier();
    for (token, here) in words.outermost() {
        if here.at_any(&["BYPASSRLS", "SUPERUSER"]) {
            found.at(step.place(token.span), "this role will see and write every row, whatever policies say");
        }
    }
}
