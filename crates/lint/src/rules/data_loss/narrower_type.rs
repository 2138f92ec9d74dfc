//! A column gets a type that not all of its values fit into.
//!
//! Some conversions change what does not fit without a word: `numeric` to `integer` rounds, `timestamp` to `date`
//! forgets the time of day, and an explicit cast to a shorter `varchar` cuts. Others make the statement fail on the
//! first value that does not fit, perhaps only in production. And between `timestamp` and `timestamptz` the values are
//! read in the time zone of the session that happens to run the migration, unless `USING … AT TIME ZONE` says which is
//! meant.
//!
//! Silent where the type until now is not known, and where `USING` computes the new value, unless that is null.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, price numeric(10, 2));
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN price TYPE integer;
//! ```
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, begins timestamp);
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN begins TYPE timestamptz;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, begins timestamp);
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN begins TYPE timestamptz USING begins AT TIME ZONE 'UTC';
//! ```

use limosa_plan::HazardKind;
use limosa_plan::lock::Narrowing;
use limosa_syntax::{Command, Severity, TableAction, TokenKind, Tokens, part_spans};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    let is_empty = step.sizes.rows(&name) == Some(0) || step.state.is_emptied(&name);
    if !step.is_in_use(table) || is_empty || step.is_allowed(HazardKind::DeletesData) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let TableAction::SetType { column, data_type, using, .. } = action else { continue };
        if *using {
            if becomes_null(step, number) {
                let of = format!("`{}` in {}", column.for_people(), shown(table));
                found
                    .at(step.part(number), format!("every value of {of} is lost: it becomes null"))
                    .help("say with `USING` what becomes of the values");
            }
            continue;
        }
        let Some(from) = step.state.known.column_type(&name, column) else { continue };
        let Some(narrowing) = Narrowing::of(from, data_type, step.word_of_part(number, "USING").is_some()) else {
            continue;
        };
        let of = format!("`{}` in {}", column.for_people(), shown(table));
        let (message, severity, help) = match narrowing {
            Narrowing::Loses(what) => (
                format!("the values of {of} change without a word: {what}"),
                Severity::Error,
                "say with `USING` what becomes of them, or keep the type",
            ),
            Narrowing::MayFail(which) => (
                format!("{which} in {of} make this fail"),
                Severity::Warning,
                "look for such values first, or keep the type and add a `CHECK` that is `NOT VALID`",
            ),
            Narrowing::DependsOnTimeZone => (
                format!("what the values of {of} mean comes to depend on the session's time zone"),
                Severity::Warning,
                "say which is meant: `USING … AT TIME ZONE 'UTC'`",
            ),
        };
        let finding = found.at(step.part(number), message);
        finding.at_most(severity).note(format!("the type is `{from}` until now")).help(help);
    }
}

/// `USING NULL`, with or without parentheses and a cast.
fn becomes_null(step: &Step<'_>, action: usize) -> bool {
    let Some(part) = part_spans(&step.looked.text).get(action).copied() else { return false };
    let tokens = Tokens::of(part.of(&step.looked.text));
    let Some((_, mut here)) = tokens.words().outermost().find(|(_, here)| here.at(&["USING"])) else { return false };
    here.next();
    let inside = here.parenthesised();
    let mut value = inside.unwrap_or(here);
    value.take(&["NULL"]) && (value.peek().is_none() || value.at_kind(TokenKind::DoubleColon))
}
