//! What a proof finds.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, Object, ObjectId, ObjectKind, ObjectName};
use limosa_plan::{Change, DiffOptions, Owners, compare, diff};

use crate::run_error::RunError;

/// What was found out about one migration.
#[derive(Debug)]
pub struct Proof {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The file, relative to the project.
    pub path: String,
    /// How it came out.
    pub verdict: ProofVerdict,
    /// What differs and is no failure, such as the order of columns.
    pub notes: Vec<String>,
    /// Whether the answer is that of an earlier proof of the same texts.
    pub known: bool,
}

/// How a proof came out.
#[derive(Debug)]
pub enum ProofVerdict {
    /// Taken back, the catalog is as it was before; applied again, as it was after.
    Proven,
    /// It has no down script.
    NoDown,
    /// The down script fails.
    DownFails(Box<RunError>),
    /// Applied again after it was taken back, or a second time on top of itself, the up script fails.
    UpFailsAgain(ProofStep, Box<RunError>),
    /// What is left after a step is not what should be there.
    Differs(Box<ProofDifference>),
    /// Applied on top of itself, it adds or removes rows.
    RowsDiffer(Vec<RowCount>),
}

/// The first difference of a proof.
#[derive(Debug)]
pub struct ProofDifference {
    /// When it was seen.
    pub after: ProofStep,
    /// The objects that differ, as the wanted catalog has them against the one that was found.
    pub changes: Vec<Change>,
    /// The SQL that would put it right; empty where none can be planned.
    pub sql: String,
}

/// A table whose rows became more or fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCount {
    /// Which.
    pub table: ObjectName,
    /// How many there were.
    pub before: i64,
    /// How many there are.
    pub after: i64,
}

/// A step of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofStep {
    /// The second time up, on top of the first.
    UpTwice,
    /// The way back.
    Down,
    /// Up again, after the way back.
    UpAgain,
}

/// What keeps the two from being the same, and the way from what was found to what is wanted.
pub(super) fn difference(after: ProofStep, wanted: &Catalog, found: &Catalog) -> Option<ProofDifference> {
    if wanted.fingerprint() == found.fingerprint() {
        return None;
    }
    let options = DiffOptions { owners: Owners::Compare, ..DiffOptions::default() };
    let changes = compare(wanted, found, &options);
    let sql = diff(found, wanted, &options).map(|difference| difference.to_sql()).unwrap_or_default();
    (!changes.is_empty()).then_some(ProofDifference { after, changes, sql })
}

/// The tables whose columns stand in another order, in words. Nobody can move a column, so this is no failure.
pub(super) fn column_order(wanted: &Catalog, found: &Catalog) -> Vec<String> {
    let (wanted, found) = (columns(wanted), columns(found));
    let told = |(table, before): (&ObjectName, &Vec<Identifier>)| {
        let after = found.get(table).filter(|after| *after != before)?;
        let names = |columns: &[Identifier]| columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join(", ");
        Some(format!("the columns of {table} stand in another order: {}, before {}", names(after), names(before)))
    };
    wanted.iter().filter_map(told).collect()
}

/// The columns of each table, in their order.
fn columns(catalog: &Catalog) -> BTreeMap<ObjectName, Vec<Identifier>> {
    let mut columns: BTreeMap<ObjectName, Vec<(i16, Identifier)>> = BTreeMap::new();
    for entry in catalog.of_kind(ObjectKind::Column) {
        if let (ObjectId::Column(name), Object::Column(column)) = (entry.id(), entry.object()) {
            columns.entry(name.relation.clone()).or_default().push((column.position, name.name.clone()));
        }
    }
    let in_order = |mut columns: Vec<(i16, Identifier)>| {
        columns.sort();
        columns.into_iter().map(|(_, name)| name).collect()
    };
    columns.into_iter().map(|(table, columns)| (table, in_order(columns))).collect()
}
