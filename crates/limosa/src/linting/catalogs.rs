//! The schemas of services, as their databases have them or as their migrations lead to them.

use clap::ValueEnum;
use limosa_catalog::{Catalog, ObjectId, ObjectKind};
use limosa_lint::Settings;
use limosa_project::{Project, is_history_table};

use super::{led_to, live};
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::serving::shadow;

/// Where the schemas are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum From {
    /// The databases of the environment.
    #[default]
    Databases,
    /// What the migrations lead to, in a shadow.
    Migrations,
}

/// The schema of each service, in their order.
///
/// # Errors
/// A database that is not there or does not answer; a migration that does not run.
pub(crate) async fn catalogs(
    invocation: &Invocation,
    project: &Project,
    parts: &[Part<'_>],
    from: From,
) -> Result<Vec<Catalog>, Failure> {
    if from == From::Databases {
        let environment = invocation.environment_of(project)?;
        let found = live(invocation, project, environment, parts).await?;
        let there = |(part, live): (&Part<'_>, Option<super::live::Live>)| match live {
            Some(live) => Ok(live.catalog),
            None => Err(Failure::usage(
                "no-database",
                format!("the database of service `{}` is not there yet", part.service.name),
                "`limosa up` makes it; `--from migrations` needs none",
            )),
        };
        return parts.iter().zip(found).map(there).collect();
    }
    let scripts = parts.iter().flat_map(|part| part.set.migrations.iter().map(|it| it.up.text()));
    let mut shadow = shadow(&invocation.environment, None, scripts)?;
    let mut catalogs = Vec::new();
    for part in parts {
        match led_to(invocation, project, &mut shadow, part).await {
            Ok(catalog) => catalogs.push(catalog),
            Err(failure) => {
                shadow.stop().await?;
                return Err(failure);
            }
        }
    }
    shadow.stop().await?;
    Ok(catalogs)
}

/// The rules, without the tables in which other tools keep their histories.
pub(crate) fn without_histories(rules: &Settings, catalog: &Catalog) -> Settings {
    let mut rules = rules.clone();
    for table in catalog.of_kind(ObjectKind::Table) {
        if let ObjectId::Table(name) = table.id()
            && is_history_table(name.name.as_str())
        {
            rules.leave_out(&format!("{}.{}", name.schema.as_str(), name.name.as_str()));
        }
    }
    rules
}
