//! Schemas by the names that people give them on the command line, as catalogs.

mod warnings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier, Rename, ServerMajor};
use limosa_engine::{DesiredError, Event, Observer, RunError, live_catalog, load_schema, replay};
use limosa_plan::{AcceptError, AcceptedRename, accept, accept_annotated};
use limosa_postgres::{ConnectError, ConnectionSettings, FactsError, IntrospectError, Session, Shadow};
use limosa_project::{DeclaredSchema, EnvironmentName, MigrationSet, Project, Service, read_migrations};
use limosa_syntax::{Diagnostic, RenamedFrom, Script, SourceFile, renamed_from};

use self::warnings::{missing_roles, not_seen};
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::selection;
use crate::serving::{Found, Missing, Serving, Waiting, shadow};
use crate::signals;
use crate::terms::Terms;

/// The names of all roles. One scan of `pg_authid`, which holds few rows.
const ROLES_SQL: &str = "SELECT rolname::text FROM pg_catalog.pg_roles";

/// One schema, as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// `db`.
    Database,
    /// `env:NAME`.
    Environment(EnvironmentName),
    /// A URL.
    Url(String),
    /// `migrations`.
    Migrations,
    /// `schema`.
    Schema,
    /// A file or folder of SQL.
    Files(PathBuf),
    /// A saved catalog.
    Snapshot(PathBuf),
    /// `cmd:…`.
    Command(String),
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_url = text.starts_with("postgresql://") || text.starts_with("postgres://");
        Ok(match text {
            "db" => Self::Database,
            "migrations" => Self::Migrations,
            "schema" => Self::Schema,
            _ if is_url => Self::Url(text.to_owned()),
            _ => match text.split_once(':') {
                Some(("env", name)) => {
                    Self::Environment(EnvironmentName::new(name).map_err(|error| error.to_string())?)
                }
                Some(("cmd", command)) => Self::Command(command.to_owned()),
                _ if Path::new(text).extension().is_some_and(|it| it == "json") => Self::Snapshot(text.into()),
                _ => Self::Files(text.into()),
            },
        })
    }
}

impl Side {
    /// Whether it says who owns what. What a shadow makes belongs to the shadow's own role, which means nothing.
    pub(crate) fn says_owners(&self) -> bool {
        matches!(self, Self::Database | Self::Environment(_) | Self::Url(_) | Self::Snapshot(_))
    }
}

/// Reads and computes catalogs; a shadow is started with the first that needs one.
pub(crate) struct Schemas<'a> {
    invocation: &'a Invocation,
    /// Where files are named without a project, there is none.
    project: Option<Project>,
    shadow: Option<Shadow>,
    /// What will run in it.
    scripts: Vec<String>,
    /// The roles of the server that would be changed.
    roles: Option<BTreeSet<Identifier>>,
    /// What the files of the wanted schema say that they renamed.
    annotated: Vec<AcceptedRename>,
}

/// A side with what is on disk of it.
enum Source {
    Url(String),
    Live(Option<EnvironmentName>),
    Snapshot(Box<Catalog>),
    Files(Vec<Arc<SourceFile>>),
    Migrations(Box<MigrationSet>),
}

impl Source {
    /// Whether a server has it already.
    fn is_live(&self) -> bool {
        matches!(self, Self::Url(_) | Self::Live(_))
    }

    /// What its files say of earlier names.
    fn annotated(&self) -> Vec<AcceptedRename> {
        let Self::Files(files) = self else { return Vec::new() };
        let of_file = |file: &Arc<SourceFile>| renamed_from(&file.text, &Script::parse(&file.text));
        let accepted = |said: RenamedFrom| {
            let RenamedFrom { kind, path, old, .. } = said;
            old.into_iter().map(move |old| AcceptedRename::annotated(&kind, path.clone(), old)).collect::<Vec<_>>()
        };
        files.iter().flat_map(of_file).flat_map(accepted).collect()
    }

    /// The SQL that will run in a shadow.
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Files(files) => files.iter().map(|file| &*file.text).collect(),
            Self::Migrations(set) => set.migrations.iter().map(|migration| migration.up.text()).collect(),
            _ => Vec::new(),
        }
    }
}

struct Quiet;

impl Observer for Quiet {
    fn on(&mut self, _: &Event) {}
}

