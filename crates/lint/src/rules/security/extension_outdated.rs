//! An extension is of an older version than the one that its server has.
//!
//! Installing a newer package changes the library and not the objects in the database: these keep the faults that the
//! newer version mends until they are updated. This is asked of live databases alone, with `limosa lint --live`.

use limosa_catalog::{Object, ObjectId, ObjectKind, Usage};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Usage(check)]).with(&[Parameter::new(
    "except",
    ParameterKind::List,
    "[]",
    "extensions that are let be",
)]);

fn check(view: &CatalogView<'_>, usage: &Usage, found: &mut Findings<'_>) {
    let except = found.parameters.list("except");
    for entry in view.catalog.of_kind(ObjectKind::Extension) {
        let (ObjectId::Extension(name), Object::Extension(extension)) = (entry.id(), entry.object()) else { continue };
        let Some(newer) = usage.extensions.get(name).filter(|version| **version != extension.version) else { continue };
        if except.iter().any(|it| it == name.as_str()) {
            continue;
        }
        let (shown, own) = (name.for_people(), &extension.version);
        let message = format!("the extension `{shown}` is of version {own}; the server would install {newer}");
        found.whole(message).object(entry.id()).help(format!("`ALTER EXTENSION {name} UPDATE`, in a migration"));
    }
}
