//! The map in the database of its key: whether it is there, and whether it has all ids.

use limosa_plan::Carry;
use limosa_syntax::Diagnostic;

use super::super::owner::{MapStanding, OwnedMap, Owners, look, owned_map};
use super::super::preview::PlannedOnline;
use super::counted;
use crate::run_error::RunError;
use crate::target::{Opened, Target, open};

/// How far the change of the key is that made the map; `None` in a shadow.
///
/// # Errors
/// A database that cannot be asked, a map that is not there.
pub(in super::super) async fn map_standing(
    here: &Target,
    owners: Owners<'_>,
    carry: &Carry,
) -> Result<Option<MapStanding>, RunError> {
    let Some(target) = place(here, owners, carry)? else { return Ok(None) };
    let Opened { session, history, .. } = open(target).await.map_err(|error| unreachable(carry, target, &error))?;
    let found = look(&session, &history, target, &carry.map).await;
    session.close().await;
    match found.map_err(|error| unreachable(carry, target, &error))? {
        Some(found) => Ok(Some(found.standing)),
        None => Err(no_map(carry, target)),
    }
}

/// The database of the key, which is another one; `None` in a shadow.
pub(super) fn place<'o>(here: &Target, owners: Owners<'o>, carry: &Carry) -> Result<Option<&'o Target>, RunError> {
    let place = owners.place(&carry.service).map_err(|problem| RunError::Refused(Box::new(problem)))?;
    match place {
        Some(target) if target.database() == here.database() => Err(refused(
            "same-database",
            format!("{} and {} are in the same database, {}", carry.service, here.service, here.database()),
            format!(
                "where one URL is meant for both, write `{{service}}` or `{{database}}` in it; where they share a \
                 database, `limosa --service {} rekey` with `--soft` changes what refers to the key, too",
                carry.service
            ),
        )),
        place => Ok(place),
    }
}

pub(super) fn refused(code: &'static str, message: String, help: impl Into<String>) -> RunError {
    RunError::Refused(Box::new(Diagnostic::error(code, message).with_help(help.into())))
}

pub(super) fn unreachable(carry: &Carry, target: &Target, error: &RunError) -> RunError {
    let problem = Diagnostic::error(
        "owner-unreachable",
        format!("the map of {} cannot be read in {}", carry.service, target.database()),
    );
    let problem = error.diagnostics().into_iter().fold(problem, |problem, why| problem.with_note(why.message));
    RunError::Refused(Box::new(problem.with_help(format!(
        "its pairs are needed here, and nothing was changed: `limosa --service {} status` shows what is in the way",
        carry.service
    ))))
}

pub(super) fn no_map(carry: &Carry, target: &Target) -> RunError {
    let (schema, map) = (target.history_schema.for_people(), carry.map.for_people());
    refused(
        "no-map",
        format!("{} has no table {schema}.{map} of old and new ids", carry.service),
        format!(
            "its key changes first: `limosa --service {0} rekey …` writes that, and `limosa --service {0} up` makes \
             the map; where it was taken back there, take this back, too; where that database was made anew and never \
             had old ids, make this one anew, too",
            carry.service
        ),
    )
}

/// Refuses a map that does not have all ids.
pub(super) fn is_filled(carry: &Carry, found: &OwnedMap) -> Result<(), RunError> {
    let service = &carry.service;
    match &found.standing {
        _ if carry.back => Ok(()),
        MapStanding::Open { .. } | MapStanding::Settled => Ok(()),
        MapStanding::Filling { version } => Err(refused(
            "owner-not-filled",
            format!("{service} is still filling its map: {version} is applied only in part"),
            format!("finish that first: `limosa --service {service} up`"),
        )),
        MapStanding::GoesBack { version } => Err(refused(
            "owner-goes-back",
            format!("{service} goes back to its old ids: {version} is being taken back there"),
            format!("take this back, too, or end that first: `limosa --service {service} abort {version}`"),
        )),
    }
}

/// How many ids a plan's changes would bring, in words.
///
/// # Errors
/// A database that cannot be asked, a map that is not there or not filled.
pub async fn carried_rows(here: &Target, owners: Owners<'_>, planned: &PlannedOnline) -> Result<Vec<String>, RunError> {
    let mut told = Vec::new();
    for carry in planned.carries.iter().filter(|carry| !carry.back) {
        let Some(target) = place(here, owners, carry)? else { continue };
        let found = owned_map(target, &carry.map).await;
        let found = found.map_err(|error| unreachable(carry, target, &error))?;
        let Some(found) = found else { return Err(no_map(carry, target)) };
        is_filled(carry, &found)?;
        let ids = counted(i64::try_from(found.rows).unwrap_or(i64::MAX), "id");
        told.push(format!("carries {ids} of {} first, into {}", carry.service, carry.map.for_people()));
    }
    Ok(told)
}
