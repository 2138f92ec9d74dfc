//! A boolean column does not read as a yes or no.
//!
//! `WHERE is_archived` reads as a sentence, and nobody takes `archived` for the time at which it happened.
//!
//! ```sql,bad
//! -- limosa.toml: boolean-name = { pattern = "(is|has|can)_.*" }
//! CREATE TABLE patient (id bigint PRIMARY KEY, archived boolean NOT NULL);
//! ```
//! ```sql,good
//! -- limosa.toml: boolean-name = { pattern = "(is|has|can)_.*" }
//! CREATE TABLE patient (id bigint PRIMARY KEY, is_archived boolean NOT NULL);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"(is|has|can|should|was|may)(_.*|[A-Z].*)\"",
        meaning: "what names of boolean columns are like",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    for column in table.columns.iter().filter(|column| column.is_named_here && !table.is_partition) {
        let boolean = column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["boolean"]));
        if boolean && !pattern.fits(column.name.as_str(), &[("table", table.name.name.as_str())]) {
            let shown = table.shown_column(&column.name);
            let message = format!("the boolean column {shown} is not named like `{}`", pattern.as_str());
            found.site(column.site, message).of_table(&table.name);
        }
    }
}
