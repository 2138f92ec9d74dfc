//! What is read off a statement and a catalog, against what the server did.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, ServerMajor};
use limosa_plan::lock::{Known, LockMode, LockedRelation, StatementForm, StatementLocks};
use limosa_syntax::Command;

use crate::case::Case;

/// How recognition differs from what was seen, if it does.
pub(crate) fn differs(
    case: &Case,
    seen: &BTreeMap<String, LockMode>,
    catalog: &Catalog,
    major: ServerMajor,
) -> Option<String> {
    let known = Known::of_catalog(catalog, vec![Identifier::new("public").unwrap()]);
    let locks = StatementLocks::of(&Command::of(&case.statement), &known, major);
    let name = |relation: &LockedRelation| match relation {
        LockedRelation::Named(name) | LockedRelation::TableOf(name) => name.name.as_str().to_owned(),
    };
    let mut said: BTreeMap<String, LockMode> =
        locks.locks.iter().map(|lock| (name(&lock.relation), lock.mode)).collect();
    // Indexes, which nobody comes to but through their tables, and the sequence of an identity column.
    said.retain(|name, _| !name.starts_with("the_"));
    let mut found = seen.clone();
    found.retain(|name, _| !name.ends_with("_seq"));
    let mut wrong = Vec::new();
    if said != found {
        wrong.push(format!("it was taken to lock {said:?}, and locks {found:?}"));
    }
    // Whether a check proves that the rows of a partition fit is not looked into.
    if !locks.forms.contains(&case.form) && case.form != StatementForm::AttachPartitionProven {
        wrong.push(format!("it was taken for {:?}", locks.forms));
    }
    if locks.more || !locks.unnamed.is_empty() {
        wrong.push(format!("more is suspected: {:?}", locks.unnamed));
    }
    (!wrong.is_empty()).then(|| format!("on {major}, {}\n  {}: {}", case.form.name(), case.statement, wrong.join("; ")))
}
