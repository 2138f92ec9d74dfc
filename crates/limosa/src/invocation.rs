//! One call of the program: what was typed, and where.

use limosa_engine::Answers;
use limosa_project::{Environment as Where, Loaded, MigrationSet, Project, Service, load, read_migrations};
use limosa_syntax::Diagnostic;

use crate::cli::Global;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output::{Verbosity, render_diagnostics, tell, terminal_width};
use crate::selection;

/// What was typed, and where.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) global: Global,
    pub(crate) environment: Environment,
}

/// A service that takes part, with its files.
#[derive(Debug)]
pub(crate) struct Part<'p> {
    pub(crate) service: &'p Service,
    pub(crate) set: MigrationSet,
}

impl Invocation {
    /// What shadows computed before.
    pub(crate) fn known(&self) -> Answers {
        match self.environment.cache() {
            Some(folder) if !self.global.no_cache => Answers::in_folder(folder.join("known")),
            _ => Answers::nothing(),
        }
    }

    /// Loads the project, telling its warnings.
    pub(crate) fn project(&self) -> Result<Project, Failure> {
        let Loaded { project, warnings } = load(&self.global.directory)?;
        #[cfg(all(unix, feature = "embedded"))]
        if self.may_be_embedded(&project) {
            crate::serving::cache::ensure(&self.environment, &project.root);
        }
        self.warn(&warnings);
        Ok(project)
    }

    #[cfg(all(unix, feature = "embedded"))]
    fn may_be_embedded(&self, project: &Project) -> bool {
        match (&self.global.url, self.environment_of(project)) {
            (Some(url), _) => url == "embedded",
            (None, Ok(environment)) => environment.url == limosa_project::UrlTemplate::Embedded,
            (None, Err(_)) => false,
        }
    }

    /// The environment that was asked for, or the default.
    pub(crate) fn environment_of<'p>(&self, project: &'p Project) -> Result<&'p Where, Failure> {
        selection::environment(project, self.global.env.as_ref())
    }

    /// The services that take part, in the order of the file, with their migrations. What is wrong with the files of
    /// any of them is reported together.
    pub(crate) fn parts<'p>(&self, project: &'p Project) -> Result<Vec<Part<'p>>, Failure> {
        let services = selection::services(project, &self.global.services)?;
        let (mut parts, mut problems) = (Vec::new(), Vec::new());
        for service in services {
            match read_migrations(project, service) {
                Ok(set) => parts.push(Part { service, set }),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(parts) } else { Err(Failure::findings(problems)) }
    }

    /// Tells what is worth knowing and stops nothing.
    pub(crate) fn warn(&self, warnings: &[Diagnostic]) {
        if self.global.verbosity() > Verbosity::Quiet && !warnings.is_empty() {
            tell(&render_diagnostics(warnings, terminal_width()));
        }
    }

    /// Tells one line about what was done.
    pub(crate) fn say(&self, line: &str) {
        if self.global.verbosity() > Verbosity::Quiet {
            tell(&format!("{line}\n"));
        }
    }
}
