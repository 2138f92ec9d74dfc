//! A table in use gets a column of type `json`, which cannot be compared.
//!
//! `json` has no equality: `SELECT DISTINCT *`, `UNION` and `GROUP BY` over all columns of the table fail from the
//! commit on. `jsonb` can be compared.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN details json;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN details jsonb;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.is_in_use(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let data_type = match action {
            TableAction::AddColumn(column) => &column.data_type,
            TableAction::SetType { data_type, .. } => data_type,
            _ => continue,
        };
        if data_type == "json" {
            let message =
                format!("`SELECT DISTINCT`, `UNION` and `GROUP BY` over all of {} fail from here on", shown(table));
            let finding = found.at(step.part(number), message);
            finding.help("make it `jsonb`, which can be compared");
            if let (Some(word), Place::File) = (step.word_of_part(number, "JSON"), step.looked.place) {
                finding.fix("make it `jsonb`", word, "jsonb");
            }
        }
    }
}
