//! From a service and an environment to a target, with the servers that have to be started for it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use limosa_catalog::Identifier;
use limosa_engine::{Backfills, Event, Observer, Owner, StopSignal, Target, Urgency};
use limosa_plan::RetryPolicy;
use limosa_postgres::provider::{Provider, ProviderError};
use limosa_postgres::{ClientContext, ConnectionSettings};
use limosa_project::{
    Environment, Project, Script, SecretUrl, Service, TargetUrl, TemplateValues, UrlTemplate, UrlTemplateError,
};
use limosa_syntax::Diagnostic;

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};

#[cfg(all(unix, feature = "embedded"))]
pub(crate) mod cache;
mod local;

pub(crate) use local::{client_programs, native_shadow, shadow};

/// The folder in a project that holds what Limosa keeps for itself.
const OWN_FOLDER: &str = ".limosa";

/// How long a server on this machine may take to accept a connection. The embedded one takes the next client only when
/// the one before has left.
const LOCAL_CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether a database that the project's own server lacks is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is made: something will be written to it.
    Make,
    /// It is not: only looking is wanted.
    Leave,
}

/// Where a service's target is.
pub(crate) enum Found {
    /// There.
    Target(Box<Target>),
    /// On the project's own server, which does not have it yet.
    NotYet { database: String },
}

/// The targets of one command.
pub(crate) struct Serving<'a> {
    invocation: &'a Invocation,
    project: &'a Project,
    environment: &'a Environment,
    parts: &'a [Part<'a>],
    /// The project's own server, from the first service that needs it.
    local: Option<Box<dyn Provider>>,
}

