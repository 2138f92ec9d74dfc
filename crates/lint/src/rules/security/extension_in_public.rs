//! The functions of an extension are in the schema of the application.
//!
//! Where the schema is exposed by an API, so are they; and whatever the application names like one of them hides it.
//!
//! ```sql,bad
//! CREATE EXTENSION citext;
//! ```
//! ```sql,good
//! CREATE SCHEMA extensions;
//! CREATE EXTENSION citext SCHEMA extensions;
//! ```

use limosa_catalog::{Object, ObjectKind};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("schemas", ParameterKind::List, r#"["public"]"#, "the schemas that are to be free of extensions"),
    Parameter::new("except", ParameterKind::List, "[]", "extensions that are let be"),
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let (schemas, except) = (found.parameters.list("schemas"), found.parameters.list("except"));
    for entry in view.catalog.of_kind(ObjectKind::Extension) {
        let (Object::Extension(extension), limosa_catalog::ObjectId::Extension(name)) = (entry.object(), entry.id())
        else {
            continue;
        };
        let schema = extension.schema.as_str();
        if schemas.iter().any(|it| it == schema) && !except.iter().any(|it| it == name.as_str()) {
            let message = format!("the extension `{}` is in the schema `{schema}`", name.for_people());
            let finding = found.whole(message).object(entry.id());
            finding.help(format!("`ALTER EXTENSION {name} SET SCHEMA …`, where it can be moved"));
        }
    }
}
