//! Privileges on objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use limosa_catalog::kind::Grant;
use limosa_catalog::kind::default_privilege::DefaultPrivilegeObjects;
use limosa_catalog::kind::grant::{GrantName, GrantedPrivilege, Grantee};
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;
use crate::diff::privileges::{Place, role};

impl Rules for Grant {
    type Name = GrantName;

    fn create(&self, name: &GrantName, _: Entry<'_>, context: &Context<'_>) -> Part {
        let built_in = unsaid(name, context.to);
        Part { statements: change(name, &built_in, &self.privileges, context.to, context), ..Part::default() }
    }

    fn remove(&self, name: &GrantName, _: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        change(name, &self.privileges, &unsaid(name, context.from), context.from, context)
    }

    fn alter(&self, new: &Self, name: &GrantName, _: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let statements = change(name, &self.privileges, &new.privileges, context.to, context);
        Some(Alteration { statements, ..Alteration::default() })
    }

    /// What a role was given before it became the owner is taken away before that, as it would be taken from the owner;
    /// and who hands a privilege on has it.
    fn also_needs(&self, name: &GrantName, entry: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        let mut needs: Vec<ObjectId> = owned(&name.on).into_iter().map(|whole| ObjectId::Owner(whole.into())).collect();
        if let Some(grantor) = name.grantor.clone() {
            let grantor = Grantee::Role(grantor);
            let gave =
                |id: &ObjectId| matches!(id, ObjectId::Grant(other) if other.grantee == grantor && other.on == name.on);
            let siblings = entry.parent().into_iter().flat_map(|whole| whole.children());
            needs.extend(siblings.map(|part| part.id().clone()).filter(gave));
        }
        needs
    }
}

/// What a grantee has where nothing is said.
fn unsaid(name: &GrantName, catalog: &Catalog) -> Vec<GrantedPrivilege> {
    match name.grantor {
        Some(_) => Vec::new(),
        None => Grant::built_in(name.on.kind(), &name.grantee, catalog.major()).privileges,
    }
}

/// From what a role has to what it shall have, on what both catalogs have.
pub(in crate::diff) fn privileges_changed(
    name: &GrantName,
    old: &[GrantedPrivilege],
    new: &[GrantedPrivilege],
    context: &Context<'_>,
) -> Vec<Statement> {
    change(name, old, new, context.to, context)
}

/// `catalog` tells who the owner is.
fn change(
    name: &GrantName,
    old: &[GrantedPrivilege],
    new: &[GrantedPrivilege],
    catalog: &Catalog,
    context: &Context<'_>,
) -> Vec<Statement> {
    let Some(grantee) = role(&name.grantee, owner(&name.on, catalog)) else { return Vec::new() };
    let all = Grant::built_in(name.on.kind(), &Grantee::Owner, catalog.major()).privileges;
    let place = Place { before: String::new(), grantee, all: &all, ..place(&name.on) };
    let mut statements = place.change(old, new);
    // What is revoked on a table is revoked on its columns as well.
    if statements.iter().any(|statement| statement.starts_with("REVOKE")) {
        statements.extend(on_columns(name, context));
    }
    // Only the one who granted can be the one who grants.
    if let Some(grantor) = name.grantor.as_ref().filter(|_| !statements.is_empty()) {
        statements.insert(0, format!("SET ROLE {grantor}"));
        statements.push("RESET ROLE".to_owned());
    }
    statements.into_iter().map(Statement::text).collect()
}

fn place(on: &ObjectId) -> Place<'static> {
    let (column, on) = match on {
        ObjectId::Column(column) => (format!(" ({})", column.name), format!("TABLE {}", column.relation)),
        ObjectId::View(name) | ObjectId::MaterializedView(name) | ObjectId::ForeignTable(name) => {
            (String::new(), format!("TABLE {name}"))
        }
        ObjectId::Aggregate(name) => (String::new(), format!("FUNCTION {name}")),
        ObjectId::Server(name) => (String::new(), format!("FOREIGN SERVER {name}")),
        other => (String::new(), spoken(other)),
    };
    Place { before: String::new(), column, on, grantee: String::new(), all: &[] }
}

