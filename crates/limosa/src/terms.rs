//! What a shadow has to know of a service besides its migrations.

use limosa_engine::{Extent, Lookup, Replay};
use limosa_postgres::ClientContext;
use limosa_project::{Project, Service};

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::serving::{folders, search_path};

/// One service, as its migrations find it.
pub(crate) struct Terms<'p> {
    project: &'p Project,
    service: &'p Service,
    context: ClientContext,
    search_path: Option<String>,
}

impl<'p> Terms<'p> {
    pub(crate) fn of(invocation: &Invocation, project: &'p Project, service: &'p Service) -> Result<Self, Failure> {
        let context = invocation.environment.with_files(&folders(&project.root, &service.migrations))?;
        Ok(Self { project, service, context, search_path: search_path(&service.schemas) })
    }

    /// The value of a placeholder.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.context.variables.get(name.strip_prefix("env:")?).cloned()
    }

    /// The terms of a replay of all migrations, with [`Terms::value`] as its values.
    pub(crate) fn replay<'a>(&'a self, values: &'a Lookup<'a>) -> Replay<'a> {
        Replay {
            service: self.service.name.as_str(),
            history_schema: &self.project.history_schema,
            owner_role: self.service.owner_role.as_ref(),
            search_path: self.search_path.as_deref(),
            values,
            extent: Extent::All,
        }
    }
}