impl<'a> Schemas<'a> {
    pub(crate) fn new(invocation: &'a Invocation) -> Result<Self, Failure> {
        let project = match invocation.project() {
            Ok(project) => Some(project),
            Err(failure) if failure.diagnostics.iter().all(|it| it.code.0 == "no-project") => None,
            Err(failure) => return Err(failure),
        };
        let (roles, annotated) = (None, Vec::new());
        Ok(Self { invocation, project, shadow: None, scripts: Vec::new(), roles, annotated })
    }

    /// The project, where there is one.
    pub(crate) fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// Both catalogs. What is live is read first, so that a shadow can be of the same major version.
    pub(crate) async fn both(&mut self, from: &Side, to: &Side) -> Result<(Catalog, Catalog), Failure> {
        let says_owners = to.says_owners();
        let (from, to) = (self.gather(from)?, self.gather(to)?);
        self.annotated = to.annotated();
        let scripts: Vec<String> = [&from, &to].iter().flat_map(|side| side.texts()).map(str::to_owned).collect();
        self.scripts = scripts;
        let changes_server = from.is_live();
        let (from, to) = if from.is_live() || !to.is_live() {
            let from = self.catalog(from, None).await?;
            let to = self.catalog(to, Some(from.major())).await?;
            (from, to)
        } else {
            let to = self.catalog(to, None).await?;
            let from = self.catalog(from, Some(to.major())).await?;
            (from, to)
        };
        if !changes_server {
            self.roles = None;
        }
        let unseen = [&from, &to].into_iter().flat_map(|catalog| catalog.unseen());
        let mut warnings: Vec<Diagnostic> = unseen.map(|what| not_seen(what)).collect();
        warnings.extend(self.roles.iter().flat_map(|roles| missing_roles(&to, says_owners, roles)));
        self.invocation.warn(&warnings);
        Ok((from, to))
    }

    /// One catalog.
    pub(crate) async fn one(&mut self, side: &Side) -> Result<Catalog, Failure> {
        let source = self.gather(side)?;
        self.scripts = source.texts().into_iter().map(str::to_owned).collect();
        let catalog = self.catalog(source, None).await?;
        self.invocation.warn(&catalog.unseen().iter().map(|what| not_seen(what)).collect::<Vec<_>>());
        Ok(catalog)
    }

    /// The renames on the way between two catalogs: those accepted on the command line, and those that the wanted
    /// schema's files tell of.
    pub(crate) fn renames(
        &self,
        (from, to): (&Catalog, &Catalog),
        accepted: &[AcceptedRename],
    ) -> Result<Vec<Rename>, Failure> {
        let wrong = |error: AcceptError| Failure::usage("rename", error.to_string(), "see `limosa diff --help`");
        let mut renames = accept(from, to, accepted).map_err(wrong)?;
        let told = accept_annotated(from, to, &self.annotated).map_err(wrong)?;
        let is_said =
            |rename: &Rename| renames.iter().any(|it| it.words() == rename.words() && it.path() == rename.path());
        let told: Vec<_> = told.into_iter().filter(|rename| !is_said(rename)).collect();
        renames.extend(told);
        Ok(renames)
    }

    /// Stops the shadow, if one was started.
    pub(crate) async fn stop(&mut self) -> Result<(), Failure> {
        match self.shadow.take() {
            Some(shadow) => Ok(shadow.stop().await?),
            None => Ok(()),
        }
    }

    /// What is on disk of a side, before anything is computed.
    fn gather(&self, side: &Side) -> Result<Source, Failure> {
        Ok(match side {
            Side::Url(url) => Source::Url(url.clone()),
            Side::Database => Source::Live(None),
            Side::Environment(name) => Source::Live(Some(name.clone())),
            Side::Snapshot(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
                let catalog = Catalog::from_snapshot(&text).map_err(|error| {
                    Diagnostic::error("snapshot", format!("`{}` is no saved catalog: {error}", path.display()))
                })?;
                Source::Snapshot(Box::new(catalog))
            }
            Side::Files(path) => Source::Files(sql_files(path, &path.to_string_lossy())?),
            Side::Command(command) => Source::Files(vec![printed_by(command, Path::new("."))?]),
            Side::Schema => {
                let (project, service) = self.service()?;
                let Some(schema) = service.schema.clone() else {
                    return Err(Failure::usage(
                        "no-schema",
                        format!("service `{}` declares no schema", service.name),
                        "name its file or folder in limosa.toml: `schema = \"schema.sql\"`",
                    ));
                };
                Source::Files(declared(project, &schema)?)
            }
            Side::Migrations => {
                let (project, service) = self.service()?;
                Source::Migrations(Box::new(read_migrations(project, service).map_err(Failure::findings)?))
            }
        })
    }