/// The privileges on columns that the grantee shall have.
fn on_columns(name: &GrantName, context: &Context<'_>) -> Vec<String> {
    let mut statements = Vec::new();
    // Those of a view's columns, which are no objects of their own, are parts of the view.
    let parts = context.to.entry(&name.on).into_iter().flat_map(|whole| whole.children());
    for entry in parts.flat_map(|part| [part].into_iter().chain(part.children())) {
        if let (ObjectId::Grant(other), Object::Grant(grant)) = (entry.id(), entry.object())
            && other.on.kind() == ObjectKind::Column
            && (&other.grantee, &other.grantor) == (&name.grantee, &name.grantor)
            && let Some(grantee) = role(&name.grantee, owner(&name.on, context.to))
        {
            statements.extend(Place { grantee, ..place(&other.on) }.change(&[], &grant.privileges));
        }
    }
    statements
}

/// Who owns an object.
fn owner<'a>(on: &ObjectId, catalog: &'a Catalog) -> Option<&'a Identifier> {
    let of = |id: ObjectId| match catalog.get(&ObjectId::Owner(id.into())) {
        Some(Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    };
    owned(on).into_iter().find_map(of)
}

/// What has the owner that counts for an object; only one of them is there. The owner of a column is its table's.
fn owned(on: &ObjectId) -> Vec<ObjectId> {
    match on {
        ObjectId::Column(column) => vec![
            ObjectId::Table(column.relation.clone()),
            ObjectId::View(column.relation.clone()),
            ObjectId::MaterializedView(column.relation.clone()),
            ObjectId::ForeignTable(column.relation.clone()),
        ],
        other => vec![other.clone()],
    }
}

/// Default privileges may give an object more than it shall have when it is made, or less; which of them do depends on
/// who makes it. So all that any of them could give, and that is not wanted, is taken away, and what they could
/// withhold given.
pub(in crate::diff) fn withhold(new: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
    let Some(objects) = objects_like(new.id().kind()).filter(|_| context.options.privileges) else { return Vec::new() };
    let mut could: BTreeMap<&Grantee, Vec<&[GrantedPrivilege]>> = BTreeMap::new();
    for entry in [context.from, context.to].into_iter().flat_map(|side| side.of_kind(ObjectKind::DefaultPrivilege)) {
        if let (ObjectId::DefaultPrivilege(name), Object::DefaultPrivilege(given)) = (entry.id(), entry.object())
            && name.objects == objects
            && (name.schema.is_none() || name.schema.as_ref() == new.id().schema())
        {
            could.entry(&name.grantee).or_default().push(&given.privileges);
        }
    }
    let on = Arc::new(new.id().clone());
    let mut statements = Vec::new();
    for (grantee, given) in could {
        let Some(role) = role(grantee, owner(&on, context.to)) else { continue };
        let name = GrantName { on: on.clone(), grantee: grantee.clone(), grantor: None };
        let built_in = unsaid(&name, context.to);
        let wanted = match context.to.get(&ObjectId::Grant(name)) {
            Some(Object::Grant(grant)) => &grant.privileges,
            _ => &built_in,
        };
        let place = Place { grantee: role, ..place(&on) };
        if given.iter().any(|given| !place.change(given, wanted).iter().all(|change| change.starts_with("GRANT"))) {
            statements.push(place.revoke_all());
        } else if given.iter().all(|given| place.change(given, &built_in).is_empty()) || built_in.is_empty() {
            continue;
        }
        // The fact says what differs from the built-in ones, which have to be there for that.
        statements.extend(place.change(&[], &built_in));
    }
    statements.into_iter().map(Statement::text).collect()
}

fn objects_like(kind: ObjectKind) -> Option<DefaultPrivilegeObjects> {
    use DefaultPrivilegeObjects as Objects;
    match kind {
        ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::ForeignTable => {
            Some(Objects::Tables)
        }
        ObjectKind::Sequence => Some(Objects::Sequences),
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate => Some(Objects::Functions),
        ObjectKind::Enum
        | ObjectKind::Domain
        | ObjectKind::CompositeType
        | ObjectKind::Range
        | ObjectKind::BaseType => Some(Objects::Types),
        ObjectKind::Schema => Some(Objects::Schemas),
        _ => None,
    }
}