impl<'a> Serving<'a> {
    pub(crate) fn new(
        invocation: &'a Invocation,
        project: &'a Project,
        environment: &'a Environment,
        parts: &'a [Part<'a>],
    ) -> Self {
        Self { invocation, project, environment, parts, local: None }
    }

    /// The variables that a service sees.
    pub(crate) fn variables(&self, service: &Service) -> Result<ClientContext, Failure> {
        Ok(self.invocation.environment.with_files(&folders(&self.project.root, &service.migrations))?)
    }

    /// The target of a service. Waits for another process that has the project's own server, as long as `patience`.
    pub(crate) async fn target(
        &mut self,
        service: &Service,
        missing: Missing,
        waiting: &mut Waiting<'_>,
    ) -> Result<Found, Failure> {
        let found = self.place(service, missing, waiting).await?;
        if let Found::Target(target) = &found {
            for warning in target.settings.warnings() {
                self.invocation.warn(&[Diagnostic::warning("connection-settings", warning.to_string())]);
            }
        }
        Ok(found)
    }

    /// The same, without what there is to say of it.
    async fn place(
        &mut self,
        service: &Service,
        missing: Missing,
        waiting: &mut Waiting<'_>,
    ) -> Result<Found, Failure> {
        let context = self.variables(service)?;
        let (settings, single_connection) = match self.url(service, &context)? {
            TargetUrl::Postgres(url) => (ConnectionSettings::resolve(url.expose(), &context)?, false),
            TargetUrl::Embedded => {
                let Some((url, single)) = self.local_url(service, missing, waiting).await? else {
                    return Ok(Found::NotYet { database: service.database.as_str().to_owned() });
                };
                // Variables such as PGOPTIONS are meant for servers elsewhere.
                let settings = ConnectionSettings::resolve(&url, &ClientContext::default())?;
                (settings.with_connect_timeout(Some(LOCAL_CONNECT_TIMEOUT)), single)
            }
        };
        let settings = match settings.application_name() {
            Some(_) => settings,
            None => settings.with_application_name("limosa"),
        };
        let run = &self.environment.run;
        Ok(Found::Target(Box::new(Target {
            service: service.name.to_string(),
            settings,
            history_schema: self.project.history_schema.clone(),
            owner_role: service.owner_role.clone(),
            search_path: search_path(&service.schemas),
            retry: RetryPolicy { first_try: run.lock_timeout, patience: run.patience },
            statement_timeout: run.statement_timeout,
            set_aside: run.set_aside,
            backfills: Backfills::InBatches,
            manner: self.environment.backfill.clone(),
            coexistence: service.coexistence.clone(),
            ids_schema: self.project.ids.schema.clone(),
            single_connection,
        })))
    }

    /// The services to whose keys a service refers, with their databases in this environment.
    pub(crate) async fn owners(&mut self, service: &Service, waiting: &mut Waiting<'_>) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::new();
        for reference in &service.references {
            let name = reference.service.to_string();
            if reference.service == service.name || owners.iter().any(|owner| owner.service == name) {
                continue;
            }
            // Looked for when limosa.toml was read.
            let Some(owner) = self.project.service(&reference.service) else { continue };
            let place = match self.place(owner, Missing::Leave, waiting).await {
                Ok(Found::Target(target)) => Ok(*target),
                Ok(Found::NotYet { database }) => {
                    Err(Diagnostic::error("no-database", format!("there is no database `{database}` of {name} yet"))
                        .with_help(format!("`limosa --service {name} up` makes it")))
                }
                Err(failure) => Err(failure.diagnostics.into_iter().next().unwrap_or_else(|| {
                    Diagnostic::error("no-database", format!("the database of {name} cannot be told"))
                })),
            };
            owners.push(Owner { service: name, place });
        }
        owners
    }

    /// Stops what was started. Every connection to it must be closed.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let Some(provider) = self.local else { return Ok(()) };
        let stopped = tokio::task::spawn_blocking(move || provider.stop());
        Ok(stopped.await.map_err(std::io::Error::other)??)
    }

    fn url(&self, service: &Service, context: &ClientContext) -> Result<TargetUrl, Failure> {
        let given = self.invocation.global.url.as_deref().map(|text| (text, UrlTemplate::parse(text)));
        let template = match &given {
            Some((_, Ok(template))) => template,
            // What is typed for this one call may hold a password, and may be in libpq's other form.
            Some((text, Err(UrlTemplateError::LiteralPassword(_) | UrlTemplateError::NotPostgres))) => {
                return Ok(TargetUrl::Postgres(SecretUrl::new(*text)));
            }
            Some((_, Err(error))) => {
                return Err(Failure::usage(
                    "invalid-url",
                    format!("--url: {error}"),
                    "`limosa --help` shows an example",
                ));
            }
            None => self.environment.url_of(service),
        };
        let values = TemplateValues {
            service: &service.name,
            database: service.database.as_str(),
            environment: &self.environment.name,
            tenant: None,
        };
        template.resolve(&values, &|name| context.variables.get(name).cloned()).map_err(|error| {
            let diagnostic = Diagnostic::error("no-url", format!("service `{}`: {error}", service.name));
            match &service.declared {
                Some((source, span)) if service.url.is_some() => diagnostic.at(source, *span).into(),
                _ => diagnostic.into(),
            }
        })
    }

    /// The URL of the service's database on the project's own server, and whether that takes one connection at a time.
    async fn local_url(
        &mut self,
        service: &Service,
        missing: Missing,
        waiting: &mut Waiting<'_>,
    ) -> Result<Option<(String, bool)>, Failure> {
        if self.local.is_none() {
            let own = self.project.root.join(OWN_FOLDER);
            let local = local::choose(&self.invocation.environment, &own, scripts(self.parts))?;
            if missing == Missing::Leave && !local.data().exists() {
                return Ok(None);
            }
            keep_out_of_git(&own)?;
            self.local = Some(open(&local, service, waiting).await?);
        }
        let Some(mut provider) = self.local.take() else { return Ok(None) };
        let single = !provider.capabilities().concurrent_connections;
        let database = service.database.clone();
        // Off this thread, which has to finish closing the connection that the server waits for.
        let asked = tokio::task::spawn_blocking(move || {
            let url = match missing {
                Missing::Make => provider.database_url(&database).map(Some),
                Missing::Leave => provider.find_database(&database),
            };
            (provider, url)
        });
        let (provider, url) = asked.await.map_err(|error| Failure::from(std::io::Error::other(error)))?;
        self.local = Some(provider);
        let url = url?;
        Ok(url.map(|url| (url, single)))
    }
}

