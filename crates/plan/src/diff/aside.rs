//! Types and collations that columns hold. Such a type cannot be dropped and made anew; it is set aside under another
//! name until every column holds the new one.

use std::collections::BTreeSet;

use limosa_catalog::kind::Range;
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::Context;
use super::statement::Statement;

/// Whether an object is a type or a collation.
pub(super) fn is_type(id: &ObjectId) -> bool {
    type_name(id).is_some()
}

/// Whether rows hold values of the type: a column is of it, of an array of it, or of a type that is made from it.
pub(super) fn is_held(entry: Entry<'_>) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![entry];
    while let Some(entry) = waiting.pop() {
        for (other, _) in entry.dependents() {
            match other.object() {
                Object::Column(column) if column.generated.is_none() => return true,
                _ if is_type(other.id()) && seen.insert(other.id().clone()) => waiting.push(other),
                _ => {}
            }
        }
    }
    false
}

/// Whether rows hold values of the type inside other values: in arrays, rows or ranges.
pub(super) fn is_held_inside(entry: Entry<'_>) -> bool {
    let name = type_name(entry.id()).map(ObjectName::to_string).unwrap_or_default().replace('"', "");
    entry.dependents().any(|(other, _)| match other.object() {
        Object::Column(column) => column.generated.is_none() && column.data_type.as_str().replace('"', "") != name,
        Object::Domain(_) => is_held_inside(other),
        _ => is_type(other.id()) && is_held(other),
    })
}

/// Gives the old type another name.
pub(super) fn set_aside(old: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
    let Some((name, aside)) = names(old, context) else { return Vec::new() };
    let keyword = keyword(old.id());
    let mut statements = vec![Statement::text(format!("ALTER {keyword} {name} RENAME TO {}", aside.name))];
    if let Object::Range(range) = old.object() {
        statements.extend(set_range_aside(name, &aside, range));
    }
    statements
}

/// Drops what was set aside.
pub(super) fn drop_aside(old: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
    let Some((_, aside)) = names(old, context) else { return Vec::new() };
    let keyword = keyword(old.id());
    vec![Statement::text(format!("DROP {keyword} {aside}"))]
}

/// A range type has a multirange type, and functions that make values; they keep their names when the type gets
/// another.
fn set_range_aside(name: &ObjectName, aside: &ObjectName, range: &Range) -> Vec<Statement> {
    let multirange = ObjectName { schema: name.schema.clone(), name: range.multirange.clone() };
    let Some(multi_aside) = longer(&aside.name, "_multi") else { return Vec::new() };
    let schema = &name.schema;
    let subtype = &range.subtype;
    let rename =
        |arguments: String| Statement::text(format!("ALTER FUNCTION {name}({arguments}) RENAME TO {}", aside.name));
    let rename_multi = |arguments: String| {
        Statement::text(format!("ALTER FUNCTION {multirange}({arguments}) RENAME TO {multi_aside}"))
    };
    vec![
        rename(format!("{subtype}, {subtype}")),
        rename(format!("{subtype}, {subtype}, text")),
        Statement::text(format!("ALTER TYPE {multirange} RENAME TO {multi_aside}")),
        rename_multi(String::new()),
        rename_multi(format!("{schema}.{}", aside.name)),
        rename_multi(format!("VARIADIC {schema}.{}[]", aside.name)),
    ]
}

/// The type's name, and one that nothing has on either side.
fn names<'a>(old: Entry<'a>, context: &Context<'_>) -> Option<(&'a ObjectName, ObjectName)> {
    let name = type_name(old.id())?;
    let taken = |name: &ObjectName| {
        let ids: [fn(ObjectName) -> ObjectId; 11] = [
            ObjectId::Collation,
            ObjectId::Enum,
            ObjectId::CompositeType,
            ObjectId::Range,
            ObjectId::BaseType,
            ObjectId::Domain,
            ObjectId::Table,
            ObjectId::View,
            ObjectId::MaterializedView,
            ObjectId::ForeignTable,
            ObjectId::Index,
        ];
        ids.iter().any(|id| context.from.contains(&id(name.clone())) || context.to.contains(&id(name.clone())))
    };
    let candidate = |number: u32| {
        let suffix = if number == 0 { "_before".to_owned() } else { format!("_before{number}") };
        Some(ObjectName { schema: name.schema.clone(), name: longer(&name.name, &suffix)? })
    };
    (0..1000).filter_map(candidate).find(|name| !taken(name)).map(|aside| (name, aside))
}

/// A name with something behind it, shortened where it would be too long.
fn longer(name: &Identifier, suffix: &str) -> Option<Identifier> {
    let mut own = name.as_str().to_owned();
    while own.len() + suffix.len() > 63 {
        own.pop()?;
    }
    Identifier::new(own + suffix).ok()
}

/// Whether the column holds, in the catalog that is wanted, the type that takes the place of this one.
pub(super) fn stays(column: &ObjectId, on: &ObjectId, context: &Context<'_>) -> bool {
    let is_it = |needed: &ObjectId| {
        type_name(needed).is_some() && type_name(needed) == type_name(on) && is_collation(needed) == is_collation(on)
    };
    context.to.entry(column).is_some_and(|new| new.depends_on().any(|(needed, _)| is_it(needed.id())))
}

fn type_name(id: &ObjectId) -> Option<&ObjectName> {
    match id {
        ObjectId::Enum(name)
        | ObjectId::CompositeType(name)
        | ObjectId::Range(name)
        | ObjectId::BaseType(name)
        | ObjectId::Domain(name)
        | ObjectId::Collation(name) => Some(name),
        _ => None,
    }
}

fn is_collation(id: &ObjectId) -> bool {
    id.kind() == ObjectKind::Collation
}

fn keyword(id: &ObjectId) -> &'static str {
    match id.kind() {
        ObjectKind::Domain => "DOMAIN",
        ObjectKind::Collation => "COLLATION",
        _ => "TYPE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_suffix_fits() {
        let name = Identifier::new("ü".repeat(31)).unwrap_or_else(|error| panic!("{error}"));
        let longer = longer(&name, "_before").unwrap_or_else(|| panic!("it can be shortened"));
        assert_eq!(longer.as_str(), format!("{}_before", "ü".repeat(28)));
    }
}
