//! Who may do what in a catalog.

use std::sync::Arc;

use limosa_catalog::kind::grant::{Grant, GrantName, Grantee, Privilege};
use limosa_catalog::{Catalog, Identifier, Object, ObjectId};

/// Whether everyone, or a role, has a privilege on an object; what a role has through others is not counted.
pub(crate) fn has(catalog: &Catalog, on: &ObjectId, grantee: &Grantee, privilege: Privilege) -> bool {
    let name = GrantName { on: Arc::new(on.clone()), grantee: grantee.clone(), grantor: None };
    let holds = |grant: &Grant| grant.privileges.iter().any(|granted| granted.privilege == privilege);
    match catalog.get(&ObjectId::Grant(name)) {
        Some(Object::Grant(grant)) => holds(grant),
        _ => holds(&Grant::built_in(on.kind(), grantee, catalog.major())),
    }
}

/// Of these roles, of which `public` is everyone, the first that has a privilege on an object.
pub(crate) fn first_with(catalog: &Catalog, on: &ObjectId, roles: &[String], privilege: Privilege) -> Option<String> {
    let has_it = |role: &&String| match role.as_str() {
        "public" => has(catalog, on, &Grantee::Public, privilege),
        role => Identifier::new(role).is_ok_and(|role| has(catalog, on, &Grantee::Role(role), privilege)),
    };
    roles.iter().find(has_it).cloned()
}
