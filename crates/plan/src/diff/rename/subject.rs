//! Everything in a catalog that `ALTER … RENAME` can name.

use limosa_catalog::kind::composite_type::Attribute;
use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, Object, ObjectId, Rename, Renames};

/// Each thing that has a name, as its rename to a name that stands for any.
pub(super) fn subjects<'a>(catalog: &'a Catalog, to: &'a str) -> impl Iterator<Item = Rename> + 'a {
    catalog.iter().flat_map(move |entry| of_entry(entry, to))
}

fn of_entry(entry: Entry<'_>, to: &str) -> Vec<Rename> {
    let id = entry.id();
    let Ok(name) = Identifier::new(to) else {
        return labels(entry, to);
    };
    if let ObjectId::Column(column) = id {
        let of = entry.parent().map(|whole| whole.id().clone());
        return of.map(|of| Rename::Column { of, from: column.name.clone(), to: name }).into_iter().collect();
    }
    let own = id.own_name().map(|_| Rename::Object { from: id.clone(), to: name.clone() });
    let columns = columns(entry.object()).iter().map(|attribute| Rename::Column {
        of: id.clone(),
        from: attribute.name.clone(),
        to: name.clone(),
    });
    own.into_iter().chain(columns).chain(labels(entry, to)).collect()
}

fn labels(entry: Entry<'_>, to: &str) -> Vec<Rename> {
    match (entry.id(), entry.object()) {
        (ObjectId::Enum(of), Object::Enum(object)) => {
            let label = |label: &str| Rename::Label { of: of.clone(), from: label.into(), to: to.into() };
            object.labels.iter().map(|it| label(it)).collect()
        }
        _ => Vec::new(),
    }
}

/// The columns that are no objects of their own.
pub(super) fn columns(object: &Object) -> &[Attribute] {
    match object {
        Object::View(view) => &view.columns,
        Object::MaterializedView(view) => &view.columns,
        Object::CompositeType(composite) => &composite.attributes,
        _ => &[],
    }
}

/// Whether the catalog holds, under the name given to it by the renames, what the rename is about: with its new name,
/// or with its old one.
pub(super) fn is_there(catalog: &Catalog, rename: &Rename, renames: &Renames, new: bool) -> bool {
    match rename {
        Rename::Object { from, .. } if new => {
            let all = renames.iter().cloned().chain([rename.clone()]).collect();
            catalog.contains(&Renames::together(all).id(from))
        }
        Rename::Object { from, .. } => catalog.contains(&renames.id(from)),
        Rename::Column { of, from, to } => {
            let of = renames.id(of);
            let wanted = if new { to } else { from };
            let Some(object) = catalog.get(&of) else { return false };
            match of {
                ObjectId::Table(relation) | ObjectId::ForeignTable(relation) => {
                    catalog.contains(&ObjectId::Column(ColumnName { relation, name: wanted.clone() }))
                }
                _ => columns(object).iter().any(|attribute| attribute.name == *wanted),
            }
        }
        Rename::Label { of, from, to } => {
            let wanted = if new { to } else { from };
            match catalog.get(&renames.id(&ObjectId::Enum(of.clone()))) {
                Some(Object::Enum(object)) => object.labels.iter().any(|label| **label == **wanted),
                _ => false,
            }
        }
    }
}
