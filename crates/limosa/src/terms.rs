//! What a shadow has to know of a service besides its migrations.

use limosa_catalog::Identifier;
use limosa_engine::{Extent, Lookup, Replay};
use limosa_project::{CoexistenceSettings, Project, Service};

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::serving::{folders, search_path};

/// One service, as its migrations find it.
pub(crate) struct Terms {
    service: String,
    history_schema: Identifier,
    ids_schema: Identifier,
    owner_role: Option<Identifier>,
    search_path: Option<String>,
    coexistence: CoexistenceSettings,
    values: Box<Lookup<'static>>,
}

impl Terms {
    pub(crate) fn of(invocation: &Invocation, project: &Project, service: &Service) -> Result<Self, Failure> {
        let context = invocation.environment.with_files(&folders(&project.root, &service.migrations))?;
        Ok(Self {
            service: service.name.to_string(),
            history_schema: project.history_schema.clone(),
            ids_schema: project.ids.schema.clone(),
            owner_role: service.owner_role.clone(),
            search_path: search_path(&service.schemas),
            coexistence: service.coexistence.clone(),
            values: Box::new(move |name| context.variables.get(name.strip_prefix("env:")?).cloned()),
        })
    }

    /// The terms of a replay of all migrations.
    pub(crate) fn replay(&self) -> Replay<'_> {
        Replay {
            service: &self.service,
            history_schema: &self.history_schema,
            ids_schema: &self.ids_schema,
            owner_role: self.owner_role.as_ref(),
            search_path: self.search_path.as_deref(),
            coexistence: &self.coexistence,
            values: &*self.values,
            extent: Extent::All,
        }
    }
}
