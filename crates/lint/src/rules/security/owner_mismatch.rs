//! An object belongs to another role than the rest.
//!
//! Only the owner can change a table, so a migration that runs as another role fails there, half of the way. What was
//! made by hand tends to belong to whoever made it.
//!
//! ```sql,bad
//! -- role: limosa_stranger
//! -- limosa.toml: owner-mismatch = "warning"
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE bill (id bigint PRIMARY KEY);
//! ALTER TABLE bill OWNER TO limosa_stranger;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! ```

use std::collections::BTreeMap;

use limosa_catalog::{Object, ObjectId, ObjectKind};

use crate::found::{Findings, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("owner", ParameterKind::Text, "", "who is to own everything; the one that owns most where not set"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let owners: Vec<_> = view
        .catalog
        .of_kind(ObjectKind::Owner)
        .filter_map(|entry| match (entry.id(), entry.object()) {
            (ObjectId::Owner(of), Object::Owner(owner)) if !view.leaves_out(of) => Some((&**of, owner.role.as_str())),
            _ => None,
        })
        .filter(|(of, _)| table_of(of).is_some())
        .collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, role) in &owners {
        *count.entry(role).or_default() += 1;
    }
    let most = count.iter().max_by_key(|(_, count)| **count).map(|(role, _)| (*role).to_owned());
    let Some(wanted) = found.parameters.text("owner").or(most) else { return };
    for (of, role) in owners.into_iter().filter(|(_, role)| *role != wanted) {
        found.whole(format!("the {of} belongs to `{role}`, not to `{wanted}`")).object(of);
    }
}
