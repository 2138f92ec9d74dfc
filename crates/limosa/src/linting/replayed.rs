//! The schema before each migration, as a shadow has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limosa_catalog::Catalog;
use limosa_engine::{catalogs_before, replay};
use limosa_lint::File;
use limosa_postgres::Shadow;
use limosa_project::{Project, Version};

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::terms::Terms;

/// The catalogs before those of a service's files that are looked at, by the number of the file.
///
/// # Errors
/// A migration that does not run.
pub(crate) async fn replayed(
    invocation: &Invocation,
    project: &Project,
    shadow: &mut Shadow,
    part: &Part<'_>,
    files: &[File],
) -> Result<BTreeMap<usize, Arc<Catalog>>, Failure> {
    let set = &part.set;
    let version = |file: &File| file.version.as_ref().filter(|_| !file.context)?.parse::<Version>().ok();
    let wanted: BTreeSet<Version> = files.iter().filter_map(version).collect();
    let known = invocation.known();
    let terms = Terms::of(invocation, project, part.service)?;
    let found = catalogs_before(shadow, set, &terms.replay(), &wanted, &known).await?;
    let is_up = |file: &File| file.role == limosa_lint::Role::Migration;
    let of_file = |(number, file): (usize, &File)| {
        let catalog = found.get(&version(file).filter(|_| is_up(file))?)?;
        Some((number, Arc::clone(catalog)))
    };
    Ok(files.iter().enumerate().filter_map(of_file).collect())
}

/// What a service's migrations lead to.
///
/// # Errors
/// A migration that does not run.
pub(crate) async fn led_to(
    invocation: &Invocation,
    project: &Project,
    shadow: &mut Shadow,
    part: &Part<'_>,
) -> Result<Catalog, Failure> {
    let known = invocation.known();
    let terms = Terms::of(invocation, project, part.service)?;
    Ok(replay(shadow, &part.set, &terms.replay(), &known).await?)
}
