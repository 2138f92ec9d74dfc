//! How a statement outside a transaction is kept in sight.

use limosa_catalog::QualifiedName;

use crate::lock::{KeptOut, LockMode, LockedRelation, StatementForm, StatementLocks};

/// How a statement that runs outside a transaction is observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approach {
    /// Another session holds this weak lock on these relations, so that the statement waits in its midst, with its own
    /// locks taken, until it was looked at.
    HoldUp {
        /// The relations.
        relations: Vec<QualifiedName>,
        /// What the other session holds.
        with: LockMode,
    },
    /// It is looked at again and again while it runs.
    Watch,
}

/// How a statement of these forms is observed.
#[must_use]
pub fn approach(expected: &StatementLocks) -> Approach {
    // Those that wait for everybody who could write, before they build or drop.
    const WAIT_FOR_WRITERS: [StatementForm; 4] = [
        StatementForm::CreateIndexConcurrently,
        StatementForm::DropIndexConcurrently,
        StatementForm::ReindexIndexConcurrently,
        StatementForm::ReindexTableConcurrently,
    ];
    let named = |least: KeptOut| {
        let notable = expected.locks.iter().filter(|lock| lock.mode.keeps_out() >= least);
        let names = notable.filter_map(|lock| match &lock.relation {
            LockedRelation::Named(name) => Some(name.clone()),
            LockedRelation::TableOf(_) => None,
        });
        names.collect::<Vec<_>>()
    };
    let (relations, with) = if expected.forms.iter().any(|form| WAIT_FOR_WRITERS.contains(form)) {
        (named(KeptOut::SchemaChanges), LockMode::RowExclusive)
    } else if named(KeptOut::Everybody).is_empty() {
        (named(KeptOut::SchemaChanges), LockMode::ShareUpdateExclusive)
    } else {
        (named(KeptOut::Everybody), LockMode::AccessShare)
    };
    if relations.is_empty() { Approach::Watch } else { Approach::HoldUp { relations, with } }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::{Identifier, ServerMajor};
    use limosa_syntax::Command;

    use super::*;
    use crate::lock::Known;

    fn of(sql: &str) -> Approach {
        let known = Known::nothing(vec![Identifier::new("public").unwrap()]);
        approach(&StatementLocks::of(&Command::of(sql), &known, ServerMajor::OLDEST))
    }

    #[test]
    fn each_waits_for_the_weakest_lock_that_holds_it_up() {
        let with = |sql: &str| match of(sql) {
            Approach::HoldUp { relations, with } => (relations.len(), Some(with)),
            Approach::Watch => (0, None),
        };
        assert_eq!(with("CREATE INDEX CONCURRENTLY i ON t (a)"), (1, Some(LockMode::RowExclusive)));
        assert_eq!(with("VACUUM t"), (1, Some(LockMode::ShareUpdateExclusive)));
        assert_eq!(with("VACUUM FULL t"), (1, Some(LockMode::AccessShare)));
        assert_eq!(with("ALTER TABLE t DETACH PARTITION p CONCURRENTLY"), (1, Some(LockMode::AccessShare)));
        assert_eq!(with("CALL anything()"), (0, None));
    }
}
