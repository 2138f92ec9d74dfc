//! Whether a script is in effect that nobody kept a record of, as the catalogs before and after it tell.

use limosa_catalog::{Catalog, ObjectId};
use limosa_plan::{Change, Changed, DiffOptions, compare};

use crate::run_error::change_line;

/// What the catalogs tell of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptVerdict {
    /// All that can be told of it is as it leaves it.
    InEffect,
    /// All that can be told of it is as it was before.
    NotInEffect,
    /// Some of it is, some is not.
    Partly {
        /// What is there, a line each.
        there: Vec<String>,
        /// What is not.
        missing: Vec<String>,
    },
    /// It leaves the schema as it is, or later scripts have changed all of it again.
    Untold,
}

/// How one object stands that a script changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    AsAfter,
    AsBefore,
    /// As neither: something else has changed it since.
    Otherwise,
}

/// Compares a database with what is there before and after a script.
#[must_use]
pub fn judge_script(before: &Catalog, after: &Catalog, live: &Catalog, options: &DiffOptions) -> ScriptVerdict {
    let changes = compare(before, after, options);
    let of = |wanted: Stand| -> Vec<&Change> {
        changes.iter().filter(|change| stand(&change.id, before, after, live) == wanted).collect()
    };
    let (there, missing) = (of(Stand::AsAfter), of(Stand::AsBefore));
    let lines = |changes: &[&Change]| changes.iter().map(|change| change_line(change)).collect();
    match (there.is_empty(), missing.is_empty()) {
        (true, true) => ScriptVerdict::Untold,
        (false, true) => ScriptVerdict::InEffect,
        (true, false) => ScriptVerdict::NotInEffect,
        // What was dropped stays away in a database that never had it, so its absence alone says nothing.
        _ if there.iter().all(|change| change.what == Changed::Removed) => ScriptVerdict::NotInEffect,
        _ => ScriptVerdict::Partly { there: lines(&there), missing: lines(&missing) },
    }
}

fn stand(id: &ObjectId, before: &Catalog, after: &Catalog, live: &Catalog) -> Stand {
    let content = |catalog: &Catalog| catalog.entry(id).map(|entry| entry.content_hash());
    let now = content(live);
    if now == content(after) {
        Stand::AsAfter
    } else if now == content(before) {
        Stand::AsBefore
    } else {
        Stand::Otherwise
    }
}
