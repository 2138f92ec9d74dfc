//! A column of a time is not named as the project names times.
//!
//! `created_at` says that it holds a point in time, and `born_on` a day; nobody takes them for a flag or a person.
//!
//! ```sql,bad
//! -- limosa.toml: timestamp-name = { pattern = ".*_at" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, created timestamptz);
//! ```
//! ```sql,good
//! -- limosa.toml: timestamp-name = { pattern = ".*_at", date = ".*_(on|date)" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, created_at timestamptz, billed_on date);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\".*(_at|At)\"",
        meaning: "what names of columns of type `timestamp` are like",
    },
    Parameter {
        name: "date",
        kind: ParameterKind::Pattern,
        default: "",
        meaning: "what names of columns of type `date` are like",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| column.is_named_here && !table.is_partition) {
        let Some(data_type) = &column.data_type else { continue };
        let pattern = match () {
            () if data_type.is(&["timestamp with time zone", "timestamp without time zone"]) => "pattern",
            () if data_type.is(&["date"]) => "date",
            () => continue,
        };
        let Some(pattern) = found.parameters.pattern(pattern) else { continue };
        if !pattern.fits(column.name.as_str(), &[("table", table.name.name.as_str())]) {
            let shown = table.shown_column(&column.name);
            let message = format!("the column {shown} of type `{data_type}` is not named like `{}`", pattern.as_str());
            found.site(column.site, message).of_table(&table.name);
        }
    }
}
