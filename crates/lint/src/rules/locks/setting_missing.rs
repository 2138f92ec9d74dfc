//! A file locks a table without the settings that a project asks for.
//!
//! `statement_timeout` ends a statement that takes too long, `idle_in_transaction_session_timeout` a transaction that
//! is forgotten, `application_name` tells who is waiting, `role` makes what is made belong to the right owner. Limosa
//! takes the timeouts from its own settings and directives; turn this rule on for files that something else runs.
//!
//! ```sql,bad
//! -- limosa.toml: setting-missing = { settings = ["statement_timeout"] }
//! ALTER TABLE visit ADD COLUMN room text;
//! ```
//! ```sql,good
//! -- limosa.toml: setting-missing = { settings = ["statement_timeout"] }
//! SET statement_timeout = '10s';
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]).with(&[Parameter {
    name: "settings",
    kind: ParameterKind::List,
    default: "[\"statement_timeout\", \"idle_in_transaction_session_timeout\"]",
    meaning: "what has to be set before the first statement that locks a table against writers",
}]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    if !script.statements.iter().any(|looked| looked.locks.keeps_writers_out()) {
        return;
    }
    for name in found.parameters.list("settings") {
        let mut settings = script.settings(&name);
        for looked in script.statements {
            settings.pass(looked);
            if looked.locks.keeps_writers_out() && !settings.is_set() {
                found
                    .at(looked.head(script.file), format!("`{name}` is not set before this"))
                    .help(format!("put `SET {name} = …;` before it"));
                break;
            }
        }
    }
}
