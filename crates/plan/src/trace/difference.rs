//! Where a statement did something else than the table of locks says.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::QualifiedName;

use super::document::{TraceDifference, TracedKind, TracedRelation};
use crate::lock::{KeptOut, LockMode, LockedRelation, StatementForm, StatementLocks, Work};

/// What was seen of a relation that others know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRelation {
    /// The relation.
    pub relation: TracedRelation,
    /// The modes that the transaction held before the statement.
    pub before: BTreeSet<LockMode>,
    /// The modes that it holds after it.
    pub after: BTreeSet<LockMode>,
    /// What was done with its rows; `None` where it has none that could tell.
    pub work: Option<Work>,
}

/// Forms whose plans decide how much is read.
const READ_AS_PLANNED: [StatementForm; 5] = [
    StatementForm::Select,
    StatementForm::SelectForUpdate,
    StatementForm::Write,
    StatementForm::Update,
    StatementForm::UpdateAll,
];

/// The differences between what was expected of a statement and what was seen. Indexes, which nobody comes to but
/// through their tables, are left out, and so are locks that hold nobody up where none were expected.
#[must_use]
pub fn differences(expected: &StatementLocks, seen: &[SeenRelation]) -> Vec<TraceDifference> {
    let mut wanted: BTreeMap<String, (LockMode, Work)> = BTreeMap::new();
    let mut tables_of_indexes = false;
    for lock in &expected.locks {
        match &lock.relation {
            LockedRelation::Named(name) => drop(wanted.insert(for_people(name), (lock.mode, lock.work))),
            LockedRelation::TableOf(_) => tables_of_indexes = true,
        }
    }
    let may_do_more = expected.more || tables_of_indexes || !expected.unnamed.is_empty();
    let as_planned = expected.forms.iter().any(|form| READ_AS_PLANNED.contains(form));
    let mut found = Vec::new();
    let mut difference = |relation: &str, expected: Option<LockMode>, traced: Option<LockMode>, what: String| {
        found.push(TraceDifference { relation: relation.to_owned(), expected, traced, what });
    };
    for it in seen.iter().filter(|it| it.relation.kind != TracedKind::Index) {
        let name = &it.relation.name;
        let strongest_new = it.after.difference(&it.before).max().copied();
        let want = wanted.remove(name);
        match (want, strongest_new) {
            // A sequence that belongs to a table goes with it.
            (None, Some(new))
                if new.keeps_out() > KeptOut::Nobody && !may_do_more && it.relation.kind != TracedKind::Sequence =>
            {
                difference(name, None, Some(new), format!("{name} was locked {new}, which was not expected"));
            }
            // Of two that hold nobody up, which it is makes no difference.
            (Some((mode, _)), new) if new.unwrap_or(mode).max(mode).keeps_out() == KeptOut::Nobody => {}
            (Some((mode, _)), new) if new.is_some_and(|new| new > mode) => {
                let new = new.unwrap_or(mode);
                difference(name, Some(mode), Some(new), format!("{name} was locked {new}, not {mode} as expected"));
            }
            (Some((mode, _)), _) if !it.after.contains(&mode) && it.after.iter().all(|held| *held < mode) => {
                let held = it.after.iter().max().copied();
                let words = held.map_or_else(|| "not at all".to_owned(), |held| held.to_string());
                difference(name, Some(mode), held, format!("{name} was locked {words}, not {mode} as expected"));
            }
            _ => {}
        }
        if let (Some((mode, work)), Some(did), false) = (want, it.work, as_planned || expected.more)
            && work != did
        {
            let what = format!("of {name} {} was expected, and {} was seen", work_words(work), work_words(did));
            difference(name, Some(mode), strongest_new, what);
        }
    }
    for (name, (mode, _)) in wanted {
        difference(&name, Some(mode), None, format!("{name} was not locked, and {mode} was expected"));
    }
    found
}

fn work_words(work: Work) -> &'static str {
    match work {
        Work::None => "no row",
        Work::Reads => "reading every row",
        Work::Writes => "rewriting every row",
    }
}

/// A name as the trace has it.
fn for_people(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", schema.for_people(), name.name.for_people()),
        None => name.name.for_people().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::*;
    use crate::lock::RelationLock;

    fn expected(locks: &[(&str, LockMode, Work)]) -> StatementLocks {
        let lock = |(name, mode, work): &(&str, LockMode, Work)| RelationLock {
            relation: LockedRelation::Named(QualifiedName { schema: None, name: Identifier::new(*name).unwrap() }),
            mode: *mode,
            work: *work,
            rebuilds_indexes: false,
        };
        StatementLocks { locks: locks.iter().map(lock).collect(), ..StatementLocks::default() }
    }

    fn seen(name: &str, before: &[LockMode], after: &[LockMode], work: Option<Work>) -> SeenRelation {
        let relation = TracedRelation { name: name.to_owned(), kind: TracedKind::Table, table: None };
        SeenRelation {
            relation,
            before: before.iter().copied().collect(),
            after: after.iter().copied().collect(),
            work,
        }
    }

    fn words(expected: &StatementLocks, seen: &[SeenRelation]) -> Vec<String> {
        differences(expected, seen).into_iter().map(|it| it.what).collect()
    }

    const AE: LockMode = LockMode::AccessExclusive;
    const SRE: LockMode = LockMode::ShareRowExclusive;

    #[test]
    fn what_was_expected_and_seen_is_no_difference() {
        let wanted = expected(&[("t", AE, Work::Reads), ("u", SRE, Work::None)]);
        let done = [seen("t", &[], &[AE], Some(Work::Reads)), seen("u", &[AE], &[AE], Some(Work::None))];
        assert!(words(&wanted, &done).is_empty());
        let weak = [seen("v", &[], &[LockMode::AccessShare], None)];
        assert!(words(&expected(&[]), &weak).is_empty(), "what holds nobody up is not expected to be known");
    }

    #[test]
    fn each_way_to_differ_is_told() {
        let wanted = expected(&[("t", SRE, Work::Writes), ("u", SRE, Work::None), ("w", AE, Work::None)]);
        let done = [
            seen("t", &[], &[AE], Some(Work::Reads)),
            seen("u", &[], &[LockMode::AccessShare], None),
            seen("x", &[], &[AE], None),
        ];
        assert_eq!(
            words(&wanted, &done),
            [
                "t was locked ACCESS EXCLUSIVE, not SHARE ROW EXCLUSIVE as expected",
                "of t rewriting every row was expected, and reading every row was seen",
                "u was locked ACCESS SHARE, not SHARE ROW EXCLUSIVE as expected",
                "x was locked ACCESS EXCLUSIVE, which was not expected",
                "w was not locked, and ACCESS EXCLUSIVE was expected",
            ]
        );
        let unknown = StatementLocks { more: true, ..StatementLocks::default() };
        assert!(words(&unknown, &done).is_empty(), "where nothing is claimed nothing differs");
    }
}