    /// One catalog; a shadow is of this major version where that can be had.
    async fn catalog(&mut self, source: Source, major: Option<ServerMajor>) -> Result<Catalog, Failure> {
        let history_schema = self.history_schema()?;
        match source {
            Source::Url(url) => {
                let context = self.invocation.environment.with_files(&[])?;
                let live = read(&ConnectionSettings::resolve(&url, &context)?, &history_schema, None).await?;
                Ok(self.keep_roles(live))
            }
            Source::Live(environment) => self.live(environment).await,
            Source::Snapshot(catalog) => Ok(*catalog),
            Source::Files(files) => {
                let known = self.invocation.known();
                Ok(load_schema(self.shadow(major)?, &files, &[history_schema], &known).await?)
            }
            Source::Migrations(set) => self.replayed(&set, major).await,
        }
    }

    /// What the service's migrations lead to.
    async fn replayed(&mut self, set: &MigrationSet, major: Option<ServerMajor>) -> Result<Catalog, Failure> {
        let (project, service) = self.service()?;
        let terms = Terms::of(self.invocation, project, service)?;
        let known = self.invocation.known();
        Ok(replay(self.shadow(major)?, set, &terms.replay(), &known).await?)
    }

    /// The service's database in an environment.
    async fn live(&mut self, environment: Option<EnvironmentName>) -> Result<Catalog, Failure> {
        let (project, service) = self.service()?;
        let wanted = environment.as_ref().or(self.invocation.global.env.as_ref());
        let environment = selection::environment(project, wanted)?;
        let stop = signals::listen();
        let mut serving = Serving::new(self.invocation, project, environment, &[]);
        let found = {
            let mut waiting =
                Waiting { patience: std::time::Duration::from_secs(30), observer: &mut Quiet, stop: &stop };
            serving.target(service, Missing::Leave, &mut waiting).await?
        };
        let live = match found {
            Found::Target(target) => read(&target.settings, &target.history_schema, target.owner_role.as_ref()).await,
            Found::NotYet { database } => Err(Failure::usage(
                "no-database",
                format!("database `{database}` is not there yet"),
                "`limosa up` makes it; to compare with nothing, name an empty file",
            )),
        };
        serving.stop().await?;
        Ok(self.keep_roles(live?))
    }

    /// Keeps the roles of the server that was asked first.
    fn keep_roles(&mut self, live: Live) -> Catalog {
        self.roles.get_or_insert(live.roles);
        live.catalog
    }

    fn service(&self) -> Result<(&Project, &Service), Failure> {
        let Some(project) = &self.project else {
            return Err(Failure::usage("no-project", "there is no project here", "run `limosa init`, or name files"));
        };
        match selection::services(project, &self.invocation.global.services)?.as_slice() {
            [only] => Ok((project, only)),
            _ => Err(Failure::usage(
                "name-the-service",
                "a schema belongs to one service",
                format!("name it: `limosa --service {} …`", project.services[0].name),
            )),
        }
    }

    fn history_schema(&self) -> Result<Identifier, Failure> {
        match &self.project {
            Some(project) => Ok(project.history_schema.clone()),
            None => Identifier::new("limosa")
                .map_err(|error| Failure::usage("history-schema", error.to_string(), "run it in a project")),
        }
    }

    fn shadow(&mut self, major: Option<ServerMajor>) -> Result<&mut Shadow, Failure> {
        if self.shadow.is_none() {
            let shadow = shadow(&self.invocation.environment, major, self.scripts.iter().map(String::as_str))?;
            let found = shadow.major();
            if let Some(wanted) = major.filter(|wanted| *wanted != found) {
                let message = format!("the shadow is PostgreSQL {found}, and the other side is PostgreSQL {wanted}");
                self.invocation.warn(&[Diagnostic::warning("other-major", message)
                    .with_note("expressions may print differently, and from 18 on NOT NULL is a constraint")
                    .with_help(format!("install PostgreSQL {wanted}, or name its folder in LIMOSA_PG_BIN"))]);
            }
            self.shadow = Some(shadow);
        }
        self.shadow.as_mut().ok_or_else(|| Failure::usage("no-shadow", "there is no shadow", "run it again"))
    }
}

/// What a server has.
struct Live {
    catalog: Catalog,
    roles: BTreeSet<Identifier>,
}

