//! An index is not named as the project names indexes.
//!
//! The name of an index is all that a plan, an error or a list of sizes shows of it. In the patterns `{table}` and
//! `{columns}` stand for the name of the table and those of the columns with `_` between them; of an index with
//! expressions, `{columns}` may be any text. A name that PostgreSQL, or the tool that made it, had to cut is let be.
//! Indexes that belong to constraints are named by those.
//!
//! ```sql,bad
//! -- limosa.toml: index-name = { pattern = "{table}_{columns}_idx" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! CREATE INDEX by_patient ON visit (patient_id);
//! ```
//! ```sql,good
//! -- limosa.toml: index-name = { pattern = "{table}_{columns}_idx" }
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! CREATE INDEX visit_patient_id_idx ON visit (patient_id);
//! CREATE INDEX visit_half_idx ON visit ((patient_id / 2));
//! ```

use limosa_catalog::Identifier;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"{table}_{columns}_idx\"",
        meaning: "what names are like",
    },
    Parameter {
        name: "unique",
        kind: ParameterKind::Pattern,
        default: "",
        meaning: "what names of unique indexes are like, where they differ",
    },
    Parameter {
        name: "partial",
        kind: ParameterKind::Pattern,
        default: "",
        meaning: "what names of indexes with `WHERE` are like, where they differ",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(usual) = found.parameters.pattern("pattern") else { return };
    let unique = found.parameters.pattern("unique").unwrap_or_else(|| usual.clone());
    let partial = found.parameters.pattern("partial");
    for index in table.indexes.iter().filter(|index| !index.is_partition) {
        let Some(name) = &index.name else { continue };
        let columns = index.columns().map(|columns| joined(&columns));
        let mut values = vec![("table", table.name.name.as_str())];
        values.extend(columns.iter().map(|columns| ("columns", columns.as_str())));
        let of_all = if index.unique { &unique } else { &usual };
        let pattern = partial.as_ref().filter(|_| index.predicate.is_some()).unwrap_or(of_all);
        if pattern.fits(name.as_str(), &values) {
            continue;
        }
        let message = format!("the index `{}` is not named like `{}`", name.for_people(), pattern.as_str());
        let finding = found.site(index.site, message).of_table(&table.name);
        if let Some(help) = pattern.help(&values) {
            finding.help(help);
        }
    }
}

/// Names with `_` between them.
pub(super) fn joined(columns: &[Identifier]) -> String {
    columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_")
}
