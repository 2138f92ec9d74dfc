//! The catalogs between migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limosa_catalog::Catalog;
use limosa_postgres::Shadow;
use limosa_project::{MigrationSet, Version};

use super::answers::{Answers, Question};
use super::failure::DesiredError;
use super::replay::{Replay, read_catalog, run_up};
use crate::stop::stop_switch;
use crate::up::Extent;

/// The catalog before each of these migrations. One shadow database goes through all of them and is looked at on the
/// way, unless all answers are known.
///
/// # Errors
/// A migration that does not run, or a shadow that cannot be had.
pub async fn catalogs_before(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    wanted: &BTreeSet<Version>,
    known: &Answers,
) -> Result<BTreeMap<Version, Arc<Catalog>>, DesiredError> {
    let mut question = replay.question(shadow, "before");
    let mut places: Vec<(usize, &Version, Question)> = Vec::new();
    for (number, migration) in set.migrations.iter().enumerate() {
        if wanted.contains(&migration.version) {
            places.push((number, &migration.version, question.clone()));
        }
        let itself = format!("{} {:?}", migration.version, migration.transaction);
        question = replay.after(question.and(&itself), &migration.up);
    }
    let mut found = BTreeMap::new();
    for (_, version, question) in &places {
        if let Some(catalog) = known.catalog(question) {
            found.insert((*version).clone(), Arc::new(catalog));
        }
    }
    if found.len() == places.len() {
        return Ok(found);
    }
    let settings = shadow.database().await?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    for (number, version, question) in places {
        if found.contains_key(version) {
            continue;
        }
        if let Some(before) = number.checked_sub(1).and_then(|before| set.migrations.get(before)) {
            run_up(&target, set, replay, Extent::To(before.version.clone()), &stop).await?;
        }
        let catalog = read_catalog(&target).await?;
        known.keep_catalog(&question, &catalog);
        found.insert(version.clone(), Arc::new(catalog));
    }
    Ok(found)
}
