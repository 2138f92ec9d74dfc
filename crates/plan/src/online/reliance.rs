//! What hangs on columns that go, so that it is seen what came to hang on them while both versions lived.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, ColumnName, ObjectId};

/// What hangs on columns: each object with the hash of what it says.
pub type Reliance = BTreeMap<String, String>;

/// What hangs on columns, except what an online change made for itself: names that begin with `own`, a `~` before them
/// or not.
#[must_use]
pub fn relies_on(catalog: &Catalog, columns: &[ColumnName], own: &str) -> Reliance {
    let mut found = Reliance::new();
    let is_own = |id: &ObjectId| {
        let name = id.own_name().map_or("", |name| name.as_str());
        name.trim_start_matches('~').starts_with(own)
    };
    for column in columns {
        let Some(column) = catalog.entry(&ObjectId::Column(column.clone())) else { continue };
        for (other, _) in column.dependents() {
            if !is_own(other.id()) {
                found.insert(other.id().to_string(), other.content_hash().to_string());
            }
        }
    }
    found
}
