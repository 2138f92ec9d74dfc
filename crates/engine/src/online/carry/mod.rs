//! A map of ids comes from the database of the service whose key it is of: before a change begins, and again with every
//! run as long as it is open.

mod arrive;
mod asked;
mod mend;

use limosa_plan::Carry;
use limosa_postgres::{ServerError, Session};

use super::expand::tell;
use super::owner::Owners;
use super::record::{OnlineRecord, OnlineStanding, changes, standing};
use crate::backfill::Desk;
use crate::executor::Executor;
use crate::history::History;
use crate::run_error::RunError;
use crate::target::Target;

pub(super) use arrive::arrive;
pub use asked::carried_rows;
pub(super) use asked::map_standing;

use arrive::not_carried;
use mend::{mend, patiently};

/// A large table takes its time.
const WITHOUT_TIMEOUT: &str = "SET LOCAL statement_timeout = 0";

/// Carries the maps of all changes that are open: what is new there is taken in, and what stood for it is mended. A
/// database that cannot be asked is told of, since nothing is lost until contract.
///
/// # Errors
/// What goes wrong here.
pub(crate) async fn carry_waiting(
    executor: &mut Executor<'_>,
    target: &Target,
    history: &History,
    owners: Owners<'_>,
) -> Result<(), RunError> {
    if owners.are_none() {
        return Ok(());
    }
    for record in changes(executor.worker, target.history()).await? {
        if standing(&record, history) != OnlineStanding::Expanded {
            continue;
        }
        for carry in record.carries() {
            match again(executor, owners, &record, &carry).await {
                Err(RunError::Refused(why)) => not_carried(executor, &record.version, &why),
                done => done?,
            }
        }
    }
    Ok(())
}

/// Whether a change is open to which a map comes from elsewhere.
pub(crate) async fn is_carried_to(session: &Session, target: &Target, history: &History) -> Result<bool, RunError> {
    let records = changes(session, target.history()).await?;
    let waits = |record: &OnlineRecord| standing(record, history) == OnlineStanding::Expanded;
    Ok(records.iter().any(|record| waits(record) && !record.carries().is_empty()))
}

/// Carries a map again, and brings in order what was provisional.
///
/// # Errors
/// As [`arrive`]; locks that are not to be had.
pub(super) async fn again(
    executor: &mut Executor<'_>,
    owners: Owners<'_>,
    record: &OnlineRecord,
    carry: &Carry,
) -> Result<(), RunError> {
    if matches!(owners, Owners::Shadow) {
        return Ok(());
    }
    let came = arrive(executor, owners, (&record.version, carry)).await?;
    let fresh = if came { number(&desk(executor).ask(&carry.sift.join(";\n")).await?) } else { 0 };
    if fresh > 0 {
        patiently(executor, record, &carry.take.join(";\n")).await?;
    }
    let mended = mend(executor, record, carry).await?;
    let unknown =
        if came { number(&desk(executor).ask(&format!("{WITHOUT_TIMEOUT};\n{}", carry.unknown)).await?) } else { 0 };
    desk(executor).ask(&carry.clear.join(";\n")).await?;
    let service = &carry.service;
    if fresh > 0 {
        tell(executor, &record.version, format!("{} came from the map of {service}", counted(fresh, "id")));
    }
    if mended > 0 {
        let text = format!("{} here had a provisional id, and that of {service} now", counted(mended, "row"));
        tell(executor, &record.version, text);
    }
    if unknown > 0 {
        let text = format!(
            "not in the map of {service}: {} here, of nothing or of what was made since the old ids are gone there \
             (`limosa check --references` tells which)",
            counted(unknown, "id")
        );
        tell(executor, &record.version, text);
    }
    Ok(())
}

/// Takes away what the pairs came in.
pub(super) async fn clear(executor: &Executor<'_>, carry: &Carry) -> Result<(), ServerError> {
    desk(executor).ask(&carry.clear.join(";\n")).await.map(drop)
}

fn counted(count: i64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

type Rows = Vec<Vec<Option<String>>>;

fn desk<'e>(executor: &'e Executor<'_>) -> Desk<'e> {
    Desk::under(executor.worker, &executor.surroundings, None)
}

fn number(rows: &Rows) -> i64 {
    rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default()
}