/// How long to wait for another process on the project's own server, and whom to tell.
pub(crate) struct Waiting<'a> {
    pub(crate) patience: Duration,
    pub(crate) observer: &'a mut dyn Observer,
    pub(crate) stop: &'a StopSignal,
}

/// Opens the server in short tries, so that a request to stop is heard while another process has it.
async fn open(
    local: &local::Local,
    service: &Service,
    waiting: &mut Waiting<'_>,
) -> Result<Box<dyn Provider>, Failure> {
    let begun = Instant::now();
    let mut told = None;
    loop {
        let holder = match local.open() {
            Err(ProviderError::DataFolderInUse { holder, .. }) if begun.elapsed() < waiting.patience => holder,
            Err(ProviderError::DataFolderInUse { folder, holder, .. }) => {
                let waited = begun.elapsed();
                let error = ProviderError::DataFolderInUse { folder, holder, waited };
                return Err(Failure { exit: crate::exit::Exit::TryAgain, ..error.into() });
            }
            result => return Ok(result?),
        };
        if told.as_ref() != Some(&holder) {
            let holder = holder.as_ref().map(ToString::to_string);
            waiting.observer.on(&Event::LockWaiting { service: service.name.to_string(), holder });
        }
        told = Some(holder);
        let mut stop = waiting.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
            () = stop.at_least(Urgency::AfterThis) => {
                return Err(limosa_engine::RunError::Stopped { resumable: None }.into());
            }
        }
    }
}

/// The scripts that `up` may run, of all services that take part.
fn scripts<'p>(parts: &'p [Part<'_>]) -> impl Iterator<Item = &'p str> {
    let versioned = parts.iter().flat_map(|part| &part.set.migrations).map(|migration| &migration.up);
    let repeatable = parts.iter().flat_map(|part| &part.set.repeatables).map(|repeatable| &repeatable.up);
    versioned.chain(repeatable).map(Script::text)
}

/// The folders whose `.env` files a service sees: from its migrations upwards to the project's root.
pub(crate) fn folders(root: &Path, migrations: &Path) -> Vec<PathBuf> {
    migrations.ancestors().map(|folder| root.join(folder)).collect()
}

/// The service's schemas, then `public`, where extensions usually are.
pub(crate) fn search_path(schemas: &[Identifier]) -> Option<String> {
    if schemas.is_empty() {
        return None;
    }
    let mut names: Vec<String> = schemas.iter().map(ToString::to_string).collect();
    if schemas.iter().all(|schema| schema.as_str() != "public") {
        names.push("\"public\"".to_owned());
    }
    Some(names.join(", "))
}

fn keep_out_of_git(own: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(own)?;
    let ignore = own.join(".gitignore");
    if !ignore.exists() {
        std::fs::write(ignore, "*\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unqualified_names_go_to_the_first_schema() {
        let schema = |name: &str| Identifier::new(name).unwrap();
        assert_eq!(search_path(&[]), None);
        assert_eq!(
            search_path(&[schema("Clinic"), schema("audit")]).as_deref(),
            Some(r#""Clinic", "audit", "public""#)
        );
        assert_eq!(search_path(&[schema("public")]).as_deref(), Some(r#""public""#));
    }

    #[test]
    fn env_files_are_looked_for_from_the_migrations_up_to_the_root() {
        let found = folders(Path::new("/p"), Path::new("services/auth/migrations"));
        let expected = ["/p/services/auth/migrations", "/p/services/auth", "/p/services", "/p/"];
        assert_eq!(found, expected.map(PathBuf::from));
    }
}
