//! Which rows are taken: some of each table, and all that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Identifier, ObjectName};
use limosa_postgres::{ServerError, Session, Type};

use super::mask::Source;
use crate::filling::Reference;

/// Where rows lie. Places do not change for as long as a transaction sees the same rows.
pub(super) type Places = BTreeSet<Place>;

/// Where a row lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The table or partition, by its number.
    pub(super) table: String,
    /// The place in it, such as `(0,1)`.
    pub(super) row: String,
}

/// The condition under which a row lies at one of the places that are given as parameters. The first part lets the
/// server go there directly, the second tells partitions apart.
pub(super) fn at(alias: &str) -> String {
    format!(
        "{alias}.ctid = ANY ($1::text[]::tid[]) AND ({alias}.tableoid::text || {alias}.ctid::text) = ANY ($2::text[])"
    )
}

/// The parameters of [`at`].
pub(super) fn parameters<'a>(places: impl Iterator<Item = &'a Place>) -> (Vec<String>, Vec<String>) {
    places.map(|place| (place.row.clone(), format!("{}{}", place.table, place.row))).unzip()
}

/// Chooses up to so many rows of each table, the oldest and the newest by its key, and what these refer to. Has to run
/// in a transaction that sees the same rows all along.
pub(super) async fn select(
    session: &Session,
    sources: &[Source],
    rows: u32,
) -> Result<BTreeMap<ObjectName, Places>, ServerError> {
    let mut chosen: BTreeMap<ObjectName, Places> = BTreeMap::new();
    let mut waiting: Vec<(&Source, Places)> = Vec::new();
    for source in sources {
        let places = read(session, &first_and_last(source, rows), None).await?;
        chosen.entry(source.name.clone()).or_default().extend(places.iter().cloned());
        waiting.push((source, places));
    }
    while let Some((source, places)) = waiting.pop() {
        for key in source.keys.iter().filter(|_| !places.is_empty()) {
            let Some(to) = sources.iter().find(|other| other.name == key.to) else { continue };
            let found = read(session, &referred(source, key, to), Some(&places)).await?;
            let known = chosen.entry(to.name.clone()).or_default();
            let new: Places = found.difference(known).cloned().collect();
            known.extend(new.iter().cloned());
            if !new.is_empty() {
                waiting.push((to, new));
            }
        }
    }
    Ok(chosen)
}

async fn read(session: &Session, sql: &str, places: Option<&Places>) -> Result<Places, ServerError> {
    let found = match places {
        None => session.query(sql, &[]).await?,
        Some(places) => {
            let (rows, whole) = parameters(places.iter());
            session.query(sql, &[(&rows, Type::TEXT_ARRAY), (&whole, Type::TEXT_ARRAY)]).await?
        }
    };
    Ok(found.iter().map(|row| Place { table: row.get(0), row: row.get(1) }).collect())
}

/// The table itself, without those that inherit from it.
pub(super) fn from(source: &Source) -> String {
    format!("{}{}", if source.is_partitioned { "" } else { "ONLY " }, source.name)
}

fn first_and_last(source: &Source, rows: u32) -> String {
    let place = "SELECT own.tableoid::text, own.ctid::text FROM";
    let from = from(source);
    if source.primary_key.is_empty() {
        return format!("{place} {from} AS own LIMIT {rows}");
    }
    let ordered = |direction: &str, many: u32| {
        let by: Vec<String> = source.primary_key.iter().map(|column| format!("own.{column} {direction}")).collect();
        format!("({place} {from} AS own ORDER BY {} LIMIT {many})", by.join(", "))
    };
    format!("{} UNION {}", ordered("ASC", rows / 2), ordered("DESC", rows - rows / 2))
}

/// The rows to which those at the given places refer.
fn referred(source: &Source, key: &Reference, to: &Source) -> String {
    let pair = |(own, other): (&Identifier, &Identifier)| format!("other.{other} = own.{own}");
    let pairs: Vec<String> = key.columns.iter().zip(&key.to_columns).map(pair).collect();
    format!(
        "SELECT DISTINCT other.tableoid::text, other.ctid::text FROM {} AS own JOIN {} AS other ON {} WHERE {}",
        from(source),
        from(to),
        pairs.join(" AND "),
        at("own")
    )
}
