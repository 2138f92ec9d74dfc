//! A column is not named as the project names columns.
//!
//! Whoever writes a query has to remember each name, and whether it has to be quoted. Where all of them follow one
//! pattern there is nothing to remember. In the pattern `{table}` stands for the name of the table; the cases are
//! those of `table-name`.
//!
//! ```sql,bad
//! -- limosa.toml: column-name = { pattern = "{camelCase}" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, created_at timestamptz);
//! ```
//! ```sql,good
//! -- limosa.toml: column-name = { pattern = "{camelCase}" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, "createdAt" timestamptz);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"{snake_case}\"",
        meaning: "what names are like, such as `{snake_case}` or `{camelCase}`",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    if table.is_partition {
        return;
    }
    for column in table.columns.iter().filter(|column| column.is_named_here) {
        if !pattern.fits(column.name.as_str(), &[("table", table.name.name.as_str())]) {
            let shown = table.shown_column(&column.name);
            let message = format!("the column {shown} is not named like `{}`", pattern.as_str());
            found.site(column.site, message).of_table(&table.name);
        }
    }
}
