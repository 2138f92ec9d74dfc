//! A table is written anew as a whole while nobody can use it.
//!
//! `VACUUM FULL`, `CLUSTER`, `SET LOGGED`, `SET UNLOGGED`, `SET TABLESPACE` and `SET ACCESS METHOD` copy every row
//! under the strongest lock there is. `VACUUM` makes room for new rows without that; extensions such as pg_repack
//! give the room back while the table stays in use. A new tablespace or access method is had by filling a new table
//! in batches, which then takes the place of the old one.
//!
//! Locks: vacuum-full, cluster, set-logged, set-tablespace, set-access-method
//!
//! ```sql,bad
//! VACUUM FULL visit;
//! ```
//! ```sql,good
//! VACUUM visit;
//! ```

use limosa_catalog::QualifiedName;
use limosa_plan::lock::StatementForm;
use limosa_syntax::{Command, Tending};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

const REWRITES: &[StatementForm] =
    &[StatementForm::SetLogged, StatementForm::SetTablespace, StatementForm::SetAccessMethod];

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    match step.command() {
        Command::Tend { how: how @ (Tending::VacuumFull | Tending::Cluster), tables } => {
            if tables.is_empty() {
                let which =
                    if *how == Tending::Cluster { "every table that was clustered before" } else { "every table" };
                let message = format!("nobody can use the table that is being written anew; {which} comes in turn");
                found.at(step.head(), message).help(help(*how));
            }
            for table in tables.iter().filter(|table| step.is_in_use(table)) {
                rewrites(step, found, step.head(), table).help(help(*how));
            }
        }
        Command::AlterTable { table, actions, .. } if step.is_in_use(table) => {
            if !REWRITES.iter().any(|form| step.is(*form)) {
                return;
            }
            for number in 0..actions.len() {
                if step.forms_of(number).iter().any(|form| REWRITES.contains(form)) {
                    rewrites(step, found, step.part(number), table)
                        .help("fill a new table in batches, and exchange the two; or keep it for a quiet hour");
                }
            }
        }
        _ => {}
    }
}

fn rewrites<'f>(
    step: &Step<'_>,
    found: &'f mut Findings<'_>,
    span: limosa_syntax::Span,
    table: &QualifiedName,
) -> &'f mut crate::found::Draft {
    let message = format!("every row of {} is written anew while nobody can use the table", shown(table));
    step.weigh(found.at(span, message), table)
}

fn help(how: Tending) -> &'static str {
    match how {
        Tending::Cluster => "keep it for a quiet hour, or use pg_repack, which leaves the table in use",
        _ => "plain `VACUUM` makes room for new rows; pg_repack gives the room back and leaves the table in use",
    }
}
