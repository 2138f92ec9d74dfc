//! A foreign key does not do what the project wants when the referenced row goes.
//!
//! What may be null can let go of a row that is deleted, what may not has to go along or keep it. `required` lists
//! what keys of `NOT NULL` columns may do, `optional` what the others may; `owned` names tables whose rows belong to a
//! row of another and go with it: `ChatMessage = "Visit"`.
//!
//! ```sql,bad
//! -- limosa.toml: foreign-key-action = { owned = { message = "visit" } }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE TABLE message (id bigint PRIMARY KEY, visit_id bigint NOT NULL REFERENCES visit ON DELETE RESTRICT);
//! ```
//! ```sql,bad
//! -- limosa.toml: foreign-key-action = { optional = ["set null"] }
//! CREATE TABLE device (id bigint PRIMARY KEY);
//! CREATE TABLE reading (id bigint PRIMARY KEY, device_id bigint REFERENCES device ON DELETE CASCADE);
//! ```
//! ```sql,good
//! -- limosa.toml: foreign-key-action = { required = ["restrict", "cascade"], optional = ["set null"] }
//! CREATE TABLE device (id bigint PRIMARY KEY);
//! CREATE TABLE reading (id bigint PRIMARY KEY, device_id bigint REFERENCES device ON DELETE SET NULL);
//! CREATE TABLE alarm (id bigint PRIMARY KEY, device_id bigint NOT NULL REFERENCES device ON DELETE RESTRICT);
//! ```

use limosa_catalog::kind::constraint::ReferentialAction;

use crate::found::{Findings, shown};
use crate::name_list::NameList;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{ForeignKey, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new(
        "required",
        ParameterKind::List,
        r#"["cascade", "restrict", "no action"]"#,
        "what keys of columns that are not null may do",
    ),
    Parameter::new(
        "optional",
        ParameterKind::List,
        r#"["set null", "cascade", "restrict", "no action"]"#,
        "what keys of columns that may be null may do",
    ),
    Parameter::new("owned", ParameterKind::Map, "{}", "tables whose rows go along with a row of another: `A = \"B\"`"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.is_partition {
        return;
    }
    let owned = found.parameters.map("owned");
    for (constraint, key) in table.foreign_keys() {
        let action = key.on_delete.unwrap_or(ReferentialAction::NoAction);
        let is_owned = owned.iter().any(|(child, parent)| {
            NameList::of(vec![child.clone()]).holds(&table.name)
                && NameList::of(vec![parent.clone()]).holds(&key.references)
        });
        let columns = crate::shape::shown_columns(&key.columns);
        let references = shown(&key.references);
        if is_owned {
            if action != ReferentialAction::Cascade {
                let table_name = table.shown();
                let message = format!("rows of {table_name} belong to one of {references} and do not go along with it");
                let finding = found.site(constraint.site, message).of_table(&table.name);
                finding.help("write `ON DELETE CASCADE`");
            }
            continue;
        }
        let Some(required) = is_required(table, key) else { continue };
        let allowed = found.parameters.list(if required { "required" } else { "optional" });
        if !allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(action.as_sql())) {
            let may = if required { "is not null" } else { "may be null" };
            let message = format!("the key {columns} to {references} {may} and says `ON DELETE {action}`");
            let finding = found.site(constraint.site, message).of_table(&table.name);
            finding.help(format!(
                "write `ON DELETE {}`",
                allowed.iter().map(|it| it.to_uppercase()).collect::<Vec<_>>().join("` or `")
            ));
        }
    }
}

/// Whether no column of a key may be null; `None` where the script does not say.
fn is_required(table: &Table<'_>, key: &ForeignKey) -> Option<bool> {
    key.columns.iter().try_fold(true, |all, column| Some(all && table.column(column)?.not_null?))
}
