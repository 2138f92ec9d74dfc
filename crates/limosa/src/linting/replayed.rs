//! The schema before each migration, as a shadow has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limosa_catalog::Catalog;
use limosa_engine::{DesiredError, Extent, Replay, catalogs_before, replay};
use limosa_lint::File;
use limosa_postgres::Shadow;
use limosa_project::{Project, Version};

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::serving::{folders, search_path};

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
    let before = async |replay: &Replay<'_>| catalogs_before(shadow, set, replay, &wanted, &known).await;
    let found = with_terms(invocation, project, part, before).await?;
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
    let end = async |terms: &Replay<'_>| replay(shadow, &part.set, terms, &known).await;
    with_terms(invocation, project, part, end).await
}

/// Does something with what replaying a service's migrations needs to know.
async fn with_terms<T>(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    run: impl AsyncFnOnce(&Replay<'_>) -> Result<T, DesiredError>,
) -> Result<T, Failure> {
    let service = part.service;
    let context = invocation.environment.with_files(&folders(&project.root, &service.migrations))?;
    let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
    let path = search_path(&service.schemas);
    let terms = Replay {
        service: service.name.as_str(),
        history_schema: &project.history_schema,
        owner_role: service.owner_role.as_ref(),
        search_path: path.as_deref(),
        values: &values,
        extent: Extent::All,
    };
    run(&terms).await.map_err(Failure::from)
}
