//! Which environment and which services are meant.

use limosa_project::{Environment, EnvironmentName, Project, Service, did_you_mean};
use limosa_syntax::Diagnostic;

use crate::cli::ServiceChoice;
use crate::failure::Failure;

/// The environment of this name, or the project's default.
pub(crate) fn environment<'p>(
    project: &'p Project,
    name: Option<&EnvironmentName>,
) -> Result<&'p Environment, Failure> {
    let wanted = name.unwrap_or(&project.default_environment);
    project.environment(wanted).ok_or_else(|| {
        let known = project.environments.iter().map(|environment| environment.name.as_str());
        let meant = did_you_mean(wanted.as_str(), known);
        Failure::usage("unknown-environment", format!("there is no environment `{wanted}` in this project"), meant)
    })
}

/// The services that were named, in the order of the file; all of them where none was.
pub(crate) fn services<'p>(project: &'p Project, choices: &[ServiceChoice]) -> Result<Vec<&'p Service>, Failure> {
    let mut unknown = Vec::new();
    for choice in choices {
        if let ServiceChoice::Named(name) = choice
            && project.service(name).is_none()
        {
            let known = project.services.iter().map(|service| service.name.as_str());
            unknown.push(
                Diagnostic::error("unknown-service", format!("there is no service `{name}` in this project"))
                    .with_help(did_you_mean(name.as_str(), known)),
            );
        }
    }
    if !unknown.is_empty() {
        return Err(unknown.into());
    }
    let all = choices.is_empty() || choices.contains(&ServiceChoice::All);
    let is_chosen = |service: &&Service| all || choices.contains(&ServiceChoice::Named(service.name.clone()));
    Ok(project.services.iter().filter(is_chosen).collect())
}

/// Whether the services were named, or there is only one that can be meant. What takes something back asks for that.
pub(crate) fn require_named(project: &Project, choices: &[ServiceChoice], verb: &str) -> Result<(), Failure> {
    if project.services.len() < 2 || !choices.is_empty() {
        return Ok(());
    }
    let first = project.services.last().map_or("api", |service| service.name.as_str());
    Err(Failure::usage(
        "name-the-service",
        format!("`{verb}` would touch all {} services", project.services.len()),
        format!("name the one: `limosa --service {first} {verb}`; `--service '*'` means all of them"),
    ))
}
