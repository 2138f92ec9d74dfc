//! A constraint is not named as the project names constraints.
//!
//! The name of a constraint is what an application sees when it is broken, and what a migration has to say to drop it.
//! In the patterns `{table}` and `{columns}` stand for the name of the table and those of the columns with `_` between
//! them; of a check, `{columns}` may be any text. Names that are left to the server are what `unnamed-constraint`
//! finds.
//!
//! ```sql,bad
//! -- limosa.toml: constraint-name = { primary_key = "{table}_pkey", check = "{table}_.*_check" }
//! CREATE TABLE visit (id bigint, CONSTRAINT pk_visit PRIMARY KEY (id));
//! ```
//! ```sql,good
//! -- limosa.toml: constraint-name = { primary_key = "{table}_pkey", check = "{table}_.*_check" }
//! CREATE TABLE visit (id bigint, CONSTRAINT visit_pkey PRIMARY KEY (id), CONSTRAINT visit_id_check CHECK (id > 0));
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::rules::naming::index_name::joined;
use crate::shape::{Rule, Table, of_tables};

const fn pattern(name: &'static str, default: &'static str, meaning: &'static str) -> Parameter {
    Parameter { name, kind: ParameterKind::Pattern, default, meaning }
}

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    pattern("primary_key", "\"{table}_pkey\"", "what names of primary keys are like"),
    pattern("unique", "\"{table}_{columns}_key\"", "what names of unique constraints are like"),
    pattern("check", "\"{table}_.*check\"", "what names of check constraints are like"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.is_partition {
        return;
    }
    for constraint in &table.constraints {
        let Some(name) = &constraint.name else { continue };
        let (kind, words, columns) = match &constraint.rule {
            Rule::PrimaryKey(columns) => ("primary_key", "primary key", Some(columns)),
            Rule::Unique { columns, .. } => ("unique", "unique constraint", Some(columns)),
            Rule::Check(_) => ("check", "check constraint", None),
            Rule::ForeignKey(_) | Rule::Exclusion => continue,
        };
        let Some(pattern) = found.parameters.pattern(kind) else { continue };
        let columns = columns.map(|columns| joined(columns));
        let mut values = vec![("table", table.name.name.as_str())];
        values.extend(columns.iter().map(|columns| ("columns", columns.as_str())));
        if pattern.fits(name.as_str(), &values) {
            continue;
        }
        let message = format!("the {words} `{}` is not named like `{}`", name.for_people(), pattern.as_str());
        let finding = found.site(constraint.site, message).of_table(&table.name);
        if let Some(help) = pattern.help(&values) {
            finding.help(help);
        }
    }
}
