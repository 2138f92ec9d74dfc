//! The type of a column is changed by writing every row anew, or by reading every row to test its checks.
//!
//! Where the new type stores the values as they are (a longer `varchar`, `text`, more digits before the point of a
//! `numeric`), nothing is done with the rows. Otherwise the table and its indexes are written anew while nobody can
//! use it. Add a new column, keep it up to date with a trigger, fill it in batches, and exchange the two. Between
//! `timestamp` and `timestamptz` nothing is rewritten where the session's time zone is UTC.
//!
//! Locks: set-type, set-type-coercible, set-type-checked
//!
//! Of a column whose type is not known from the migrations before, or from a schema, the finding weighs less.
//!
//! ```sql,bad
//! CREATE TABLE visit (id int PRIMARY KEY);
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN id TYPE bigint;
//! ```
//! ```sql,good
//! CREATE TABLE visit (note varchar(40));
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN note TYPE text;
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::lock::StatementForm;
use limosa_syntax::{Command, Setting, Severity, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let works = step.is(StatementForm::SetType) || step.is(StatementForm::SetTypeChecked);
    if !works || !step.is_in_use(table) {
        return;
    }
    let mut changes: Vec<(usize, &TableAction)> = actions.iter().enumerate().collect();
    // Of one that is certain more can be said.
    changes.sort_by_key(|(_, action)| match action {
        TableAction::SetType { column, .. } => known_type(step, table, column).is_none(),
        _ => true,
    });
    for (number, action) in changes {
        let TableAction::SetType { column, data_type, .. } = action else { continue };
        let forms = step.forms_of(number);
        let rewrites = forms.contains(&StatementForm::SetType);
        if !rewrites && !forms.contains(&StatementForm::SetTypeChecked) {
            continue;
        }
        let from = known_type(step, table, column);
        let only_moves_zone = from.is_some_and(|from| is_timestamp(from) && is_timestamp(data_type));
        if rewrites && only_moves_zone && is_utc(step) {
            continue;
        }
        let how = if rewrites { "written anew" } else { "read to test a `CHECK` of the column" };
        let message = format!("every row of {} is {how} while nobody can use the table", shown(table));
        let finding = step.weigh(found.at(step.part(number), message), table);
        let name = column.for_people();
        match from {
            Some(from) => drop(finding.label(format!("`{name}` is of type `{from}`"))),
            None => {
                let note =
                    format!("the type of `{name}` is not known; if it stores the same bytes, nothing is rewritten");
                finding.at_most(Severity::Warning).note(note);
            }
        }
        match () {
            () if rewrites && only_moves_zone => finding
                .help("with `SET LOCAL TimeZone = 'UTC'` before it nothing is rewritten, if the values are in UTC"),
            () if rewrites => finding
                .help("add a new column, keep it up to date with a trigger, fill it in batches, then exchange the two"),
            () => finding.help("drop the check, change the type, and add the check again with `NOT VALID`"),
        };
        if rewrites {
            // However many columns change, the rows are written once.
            return;
        }
    }
}

fn known_type<'a>(step: &Step<'a>, table: &QualifiedName, column: &Identifier) -> Option<&'a str> {
    step.state.known.column_type(&step.resolve(table), column).filter(|written| !written.is_empty())
}

fn is_timestamp(written: &str) -> bool {
    written.starts_with("timestamp")
}

/// Whether the time zone of the session was set to UTC, in this file.
fn is_utc(step: &Step<'_>) -> bool {
    let mut settings = step.before.iter().rev().flat_map(|looked| Setting::within(&looked.text));
    let zone = settings.find(|setting| setting.name == "timezone");
    let is_utc = |value: &String| ["utc", "gmt", "0", "etc/utc"].contains(&value.to_ascii_lowercase().as_str());
    zone.is_some_and(|zone| zone.values.first().is_some_and(is_utc))
}
