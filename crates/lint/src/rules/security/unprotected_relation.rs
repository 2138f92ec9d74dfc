//! A materialized view or foreign table can be read through the API.
//!
//! Row security does not hold for them: whoever may read one sees every row of it.
//!
//! ```sql,bad
//! -- limosa.toml: unprotected-relation = { roles = ["public"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE MATERIALIZED VIEW visits AS SELECT count(*) FROM visit;
//! GRANT SELECT ON visits TO PUBLIC;
//! ```
//! ```sql,good
//! -- limosa.toml: unprotected-relation = { roles = ["public"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE MATERIALIZED VIEW visits AS SELECT count(*) FROM visit;
//! ```

use limosa_catalog::ObjectKind;
use limosa_catalog::kind::grant::Privilege;

use crate::found::{Findings, shown, table_of};
use crate::rights::first_with;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("schemas", ParameterKind::List, r#"["public"]"#, "the schemas of the API"),
    Parameter::new("roles", ParameterKind::List, r#"["anon", "authenticated"]"#, "the roles of the API"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let (schemas, roles) = (found.parameters.list("schemas"), found.parameters.list("roles"));
    for kind in [ObjectKind::MaterializedView, ObjectKind::ForeignTable] {
        for entry in view.of_kind(kind) {
            let Some(name) = table_of(entry.id()) else { continue };
            let in_api = name.schema.as_ref().is_some_and(|schema| schemas.iter().any(|it| it == schema.as_str()));
            if let Some(role) = first_with(view.catalog, entry.id(), &roles, Privilege::Select).filter(|_| in_api) {
                let message = format!("`{role}` may read every row of the {kind} {}", shown(&name));
                found.whole(message).object(entry.id()).help("move it to a schema of its own, or revoke `SELECT`");
            }
        }
    }
}
