//! Putting a sample into a shadow.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, Literal, Object, ObjectId, ObjectKind, ObjectName};
use limosa_postgres::{ServerError, Session};

use super::take::{Sample, SampledTable};
use crate::filling::FilledTable;

/// So many rows go in at once.
const TOGETHER: usize = 200;

/// Triggers, rules and the checks of foreign keys were for what applications wrote.
const BEGIN: &str = "SET session_replication_role = replica; SET client_min_messages = warning; \
                     SET search_path = pg_catalog, public; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'";
const END: &str = "RESET session_replication_role; RESET client_min_messages; RESET search_path; RESET datestyle; \
                   RESET intervalstyle";

/// Gives the tables of a shadow the rows that a sample has for them, in the columns that both have, and moves sequences
/// past them. Tells of each table what it has now, and why rows are missing.
///
/// # Errors
/// The connection is lost.
pub(crate) async fn load_sample(
    session: &Session,
    catalog: &Catalog,
    sample: &Sample,
) -> Result<Vec<FilledTable>, ServerError> {
    run(session, BEGIN).await?;
    let mut told = Vec::new();
    for (table, columns) in tables(catalog) {
        let shortfall = match sample.tables.get(&table) {
            None => Some("the environment has no such table".to_owned()),
            Some(sampled) if sampled.rows.is_empty() => Some("it has none in the environment".to_owned()),
            Some(sampled) => load(session, &table, &columns, sampled).await?,
        };
        let counted = session.query(&format!("SELECT count(*) FROM {table}"), &[]).await?;
        let rows = counted.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or(0));
        told.push(FilledTable { table, rows, shortfall });
    }
    run(session, END).await?;
    Ok(told)
}

async fn run(session: &Session, sql: &str) -> Result<(), ServerError> {
    session.flight(sql).await.map(drop).map_err(|failure| failure.error)
}

/// The tables that hold rows, each with the columns that are written and their types.
fn tables(catalog: &Catalog) -> Vec<(ObjectName, BTreeMap<Identifier, String>)> {
    let mut tables = Vec::new();
    for entry in catalog.of_kind(ObjectKind::Table) {
        let (ObjectId::Table(name), Object::Table(table)) = (entry.id(), entry.object()) else { continue };
        if table.partition_of.is_some() {
            continue;
        }
        let columns = entry.children().filter_map(|child| match (child.id(), child.object()) {
            (ObjectId::Column(id), Object::Column(column)) if column.generated.is_none() => {
                Some((id.name.clone(), column.data_type.to_string()))
            }
            _ => None,
        });
        tables.push((name.clone(), columns.collect()));
    }
    tables
}

/// Says what is in the way, where rows do not go in. What was masked may break a constraint; then row goes by row.
async fn load(
    session: &Session,
    table: &ObjectName,
    columns: &BTreeMap<Identifier, String>,
    sampled: &SampledTable,
) -> Result<Option<String>, ServerError> {
    let both: Vec<(usize, &Identifier, &String)> = sampled
        .columns
        .iter()
        .enumerate()
        .filter_map(|(place, name)| Some((place, name, columns.get(name)?)))
        .collect();
    if both.is_empty() {
        return Ok(Some("it has no column of the environment's table".to_owned()));
    }
    let names: Vec<String> = both.iter().map(|(_, name, _)| name.to_string()).collect();
    let insert = |rows: &[Vec<Option<String>>]| {
        let value = |row: &Vec<Option<String>>, place: usize, data_type: &str| match row.get(place) {
            Some(Some(text)) => format!("CAST({} AS {data_type})", Literal(text)),
            _ => "NULL".to_owned(),
        };
        let row = |row: &Vec<Option<String>>| {
            let values: Vec<String> = both.iter().map(|(place, _, data_type)| value(row, *place, data_type)).collect();
            format!("({})", values.join(", "))
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!("INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE VALUES {}", names.join(", "), rows.join(", "))
    };
    let mut refused: Option<(u64, ServerError)> = None;
    for rows in sampled.rows.chunks(TOGETHER) {
        match run(session, &insert(rows)).await {
            Ok(()) => continue,
            Err(error) if error.is_connection_lost() => return Err(error),
            Err(_) => {}
        }
        for row in rows.chunks(1) {
            match run(session, &insert(row)).await {
                Err(error) if error.is_connection_lost() => return Err(error),
                Err(error) => {
                    let (count, first) = refused.take().unwrap_or((0, error));
                    refused = Some((count + 1, first));
                }
                Ok(()) => {}
            }
        }
    }
    for (_, column, _) in both {
        // A column without a sequence has none to move.
        let quoted = Literal(&table.to_string()).to_string();
        let own = Literal(column.as_str());
        let sql = format!(
            "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({quoted}, {own}), max({column})) FROM {table} \
             WHERE pg_catalog.pg_get_serial_sequence({quoted}, {own}) IS NOT NULL HAVING max({column}) IS NOT NULL"
        );
        let _ = run(session, &sql).await;
    }
    Ok(refused.map(|(count, error)| format!("{count} of {} do not fit: {error}", sampled.rows.len())))
}
