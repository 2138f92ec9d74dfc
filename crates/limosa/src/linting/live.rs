//! What a live target says: its catalog, how large its tables are, what is pending.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, Identifier, ServerMajor, Usage};
use limosa_engine::live_facts;
use limosa_lint::Sizes;
use limosa_project::{Environment, Identity, Project, Version};

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::serving::Found;

/// What is known of the target of a service.
pub(crate) struct Live {
    /// Its schema.
    pub(crate) catalog: Catalog,
    /// The rows of its tables.
    pub(crate) sizes: Sizes,
    /// What it has counted.
    pub(crate) usage: Usage,
    /// Its server.
    pub(crate) major: ServerMajor,
    /// Where names without a schema are looked for.
    pub(crate) search_path: Vec<Identifier>,
    /// What it has not yet.
    pub(crate) pending: BTreeSet<Version>,
}

/// Looks at the target of each service. `None` for those whose database is yet to be made.
pub(crate) async fn live(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &[Part<'_>],
) -> Result<Vec<Option<Live>>, Failure> {
    let looked = each(invocation, project, environment, parts, async |part, found| match found {
        Found::NotYet { .. } => Ok(None),
        Found::Target(target) => {
            let facts = live_facts(&target, &part.set).await?;
            let applied: BTreeSet<&Version> = facts
                .applied
                .iter()
                .filter_map(|record| match &record.identity {
                    Identity::Version(version) => Some(version),
                    Identity::Repeatable(_) => None,
                })
                .collect();
            let versions = part.set.migrations.iter().map(|migration| &migration.version);
            let pending = versions.filter(|version| !applied.contains(version)).cloned().collect();
            let sizes = facts.rows.into_iter().collect();
            Ok(Some(Live {
                catalog: facts.catalog,
                sizes,
                usage: facts.usage,
                major: facts.major,
                search_path: facts.search_path,
                pending,
            }))
        }
    })
    .await?;
    looked.into_iter().collect()
}
