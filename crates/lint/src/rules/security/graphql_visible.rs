//! A table or view is part of the GraphQL schema that a role of the API sees.
//!
//! Where `pg_graphql` is installed, whoever may read a relation can list it with its columns through introspection,
//! even if row security shows them no row of it.
//!
//! ```sql,bad
//! -- limosa.toml: graphql-visible = { extension = "plpgsql", roles = ["public"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! GRANT SELECT ON visit TO PUBLIC;
//! ```
//! ```sql,good
//! -- limosa.toml: graphql-visible = { roles = ["public"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! GRANT SELECT ON visit TO PUBLIC;
//! ```

use limosa_catalog::kind::grant::Privilege;
use limosa_catalog::{Identifier, ObjectId, ObjectKind};

use crate::found::{Findings, shown, table_of};
use crate::rights::first_with;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("extension", ParameterKind::Text, r#""pg_graphql""#, "the extension that shows them"),
    Parameter::new("schemas", ParameterKind::List, r#"["public"]"#, "the schemas of the API"),
    Parameter::new("roles", ParameterKind::List, r#"["anon"]"#, "the roles of the API that are to see nothing"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let extension = found.parameters.text("extension").and_then(|name| Identifier::new(name).ok());
    let installed = extension.filter(|name| view.catalog.get(&ObjectId::Extension(name.clone())).is_some());
    let Some(extension) = installed else { return };
    let (schemas, roles) = (found.parameters.list("schemas"), found.parameters.list("roles"));
    for kind in [ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::View, ObjectKind::MaterializedView] {
        for entry in view.of_kind(kind) {
            let Some(name) = table_of(entry.id()) else { continue };
            let in_api = name.schema.as_ref().is_some_and(|schema| schemas.iter().any(|it| it == schema.as_str()));
            if let Some(role) = first_with(view.catalog, entry.id(), &roles, Privilege::Select).filter(|_| in_api) {
                let extension = extension.for_people();
                let message = format!("`{extension}` shows `{role}` that there is a {kind} {}", shown(&name));
                let finding = found.whole(message).object(entry.id());
                finding.help(format!("`REVOKE SELECT ON {name} FROM …`"));
            }
        }
    }
}
