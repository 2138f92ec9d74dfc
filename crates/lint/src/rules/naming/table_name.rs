//! A table is not named as the project names tables.
//!
//! Whoever writes a query has to remember each name. Where all of them follow one pattern there is nothing to
//! remember. The pattern is a regular expression for the whole name; `{snake_case}`, `{camelCase}`, `{PascalCase}`,
//! `{SCREAMING_SNAKE_CASE}` and `{kebab-case}` stand for names of that form. Partitions are let be.
//!
//! ```sql,bad
//! -- limosa.toml: table-name = { pattern = "{PascalCase}" }
//! CREATE TABLE lab_result (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: table-name = { pattern = "{PascalCase}" }
//! CREATE TABLE "LabResult" (id bigint PRIMARY KEY);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"{snake_case}\"",
        meaning: "what names are like, such as `{snake_case}` or `{PascalCase}`",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    if table.is_named_here && !table.is_partition && !pattern.fits(table.name.name.as_str(), &[]) {
        let message = format!("the table {} is not named like `{}`", table.shown(), pattern.as_str());
        found.site(table.site, message).of_table(&table.name);
    }
}
