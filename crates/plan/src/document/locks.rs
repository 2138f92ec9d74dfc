//! Locks, sizes and durations in the plan document.

use std::collections::BTreeMap;

use limosa_catalog::QualifiedName;
use serde::Serialize;

use crate::lock::{LockedRelation, RelationLock, StatementLocks, Work};

/// The sizes of relations, by their names with schemas.
pub type RelationSizes = BTreeMap<QualifiedName, RelationSize>;

/// How large a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelationSize {
    /// Rows as the last `ANALYZE` or `VACUUM` estimated them; `None` where there was none yet.
    pub rows: Option<u64>,
    /// The bytes of the table with what is stored outside its rows.
    pub bytes: u64,
    /// The bytes of its indexes.
    pub index_bytes: u64,
}

/// A lock on one relation.
#[derive(Debug, Serialize)]
pub struct PlannedLock {
    /// The relation as people write it.
    pub relation: String,
    /// The mode, such as `ACCESS EXCLUSIVE`.
    pub mode: &'static str,
    /// Who waits while it is held: `readers and writers`, `writers`, `schema changes`, `nobody`.
    pub keeps_out: &'static str,
    /// Whether every row is read meanwhile.
    pub reads_rows: bool,
    /// Whether every row is written anew meanwhile.
    pub writes_rows: bool,
    /// Its rows, as estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The bytes of its indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_bytes: Option<u64>,
}

impl PlannedLock {
    /// A lock with the size of its relation, where that is known.
    #[must_use]
    pub fn of(lock: &RelationLock, sizes: &RelationSizes) -> Self {
        let (relation, size) = match &lock.relation {
            LockedRelation::Named(name) => (for_people(name), sizes.get(name)),
            LockedRelation::TableOf(index) => (format!("the table of {}", for_people(index)), None),
        };
        Self {
            relation,
            mode: lock.mode.sql(),
            keeps_out: lock.mode.keeps_out().words(),
            reads_rows: lock.work == Work::Reads,
            writes_rows: lock.work == Work::Writes,
            rows: size.and_then(|size| size.rows),
            bytes: size.map(|size| size.bytes),
            index_bytes: size.map(|size| size.index_bytes),
        }
    }
}

/// A named risk.
#[derive(Debug, Serialize)]
pub struct PlannedHazard {
    /// The name by which it is allowed, such as `deletes-data`.
    pub name: &'static str,
    /// The relation at risk.
    pub about: String,
}

impl PlannedHazard {
    pub(super) fn of(locks: &StatementLocks) -> Vec<Self> {
        locks.hazards.iter().map(|(kind, about)| Self { name: kind.name(), about: for_people(about) }).collect()
    }
}

/// How long a statement may take.
#[derive(Debug, Serialize)]
pub struct PlannedDuration {
    /// At the fastest, in milliseconds.
    pub from_ms: u64,
    /// At the slowest, in milliseconds.
    pub to_ms: u64,
    /// What that rests on.
    pub basis: String,
}

/// Bytes in a millisecond that are read, in a scan or to build an index, and written, in a rewrite with all indexes:
/// the slowest and the fastest seen on PostgreSQL 15 and 18 with 500,000 rows (108 MB, in memory, two cores) for
/// `SET NOT NULL`, `ADD CHECK`, `CREATE INDEX`, `ALTER COLUMN TYPE` and a volatile default.
const READ: (u64, u64) = (80_000, 520_000);
const WRITTEN: (u64, u64) = (15_000, 27_000);

impl PlannedDuration {
    /// An estimate from the bytes that have to be read or written; `None` where these are not known, or are none.
    pub(super) fn of(locks: &StatementLocks, sizes: &RelationSizes) -> Option<Self> {
        let (mut read, mut written) = (0_u64, 0_u64);
        for lock in &locks.locks {
            let LockedRelation::Named(name) = &lock.relation else { continue };
            let Some(size) = sizes.get(name) else { continue };
            match lock.work {
                Work::None => {}
                Work::Reads => read += size.bytes,
                Work::Writes => written += size.bytes + size.index_bytes,
            }
        }
        if read + written == 0 {
            return None;
        }
        let basis =
            "bytes at 80 to 520 MB/s read and 15 to 27 MB/s written, as measured in memory; disks may be slower";
        Some(Self {
            from_ms: read / READ.1 + written / WRITTEN.1,
            to_ms: read / READ.0 + written / WRITTEN.0,
            basis: basis.to_owned(),
        })
    }
}

fn for_people(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", schema.for_people(), name.name.for_people()),
        None => name.name.for_people().to_string(),
    }
}
