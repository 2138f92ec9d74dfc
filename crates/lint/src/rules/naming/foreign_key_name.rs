//! A foreign key is not named as the project names foreign keys.
//!
//! The name is what an application sees when the key is broken, and what a migration has to say to drop it. In the
//! pattern `{table}`, `{columns}`, `{referenced_table}` and `{referenced_columns}` stand for the names of both sides.
//!
//! ```sql,bad
//! -- limosa.toml: foreign-key-name = { pattern = "{table}_{columns}_fkey" }
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (patient_id bigint, CONSTRAINT fk1 FOREIGN KEY (patient_id) REFERENCES patient);
//! ```
//! ```sql,good
//! -- limosa.toml: foreign-key-name = { pattern = "{table}_{referenced_table}_fk" }
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (patient_id bigint, CONSTRAINT visit_patient_fk FOREIGN KEY (patient_id) REFERENCES patient);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::rules::naming::index_name::joined;
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"{table}_{columns}_fkey\"",
        meaning: "what names are like",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    if table.is_partition {
        return;
    }
    for (constraint, key) in table.foreign_keys() {
        let Some(name) = &constraint.name else { continue };
        let (columns, referenced) = (joined(&key.columns), joined(&key.referenced_columns));
        let mut values = vec![
            ("table", table.name.name.as_str()),
            ("columns", columns.as_str()),
            ("referenced_table", key.references.name.as_str()),
        ];
        values.extend((!referenced.is_empty()).then_some(("referenced_columns", referenced.as_str())));
        if pattern.fits(name.as_str(), &values) {
            continue;
        }
        let message = format!("the foreign key `{}` is not named like `{}`", name.for_people(), pattern.as_str());
        let finding = found.site(constraint.site, message).of_table(&table.name);
        if let Some(help) = pattern.help(&values) {
            finding.help(help);
        }
    }
}
