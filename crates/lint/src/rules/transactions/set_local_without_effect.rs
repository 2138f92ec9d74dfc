//! SET LOCAL ends with its transaction, in which nothing follows.
//!
//! In a file that runs without a transaction each statement is one by itself, so that `SET LOCAL` is over before the
//! next statement begins. Use `SET`: Limosa puts settings back when the file is done.
//!
//! ```sql,bad
//! -- limosa: transaction off
//!
//! SET LOCAL maintenance_work_mem = '1GB';
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! ```
//! ```sql,good
//! -- limosa: transaction off
//!
//! SET maintenance_work_mem = '1GB';
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! ```

use limosa_syntax::{Setting, SettingsChange};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Script};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Script(check)]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let in_file = || script.statements.iter().filter(|looked| looked.place == Place::File);
    for (looked, next) in in_file().zip(in_file().skip(1)) {
        let class = script.parsed.statements.get(looked.index).map(|statement| &statement.class);
        let is_set = class.is_some_and(|it| it.tag == "SET" && it.settings == SettingsChange::Transaction);
        if !is_set || (looked.transaction.is_some() && looked.transaction == next.transaction) {
            continue;
        }
        let Some(setting) = Setting::within(&looked.text).into_iter().next() else { continue };
        let finding =
            found.at(looked.span, format!("`{}` is back to what it was before the next statement", setting.name));
        finding.help("use `SET`; Limosa puts settings back when the file is done");
        let local = looked.text.to_ascii_uppercase().find("LOCAL");
        if let Some(at) = local {
            let rest = looked.text.get(at + 5..).unwrap_or_default().trim_start();
            finding.safe_fix("set it for the session", looked.span, format!("SET {rest}"));
        }
    }
}
