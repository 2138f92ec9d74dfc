//! Every row of a table that is in use is deleted.
//!
//! A `DELETE` without a condition, or with one that always holds, leaves nothing. Often a `WHERE` was forgotten. Where
//! the table is to be emptied, say so with `TRUNCATE`, which is over at once.
//!
//! Silent for tables of the same rollout, and where `-- limosa: allow deletes-data` accepts the loss.
//!
//! ```sql,bad
//! DELETE FROM visit;
//! ```
//! ```sql,bad
//! DELETE FROM visit WHERE true;
//! ```
//! ```sql,good
//! DELETE FROM visit WHERE cancelled_at < now() - interval '10 years';
//! ```

use limosa_plan::HazardKind;
use limosa_syntax::{Command, TokenKind};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Change { table, deletes: true, every_row, .. } = step.command() else { return };
    if !step.is_in_use(table) || step.is_allowed(HazardKind::DeletesData) || !(*every_row || always_holds(step)) {
        return;
    }
    let resolved = step.resolve(table);
    if step.sizes.rows(&resolved) == Some(0) || step.state.is_emptied(&resolved) || step.is_read_before(table) {
        return;
    }
    let finding = found.at(step.head(), format!("every row of {} is deleted", shown(table)));
    if let Some(rows) = step.sizes.rows(&resolved) {
        finding.note(format!("it has about {rows} rows"));
    }
    finding.help("add the condition; if all of them are to go, `TRUNCATE` says so and is over at once");
}

/// `WHERE true`, `WHERE 1 = 1`
fn always_holds(step: &Step<'_>) -> bool {
    let tokens = step.tokens();
    let condition = tokens.words().outermost().find(|(_, here)| here.at(&["WHERE"]));
    let Some((_, mut here)) = condition else { return false };
    here.next();
    let mut ahead = here;
    if ahead.take(&["TRUE"]) {
        return ahead.peek().is_none();
    }
    let (one, equals, other) = (here.next(), here.next(), here.next());
    let number = |token: Option<limosa_syntax::Token>| {
        token.filter(|token| token.kind == TokenKind::Number).map(|token| here.text_of(token))
    };
    number(one).is_some()
        && number(one) == number(other)
        && equals.is_some_and(|token| here.text_of(token) == "=")
        && here.peek().is_none()
}
