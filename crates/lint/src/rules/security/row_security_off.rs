//! A table has no row security.
//!
//! Where applications reach tables with roles of their users, row security is what keeps one user's rows from another.
//! `tables` names those that need it.
//!
//! ```sql,bad
//! -- limosa.toml: row-security-off = { tables = ["public.*"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: row-security-off = { tables = ["patient*", "visit"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE TABLE country (code text PRIMARY KEY);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("tables", ParameterKind::List, r#"["*"]"#, "the tables that need it"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let is_meant = table.whole && !table.foreign && !table.row_security;
    if is_meant && found.parameters.names("tables").holds(&table.name) {
        let message = format!("whoever may read {} sees every row: row security is off", table.shown());
        let finding = found.site(table.site, message).of_table(&table.name);
        finding.help(format!(
            "`ALTER TABLE {} ENABLE ROW LEVEL SECURITY`, with policies",
            table.shown().trim_matches('`')
        ));
    }
}
