//! Files that a take-over writes: lost ones that the old history has kept, and the one that stands for programs.

use jiff::Timestamp;
use limosa_project::{AdoptionPlan, NewFile, NewFileError, cover_head, new_migration};
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
    let refused = |error: NewFileError| Failure::from(Diagnostic::error("no-baseline", error.to_string()));
    let name = if place.part.set.migrations.is_empty() { BASELINE } else { "add_what_programs_made" };
    let new = new_migration(&place.part.set, name, Timestamp::now()).map_err(refused)?;
    let head = cover_head(plan.programs.iter().map(|(tool, entry)| (*tool, entry.key.as_str())));
    let text = format!("{head}{missing}");
    Ok(new.with_scripts(&text, "").files.into_iter().take(1).collect())
}
