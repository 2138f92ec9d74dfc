//! Rows that plain statements cannot change: a key gets other values, and what refers to it has to follow.

use limosa_catalog::Literal;
use limosa_postgres::Session;

use crate::backfill::Desk;
use crate::executor::Surroundings;
use crate::prepare::Prepared;
use crate::run_error::RunError;

/// Whether a table has rows whose key the plain statements of a migration would have to give other values, which they
/// cannot.
pub(crate) async fn has_old_keys(
    session: &Session,
    surroundings: &Surroundings,
    prepared: &Prepared,
) -> Result<bool, RunError> {
    let Some(table) = &prepared.rekeyed else { return Ok(false) };
    let desk = Desk::under(session, surroundings, None);
    let there = desk.ask(&format!("SELECT pg_catalog.to_regclass({})", Literal(&table.to_string()))).await?;
    if there.first().and_then(|row| row.first()?.as_ref()).is_none() {
        return Ok(false);
    }
    Ok(!desk.ask(&format!("SELECT FROM {table} LIMIT 1")).await?.is_empty())
}
