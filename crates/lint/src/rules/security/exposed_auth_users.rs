//! A view shows the accounts of the login service to its users.
//!
//! A view on `auth.users` reads it with the rights of its owner, so that whoever may read the view sees addresses and
//! metadata of everyone.
//!
//! ```sql,bad
//! -- limosa.toml: exposed-auth-users = { roles = ["public"] }
//! CREATE SCHEMA auth;
//! CREATE TABLE auth.users (id uuid PRIMARY KEY, email text);
//! CREATE VIEW members AS SELECT id, email FROM auth.users;
//! GRANT SELECT ON members TO PUBLIC;
//! ```
//! ```sql,good
//! -- limosa.toml: exposed-auth-users = { roles = ["public"] }
//! CREATE SCHEMA auth;
//! CREATE TABLE auth.users (id uuid PRIMARY KEY, email text);
//! CREATE VIEW members AS SELECT id, email FROM auth.users;
//! ```

use limosa_catalog::kind::grant::Privilege;
use limosa_catalog::{ObjectId, ObjectKind};

use crate::found::{Findings, shown, table_of};
use crate::name_list::NameList;
use crate::rights::first_with;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("tables", ParameterKind::List, r#"["auth.users"]"#, "the tables of accounts"),
    Parameter::new("roles", ParameterKind::List, r#"["anon", "authenticated"]"#, "the roles of the API"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let (tables, roles) = (NameList::of(found.parameters.list("tables")), found.parameters.list("roles"));
    for entry in [ObjectKind::View, ObjectKind::MaterializedView].into_iter().flat_map(|kind| view.of_kind(kind)) {
        let Some(name) = table_of(entry.id()) else { continue };
        let reads = entry.depends_on().any(|(on, _)| match on.id() {
            ObjectId::Column(column) => tables.holds(&crate::shape::qualified(&column.relation)),
            ObjectId::Table(table) => tables.holds(&crate::shape::qualified(table)),
            _ => false,
        });
        if let Some(role) = first_with(view.catalog, entry.id(), &roles, Privilege::Select).filter(|_| reads) {
            let message = format!("`{role}` may read accounts of everyone in {}", shown(&name));
            found
                .whole(message)
                .object(entry.id())
                .help("revoke `SELECT`, or keep what is shown in a table of its own");
        }
    }
}
