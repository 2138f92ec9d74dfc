//! What is worth knowing about the two sides of a comparison, whatever they differ in.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, Identifier, Object, ObjectKind};
use limosa_syntax::Diagnostic;

/// What could not be read.
pub(super) fn not_seen(what: &str) -> Diagnostic {
    Diagnostic::warning("not-seen", format!("{what}: not compared, as this role may not see it"))
        .with_help("connect as the owner, or as a member of the role pg_read_all_settings or a superuser")
}

/// The roles that what is wanted speaks of, and that the server to be changed does not have.
pub(super) fn missing_roles(wanted: &Catalog, owners_count: bool, there: &BTreeSet<Identifier>) -> Vec<Diagnostic> {
    let mut roles = wanted.granted_roles();
    if owners_count {
        roles.extend(wanted.of_kind(ObjectKind::Owner).filter_map(|entry| match entry.object() {
            Object::Owner(owner) => Some(&owner.role),
            _ => None,
        }));
    }
    let missing = roles.into_iter().filter(|role| !there.contains(*role));
    let warning = |role: &Identifier| {
        Diagnostic::warning("no-such-role", format!("there is no role {role} on the server that would be changed"))
            .with_help(format!(
                "`CREATE ROLE {role}` there first; roles belong to servers, so no difference makes them"
            ))
    };
    missing.map(warning).collect()
}
