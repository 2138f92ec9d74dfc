//! A table lacks a unique key that the project names.
//!
//! An id that the database makes says nothing of whether two rows mean the same patient; that is told by what people
//! know them by. `keys` names such columns by table: `Patient = "medicalRecordNumber"`, or several with commas between
//! them. A unique index that covers all rows does, also one of `lower(email)`.
//!
//! ```sql,bad
//! -- limosa.toml: unique-business-key = { keys = { patient = "record_number" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY, record_number text);
//! CREATE UNIQUE INDEX patient_open ON patient (record_number) WHERE id > 7;
//! ```
//! ```sql,good
//! -- limosa.toml: unique-business-key = { keys = { patient = "record_number", bed = "house, number" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY, record_number text UNIQUE);
//! CREATE TABLE bed (id bigint PRIMARY KEY, house int, number int);
//! CREATE UNIQUE INDEX bed_number ON bed (number, house);
//! ```

use limosa_catalog::Identifier;

use crate::found::Findings;
use crate::name_list::NameList;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Key, Rule, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("keys", ParameterKind::Map, "{}", "tables, each with the columns by which people tell rows apart"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if !table.whole || table.is_partition {
        return;
    }
    for (name, columns) in found.parameters.map("keys") {
        if !NameList::of(vec![name]).holds(&table.name) {
            continue;
        }
        let wanted: Vec<&str> = columns.split(',').map(str::trim).collect();
        if !is_unique(table, &wanted) {
            let message = format!("nothing keeps {} from holding the same `{columns}` twice", table.shown());
            let finding = found.site(table.site, message).of_table(&table.name);
            finding.help(format!("add a unique index on `{columns}`"));
        }
    }
}

fn is_unique(table: &Table<'_>, wanted: &[&str]) -> bool {
    let same = |columns: &[Identifier]| {
        columns.len() == wanted.len() && columns.iter().all(|column| wanted.contains(&column.as_str()))
    };
    let of_constraint = table.constraints.iter().any(|constraint| match &constraint.rule {
        Rule::PrimaryKey(columns) | Rule::Unique { columns, .. } => same(columns),
        _ => false,
    });
    let of_index = table.indexes.iter().filter(|index| index.unique && index.predicate.is_none() && !index.invalid);
    of_constraint
        || of_index.into_iter().any(|index| match (index.columns(), index.keys.as_slice(), wanted) {
            (Some(columns), _, _) => same(&columns),
            // `lower(email)` is stricter than `email`.
            (None, [Key::Expression(text)], [column]) => text.is_empty() || text.contains(column),
            _ => false,
        })
}
