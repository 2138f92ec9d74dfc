//! A foreign key refers to accounts by something else than their primary key.
//!
//! The tables of a login service belong to that service: it keeps their primary key, and may change any other unique
//! key with its next version. Its migration then fails on the foreign key, or takes it away.
//!
//! ```sql,bad
//! CREATE SCHEMA auth;
//! CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE);
//! CREATE TABLE member (id bigint PRIMARY KEY, email text REFERENCES auth.users (email));
//! ```
//! ```sql,good
//! CREATE SCHEMA auth;
//! CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE);
//! CREATE TABLE member (id uuid PRIMARY KEY REFERENCES auth.users (id));
//! ```

use std::collections::HashMap;

use limosa_catalog::{Identifier, QualifiedName};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{Site, shown_columns, tables_of_catalog};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)])
    .with(&[Parameter::new("tables", ParameterKind::List, r#"["auth.users"]"#, "the tables of accounts"), EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let accounts = found.parameters.names("tables");
    // The accounts themselves are often left out of what is looked at.
    let keys: HashMap<QualifiedName, Vec<Identifier>> = tables_of_catalog(view.catalog)
        .into_iter()
        .filter(|table| accounts.holds(&table.name))
        .filter_map(|table| Some((table.name.clone(), table.primary_key()?.to_vec())))
        .collect();
    for table in view.tables().iter().filter(|table| !accounts.holds(&table.name) && !table.is_partition) {
        for (constraint, key) in table.foreign_keys() {
            let Some(primary) = keys.get(&key.references) else { continue };
            let same = |column: &Identifier| primary.contains(column);
            if key.referenced_columns.len() == primary.len() && key.referenced_columns.iter().all(same) {
                continue;
            }
            let (columns, accounts) = (shown_columns(&key.referenced_columns), shown(&key.references));
            let message = format!("{} refers to {columns} of {accounts}, not to its primary key", table.shown());
            let Site::Catalog(id) = constraint.site else { continue };
            let finding = found.whole(message).object(id).of_table(&table.name);
            finding.help(format!("refer to {} and look the rest up there", shown_columns(primary)));
        }
    }
}
