//! Ids of a table do not begin with the letters that tell what they are of.
//!
//! `pat_8kd2…` is a patient wherever it is read: in a log, a URL, a support ticket. `prefixes` names them by table, and
//! the column has to be there; those of `[ids.column]` in limosa.toml are known. The column's default or a check has to
//! hold the prefix, or the default calls the function that makes these ids.
//!
//! ```sql,bad
//! -- limosa.toml: id-prefix = { columns = ["public_id"], prefixes = { patient = "pat_" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY, public_id text UNIQUE);
//! ```
//! ```sql,bad
//! -- limosa.toml: id-prefix = { columns = ["public_id"], prefixes = { patient = "pat_" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: id-prefix = { columns = ["public_id"], prefixes = { patient = "pat_", visit = "vis_" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY, public_id text UNIQUE CHECK (public_id LIKE 'pat_%'));
//! CREATE TABLE visit (id bigint PRIMARY KEY, public_id text UNIQUE DEFAULT 'vis_' || gen_random_uuid());
//! CREATE TABLE country (code text PRIMARY KEY);
//! ```
//! ```sql,bad
//! -- limosa.toml: id-prefix = { registered = { "patient.public_id" = "pat_" } }
//! CREATE TABLE patient (id bigint PRIMARY KEY, public_id text UNIQUE DEFAULT gen_random_uuid());
//! ```
//! ```sql,good
//! -- limosa.toml: id-prefix = { registered = { "patient.public_id" = "pat_" } }
//! CREATE SCHEMA ids;
//! CREATE FUNCTION ids.cuid2_pat() RETURNS text LANGUAGE sql AS $$ SELECT 'pat_' || gen_random_uuid() $$;
//! CREATE TABLE patient (id bigint PRIMARY KEY, public_id text UNIQUE DEFAULT ids.cuid2_pat());
//! ```

use crate::found::Findings;
use crate::name_list::NameList;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, Rule, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("prefixes", ParameterKind::Map, "{}", "tables, each with the beginning of its ids"),
    Parameter::new(
        "columns",
        ParameterKind::List,
        r#"["public_id", "id"]"#,
        "the column of ids: the first that is there",
    ),
    Parameter::new(
        "registered",
        ParameterKind::Map,
        "{}",
        "columns, `table.column`, each with the beginning of its ids; usually those of `[ids.column]`",
    ),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if !table.whole || table.is_partition {
        return;
    }
    for (name, prefix) in found.parameters.map("prefixes") {
        if !NameList::of(vec![name]).holds(&table.name) {
            continue;
        }
        let columns = found.parameters.list("columns");
        let column = columns.iter().find_map(|name| table.columns.iter().find(|it| it.name.as_str() == name));
        match column {
            Some(column) => check_column(table, column, &prefix, found),
            None => {
                let message = format!("{} has no column `{}`", table.shown(), columns.join("` or `"));
                found.site(table.site, message).of_table(&table.name);
            }
        }
    }
    for (name, prefix) in found.parameters.map("registered") {
        let Some((of, name)) = name.rsplit_once('.') else { continue };
        let column = table.columns.iter().find(|column| column.name.as_str() == name);
        if let Some(column) = column.filter(|_| NameList::of(vec![of.to_owned()]).holds(&table.name)) {
            check_column(table, column, &prefix, found);
        }
    }
}

fn check_column(table: &Table<'_>, column: &Column<'_>, prefix: &str, found: &mut Findings<'_>) {
    // In a pattern of `LIKE` and in a regular expression, `_` may be escaped.
    let holds = |text: &str| text.contains(prefix) || text.replace('\\', "").contains(prefix);
    // The functions that make ids are named after their prefix.
    let call = format!("_{}(", prefix.trim_end_matches('_').to_lowercase());
    let in_default = column.default.as_deref().is_some_and(|text| holds(text) || text.contains(&call));
    let in_check = table.constraints.iter().any(|constraint| match &constraint.rule {
        Rule::Check(text) => text.contains(column.name.as_str()) && holds(text),
        _ => false,
    });
    if !in_default && !in_check {
        let shown = table.shown_column(&column.name);
        let message = format!("nothing makes {shown} begin with `{prefix}`");
        let finding = found.site(column.site, message).of_table(&table.name);
        finding.help(format!("add a default, or a check such as `{} LIKE '{prefix}%'`", column.name.for_people()));
    }
}
