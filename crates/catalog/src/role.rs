//! The roles that a catalog speaks of.

use std::collections::BTreeSet;

use crate::kind::grant::Grantee;
use crate::{Catalog, Identifier, Object, ObjectId, ObjectKind};

impl Catalog {
    /// The roles that are granted something, or that a policy is for. Roles belong to a server and not to a database,
    /// so another server may lack them. Owners are left out: whether they count, the reader knows.
    #[must_use]
    pub fn granted_roles(&self) -> BTreeSet<&Identifier> {
        fn of(grantee: &Grantee) -> Option<&Identifier> {
            match grantee {
                Grantee::Role(role) => Some(role),
                Grantee::Public | Grantee::Owner => None,
            }
        }
        let mut roles = BTreeSet::new();
        for kind in [ObjectKind::Grant, ObjectKind::DefaultPrivilege, ObjectKind::Policy] {
            for entry in self.of_kind(kind) {
                match (entry.id(), entry.object()) {
                    (ObjectId::Grant(name), _) => roles.extend(of(&name.grantee)),
                    (ObjectId::DefaultPrivilege(name), _) => {
                        roles.extend([&name.creator].into_iter().chain(of(&name.grantee)));
                    }
                    (_, Object::Policy(policy)) => roles.extend(&policy.roles),
                    _ => {}
                }
            }
        }
        roles
    }
}