async fn read(
    settings: &ConnectionSettings,
    history_schema: &Identifier,
    owner: Option<&Identifier>,
) -> Result<Live, Failure> {
    let session = Session::connect(settings).await?;
    let catalog = live_catalog(&session, history_schema, owner).await;
    let roles = session.query(ROLES_SQL, &[]).await;
    session.close().await;
    let roles = roles.map_err(RunError::from)?;
    let roles = roles.iter().filter_map(|row| Identifier::new(row.get::<_, &str>(0)).ok()).collect();
    Ok(Live { catalog: catalog?, roles })
}

/// A file, or all `.sql` files below a folder in the order of their paths.
fn sql_files(path: &Path, shown: &str) -> Result<Vec<Arc<SourceFile>>, Failure> {
    let mut paths = Vec::new();
    collect(path, &mut paths).map_err(|error| unreadable(path, &error))?;
    paths.sort();
    if paths.is_empty() {
        let help = "a schema is a file of SQL, or a folder with `.sql` files in it";
        return Err(Failure::usage("no-sql", format!("`{shown}` holds no SQL files"), help));
    }
    let file = |found: &PathBuf| {
        let text = std::fs::read(found).map_err(|error| unreadable(found, &error))?;
        let name = match found.strip_prefix(path) {
            Ok(rest) if rest != Path::new("") => format!("{shown}/{}", rest.to_string_lossy().replace('\\', "/")),
            _ => shown.to_owned(),
        };
        let text = String::from_utf8(text).map_err(|_| {
            Failure::usage("not-utf8", format!("`{name}` is not UTF-8"), "convert it, for example with iconv")
        })?;
        Ok(Arc::new(SourceFile { path: name, text: text.into() }))
    };
    paths.iter().map(file).collect()
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "sql") {
            collect(&entry, found)?;
        }
    }
    Ok(())
}

/// What a service declares.
pub(crate) fn declared(project: &Project, schema: &DeclaredSchema) -> Result<Vec<Arc<SourceFile>>, Failure> {
    match schema {
        DeclaredSchema::Files(path) => sql_files(&project.path(path), &schema.to_string()),
        DeclaredSchema::Command(command) => Ok(vec![printed_by(command, &project.root)?]),
    }
}

/// What a command of the user's shell prints, run in a folder.
fn printed_by(command: &str, folder: &Path) -> Result<Arc<SourceFile>, Failure> {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    let output = shell.args([if cfg!(windows) { "/C" } else { "-c" }, command]).current_dir(folder).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let error = Diagnostic::error("command", format!("`{command}` ended with {}", output.status)).with_note(said);
        return Err(error.with_help("run it by hand: it has to print SQL").into());
    }
    let text = String::from_utf8(output.stdout).map_err(|_| {
        Failure::usage("not-utf8", format!("`{command}` prints something else than UTF-8"), "it has to print SQL")
    })?;
    Ok(Arc::new(SourceFile { path: format!("cmd:{command}"), text: text.into() }))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage("unreadable", format!("`{}` cannot be read: {error}", path.display()), "check the path")
}

impl From<DesiredError> for Failure {
    fn from(error: DesiredError) -> Self {
        let findings = matches!(error, DesiredError::Schema(_) | DesiredError::Replay(_));
        let diagnostics = error.diagnostics();
        if findings { Self::findings(diagnostics) } else { diagnostics.into() }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        RunError::from(error).into()
    }
}

impl From<IntrospectError> for Failure {
    fn from(error: IntrospectError) -> Self {
        match error {
            IntrospectError::Facts(FactsError::Server(error)) | IntrospectError::Server(error) => {
                RunError::from(error).into()
            }
            other => Diagnostic::error("catalog", other.to_string()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_name_a_schema() {
        let side = |text: &str| text.parse::<Side>().unwrap();
        assert_eq!(side("db"), Side::Database);
        assert_eq!(side("postgres://h/d"), Side::Url("postgres://h/d".into()));
        assert_eq!(side("env:prod"), Side::Environment(EnvironmentName::new("prod").unwrap()));
        assert_eq!(side("cmd:pg_dump -s x"), Side::Command("pg_dump -s x".into()));
        assert_eq!(side("a/schema.sql"), Side::Files("a/schema.sql".into()));
        assert_eq!(side("then.json"), Side::Snapshot("then.json".into()));
        assert!("env:Not A Name".parse::<Side>().is_err());
    }
}
