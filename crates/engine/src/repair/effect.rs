//! What of a migration is in effect, by comparing what is there with what was before it and what should come of it.

use limosa_catalog::{Catalog, ObjectId};
use limosa_plan::{Change, DiffOptions, compare};
use serde::Serialize;

use crate::run_error::change_line;

/// What a migration does to the schema, parted by whether it is in effect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EffectFound {
    /// What is there, a line each.
    pub there: Vec<String>,
    /// What is not.
    pub missing: Vec<String>,
}

impl EffectFound {
    /// Whether all of it is in effect.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && !self.there.is_empty()
    }

    /// Whether nothing of it is.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.there.is_empty() && !self.missing.is_empty()
    }
}

/// Whether an object is another, or a part of it.
fn is_within(catalog: &Catalog, part: &ObjectId, whole: &ObjectId) -> bool {
    let mut at = catalog.entry(part);
    if part == whole {
        return true;
    }
    while let Some(entry) = at {
        if entry.id() == whole {
            return true;
        }
        at = entry.parent();
    }
    false
}

/// Looks which of the changes between two catalogs are in effect in a third. What differs there besides belongs to
/// somebody else, and is not told.
#[must_use]
pub fn effect_found(before: &Catalog, after: &Catalog, live: &Catalog, options: &DiffOptions) -> EffectFound {
    let lacking = compare(live, after, options);
    let mut found = EffectFound::default();
    for change in compare(before, after, options) {
        // Of what is half there, the parts are told that are not: a table without one of its columns.
        let is_part =
            |other: &&Change| is_within(after, &other.id, &change.id) || is_within(live, &other.id, &change.id);
        let parts: Vec<&Change> = lacking.iter().filter(is_part).collect();
        found.missing.extend(parts.iter().map(|part| change_line(part)));
        if parts.iter().all(|part| part.id != change.id) {
            found.there.push(change_line(&change));
        }
    }
    found
}
