//! How two catalogs of a proof differ.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, Object, ObjectId, ObjectKind, ObjectName};
use limosa_plan::{DiffOptions, Owners, compare, diff};

use super::proof::{ProofDifference, ProofStep};

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
pub(crate) fn column_order(wanted: &Catalog, found: &Catalog) -> Vec<String> {
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
