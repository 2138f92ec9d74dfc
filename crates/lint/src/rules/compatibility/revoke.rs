//! A privilege on a table that is in use is taken away.
//!
//! Applications that work as that role fail at the commit with "permission denied". Make sure that none does, or grant
//! anew in the same file what they need.
//!
//! Silent for tables of the same rollout, and where the file grants on the same table afterwards.
//!
//! ```sql,bad
//! REVOKE SELECT ON visit FROM reporting;
//! ```
//! ```sql,good
//! REVOKE ALL ON visit FROM reporting;
//! GRANT SELECT ON visit TO reporting;
//! ```

use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Grant { tables } = step.command() else { return };
    let tokens = step.tokens();
    if !tokens.words().at(&["REVOKE"]) {
        return;
    }
    for table in tables.iter().filter(|table| step.is_in_use(table)) {
        let name = step.resolve(table);
        let grants = step.later().any(|(text, command)| match command {
            Command::Grant { tables } => {
                let is_grant = text.trim_start().get(..5).is_some_and(|it| it.eq_ignore_ascii_case("grant"));
                is_grant && tables.iter().any(|table| step.resolve(table) == name)
            }
            _ => false,
        });
        if !grants {
            found
                .at(step.head(), format!("whoever used {} by this privilege is refused from here on", shown(table)))
                .help("make sure that no application works as that role");
        }
    }
}
