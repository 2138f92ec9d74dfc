//! Both versions at work on the rows that are there, for a moment: what one writes, the other has to read.

use limosa_catalog::{Identifier, Object, ObjectId};
use limosa_plan::{Twins, is_not_null};
use limosa_postgres::{ServerError, Session};

use super::record::OnlineRecord;
use crate::run_error::RunError;

/// How many rows are written by each name.
const ROWS: u32 = 20;

/// Writes rows by the old names and by the new ones, asks after each whether both versions read the same, and takes all
/// of it back. Tells what was wrong.
///
/// # Errors
/// A connection that is lost.
pub(crate) async fn exercise(session: &Session, record: &OnlineRecord) -> Result<Option<String>, RunError> {
    let catalog = session.catalog(&[]).await?;
    for twins in record.twins() {
        let Some(table) = catalog.entry(&ObjectId::Table(twins.table.clone())) else { continue };
        let columns: Vec<&Identifier> = table
            .children()
            .filter_map(|child| match (child.id(), child.object()) {
                (ObjectId::Column(name), Object::Column(facts)) => facts.generated.is_none().then_some(&name.name),
                _ => None,
            })
            .collect();
        for (written, other) in [(&twins.new, &twins.old), (&twins.old, &twins.new)] {
            for sql in [moved(&twins, written), written_anew(&twins, &columns, other)] {
                if let Some(wrong) = tried(session, record, &sql).await? {
                    let (table, column) = (twins.table.name.for_people(), written.for_people());
                    return Ok(Some(format!("rows of {table} were written by {column}, and {wrong}")));
                }
            }
        }
    }
    Ok(None)
}

/// Each row gets the value of its neighbour.
fn moved(Twins { table, .. }: &Twins, column: &Identifier) -> String {
    format!(
        "UPDATE {table} AS limosa_row SET {column} = limosa_next.value FROM (SELECT ctid AS place, \
         pg_catalog.lead({column}) OVER (ORDER BY ctid) AS value FROM {table} LIMIT {ROWS}) AS limosa_next \
         WHERE limosa_row.ctid = limosa_next.place AND {}",
        is_not_null("limosa_next.value")
    )
}

/// Rows go, and come again from a client that does not know one of the columns.
fn written_anew(Twins { table, .. }: &Twins, columns: &[&Identifier], unknown: &Identifier) -> String {
    let known: Vec<String> = columns.iter().filter(|column| **column != unknown).map(ToString::to_string).collect();
    let known = known.join(", ");
    format!(
        "WITH limosa_gone AS (DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT {ROWS}) RETURNING *) \
         INSERT INTO {table} ({known}) OVERRIDING SYSTEM VALUE SELECT {known} FROM limosa_gone"
    )
}

/// Runs it and asks; what such rows meet besides (keys, references, rules of the table) proves nothing here.
async fn tried(session: &Session, record: &OnlineRecord, sql: &str) -> Result<Option<String>, ServerError> {
    session.flight("BEGIN").await.map_err(|failure| failure.error)?;
    let mut wrong = None;
    match session.query(sql, &[]).await {
        Ok(_) => {
            for check in record.remaining() {
                match session.query(&check.query, &[]).await {
                    Ok(rows) if rows.is_empty() => {}
                    Ok(_) => wrong = Some(check.found),
                    Err(error) => wrong = Some(error.to_string()),
                }
                if wrong.is_some() {
                    break;
                }
            }
        }
        Err(error) if error.is_connection_lost() => return Err(error),
        Err(_) => {}
    }
    session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
    Ok(wrong)
}
