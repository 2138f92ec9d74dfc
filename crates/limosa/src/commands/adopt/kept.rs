//! Files that a take-over writes: lost ones that the old history has kept, and the one that stands for programs.

use jiff::Timestamp;
use limosa_project::{AdoptionPlan, MigrationSet, NewFile, NewFileError, NewMigration, cover_head, new_migration};
use limosa_syntax::Diagnostic;

use super::schema::Comparison;
use super::{Place, Seen};
use crate::failure::Failure;

/// The name of the migration that stands for programs.
const BASELINE: &str = "initial_schema";

/// The lost files.
pub(super) fn lost(plan: &AdoptionPlan<'_>) -> Vec<NewFile> {
    plan.kept.iter().map(|kept| NewFile { path: kept.path.clone(), text: kept.text.clone() }).collect()
}

/// The files that stand for the programs of a plan: one each where their SQL is known, else one for all, which has no
/// way back: what stood before it, nobody knows.
pub(super) fn programs(place: &Place<'_>, seen: &Seen, plan: &AdoptionPlan<'_>) -> Result<Vec<NewFile>, Failure> {
    let Comparison::Made { missing, carried, .. } = &seen.comparison else { return Ok(Vec::new()) };
    if plan.programs.is_empty() {
        return Ok(Vec::new());
    }
    if !carried.is_empty() {
        return Ok(carried.iter().flat_map(|carried| carried.files.clone()).collect());
    }
    let name = if place.part.set.migrations.is_empty() { BASELINE } else { "add_what_programs_made" };
    let new = behind_those_in_effect(&in_effect(place, plan), plan, name)?;
    let head = cover_head(plan.programs.iter().map(|(tool, entry)| (*tool, entry.key.as_str())));
    let text = format!("{head}{missing}");
    Ok(new.with_scripts(&text, "").files.into_iter().take(1).collect())
}

/// The migrations of a service without those that wait.
pub(super) fn in_effect(place: &Place<'_>, plan: &AdoptionPlan<'_>) -> MigrationSet {
    let mut set = place.part.set.clone();
    set.migrations.retain(|migration| !plan.pending.contains(&migration));
    set
}

/// A new migration behind these and before all that wait, which may rest on it.
pub(super) fn behind_those_in_effect(
    set: &MigrationSet,
    plan: &AdoptionPlan<'_>,
    name: &str,
) -> Result<NewMigration, Failure> {
    let first = plan.pending.first();
    // What is to come before something that is there cannot have today's date.
    let now = if first.is_some() && !set.migrations.is_empty() { Timestamp::UNIX_EPOCH } else { Timestamp::now() };
    let new = match new_migration(set, name, now) {
        Err(NewFileError::Name { suggestion, .. }) => new_migration(set, &suggestion, now),
        result => result,
    };
    let new = new.map_err(|error| Failure::from(Diagnostic::error("no-new-migration", error.to_string())))?;
    match first.filter(|first| first.version <= new.version) {
        None => Ok(new),
        Some(first) => {
            let message =
                format!("no version is left for what programs made: `{}` waits, and may rest on it", first.path);
            Err(Failure::usage("no-room", message, "give what waits higher numbers with `limosa renumber`"))
        }
    }
}
