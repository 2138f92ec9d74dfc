//! Which relation was locked from which statement on, as lines beside each other.

use std::collections::BTreeMap;

use super::document::{TracedKind, TracedRelation, TracedTransaction};
use crate::lock::{KeptOut, LockMode};

/// The lines of one transaction. Its columns are the statements, and behind them the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// A line for each relation, those that hold up most first.
    pub lines: Vec<TimelineLine>,
    /// How many statements there are.
    pub columns: usize,
}

/// One relation over the statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineLine {
    /// The relation.
    pub relation: TracedRelation,
    /// From statement to statement with the same lock; the last ends with the transaction.
    pub stretches: Vec<Stretch>,
}

/// A lock from one statement up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The place of the statement that took it.
    pub from: usize,
    /// The place behind the last statement that ran with it.
    pub to: usize,
    /// How.
    pub mode: LockMode,
    /// Whom it kept waiting.
    pub keeps_out: KeptOut,
}

impl TimelineLine {
    /// The strongest lock of the line.
    #[must_use]
    pub fn strongest(&self) -> Option<&Stretch> {
        self.stretches.iter().max_by_key(|stretch| (stretch.keeps_out, stretch.mode))
    }
}

impl Timeline {
    /// The lines of a transaction. Weak locks on indexes, which say nothing that their tables' do not, are left out.
    #[must_use]
    pub fn of(transaction: &TracedTransaction) -> Self {
        let columns = transaction.statements.len();
        let mut lines: BTreeMap<&TracedRelation, Vec<Stretch>> = BTreeMap::new();
        for (from, statement) in transaction.statements.iter().enumerate() {
            for lock in &statement.locks {
                if lock.relation.kind == TracedKind::Index && lock.mode < LockMode::ShareUpdateExclusive {
                    continue;
                }
                let stretches = lines.entry(&lock.relation).or_default();
                if let Some(last) = stretches.last_mut() {
                    last.to = from;
                }
                stretches.push(Stretch { from, to: columns, mode: lock.mode, keeps_out: lock.keeps_out() });
            }
        }
        let mut lines: Vec<TimelineLine> = lines
            .into_iter()
            .map(|(relation, stretches)| TimelineLine { relation: relation.clone(), stretches })
            .collect();
        let weight = |line: &TimelineLine| line.strongest().map(|it| (it.keeps_out, it.mode));
        lines.sort_by(|one, other| weight(other).cmp(&weight(one)).then_with(|| one.relation.cmp(&other.relation)));
        Self { lines, columns }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::trace::{Probed, Seen, TracedLock, TracedStatement};

    fn statement(locks: &[(&str, TracedKind, LockMode)]) -> TracedStatement {
        let lock = |(name, kind, mode): &(&str, TracedKind, LockMode)| TracedLock {
            relation: TracedRelation { name: (*name).to_owned(), kind: *kind, table: None },
            mode: *mode,
            held: Duration::ZERO,
            seen: Seen::InTransaction,
            probed: Probed::untried(),
        };
        TracedStatement {
            line: 1,
            tag: String::new(),
            summary: String::new(),
            duration: Duration::ZERO,
            wal_bytes: 0,
            locks: locks.iter().map(lock).collect(),
            work: Vec::new(),
            failure: None,
            differences: Vec::new(),
        }
    }

    #[test]
    fn a_lock_lasts_until_a_stronger_one_or_the_end() {
        use LockMode::{AccessExclusive, AccessShare, ShareRowExclusive};
        let transaction = TracedTransaction {
            alone: None,
            statements: vec![
                statement(&[("a", TracedKind::Table, ShareRowExclusive), ("i", TracedKind::Index, AccessShare)]),
                statement(&[]),
                statement(&[("a", TracedKind::Table, AccessExclusive), ("b", TracedKind::Table, AccessShare)]),
            ],
            commit: Duration::ZERO,
            failure: None,
        };
        let timeline = Timeline::of(&transaction);
        let stretches = timeline.lines.iter().flat_map(|line| line.stretches.iter().map(move |it| (line, it)));
        let told: Vec<_> = stretches.map(|(line, it)| (line.relation.name.as_str(), it.from, it.to, it.mode)).collect();
        assert_eq!(told, [("a", 0, 2, ShareRowExclusive), ("a", 2, 3, AccessExclusive), ("b", 2, 3, AccessShare)]);
    }
}
