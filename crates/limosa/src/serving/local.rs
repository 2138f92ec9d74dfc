//! The project's own server: the PostgreSQL inside this program, or one run from binaries of this machine.

use std::path::{Path, PathBuf};
#[cfg(feature = "embedded")]
use std::time::Duration;

use limosa_catalog::ServerMajor;
use limosa_engine::ClientPrograms;
#[cfg(unix)]
use limosa_postgres::provider::binaries::{BinariesProvider, BinariesSettings, BinarySearch};
#[cfg(feature = "embedded")]
use limosa_postgres::provider::embedded::{BundledExtensions, EmbeddedProvider, EmbeddedSettings};
use limosa_postgres::provider::{Provider, ProviderError, ProviderKind};
use limosa_postgres::{Shadow, ShadowIdentity};
use limosa_syntax::Diagnostic;

use crate::environment::Environment;
use crate::failure::Failure;

/// Names folders with server binaries, which are then used in place of the embedded server.
const BINARIES: &str = "LIMOSA_PG_BIN";

/// Which server, with its data folder.
pub(super) enum Local {
    #[cfg(feature = "embedded")]
    Embedded(EmbeddedSettings, PathBuf),
    #[cfg(unix)]
    Binaries(BinariesSettings, PathBuf),
}

impl Local {
    /// Where its data is, or will be.
    pub(super) fn data(&self) -> &Path {
        match self {
            #[cfg(feature = "embedded")]
            Self::Embedded(_, data) => data,
            #[cfg(unix)]
            Self::Binaries(_, data) => data,
        }
    }

    /// Opens it; one try.
    pub(super) fn open(&self) -> Result<Box<dyn Provider>, ProviderError> {
        Ok(match self {
            #[cfg(feature = "embedded")]
            Self::Embedded(settings, _) => Box::new(EmbeddedProvider::open(settings.clone())?),
            #[cfg(unix)]
            Self::Binaries(settings, _) => Box::new(BinariesProvider::new(settings)?),
        })
    }
}

/// The embedded server, unless binaries are named or this build has none inside. Each major version has a data folder
/// of its own, since none reads another's. `scripts` are those that may run on it.
pub(super) fn choose<'t>(
    environment: &Environment,
    own: &Path,
    scripts: impl IntoIterator<Item = &'t str>,
) -> Result<Local, Failure> {
    let named = named(environment);
    #[cfg(feature = "embedded")]
    if named.is_empty() {
        let data = own.join(format!("pg{}", EmbeddedProvider::major()));
        let settings = EmbeddedSettings {
            data: Some(data.clone()),
            temporary: environment.temporary.clone(),
            patience: Duration::ZERO,
            host: environment.host.clone(),
            extensions: BundledExtensions::named_in(scripts),
        };
        return Ok(Local::Embedded(settings, data));
    }
    #[cfg(not(feature = "embedded"))]
    drop(scripts);
    binaries(environment, own, named)
}

#[cfg(unix)]
fn binaries(environment: &Environment, own: &Path, named: Vec<PathBuf>) -> Result<Local, Failure> {
    let search = BinarySearch { named, path: environment.path.clone(), usual_folders: true };
    let major = search.find(None)?.version().major();
    let data = own.join(format!("server{major}"));
    let settings = BinariesSettings {
        search,
        major: Some(major),
        data: Some(data.clone()),
        temporary: environment.temporary.clone(),
    };
    Ok(Local::Binaries(settings, data))
}

#[cfg(not(unix))]
fn binaries(_: &Environment, _: &Path, _: Vec<PathBuf>) -> Result<Local, Failure> {
    Err(Failure::usage(
        "no-server",
        "server binaries are run on Unix only",
        "give the environment a `url`, or use the PostgreSQL inside limosa",
    ))
}

/// A throw-away server for questions, not started yet. Of the major version that is wanted where binaries of it are
/// found, else the embedded one.
pub(crate) fn shadow<'t>(
    environment: &Environment,
    major: Option<ServerMajor>,
    scripts: impl IntoIterator<Item = &'t str>,
) -> Result<Shadow, Failure> {
    let named = named(environment);
    #[cfg(not(feature = "embedded"))]
    drop(scripts);
    #[cfg(unix)]
    {
        let wanted = major.filter(|major| !named.is_empty() || !is_embedded(*major));
        let search = BinarySearch { named: named.clone(), path: environment.path.clone(), usual_folders: true };
        let use_binaries = wanted.is_some() || !named.is_empty() || cfg!(not(feature = "embedded"));
        let found = search.find(wanted);
        let found = if named.is_empty() { found } else { found.or_else(|_| search.find(None)) };
        if use_binaries && let Ok(found) = found {
            let temporary = environment.temporary.clone();
            let (kind, version) = (ProviderKind::Binaries, found.version());
            let identity = ShadowIdentity { kind, version };
            let settings = BinariesSettings { search, major: Some(version.major()), data: None, temporary };
            return Ok(Shadow::on(identity, move || Ok(Box::new(BinariesProvider::new(&settings)?))));
        }
    }
    #[cfg(feature = "embedded")]
    {
        let settings = EmbeddedSettings {
            data: None,
            temporary: environment.temporary.clone(),
            patience: Duration::ZERO,
            host: environment.host.clone(),
            extensions: BundledExtensions::named_in(scripts),
        };
        let identity = ShadowIdentity { kind: ProviderKind::Embedded, version: EmbeddedProvider::version() };
        Ok(Shadow::on(identity, move || Ok(Box::new(EmbeddedProvider::open(settings)?))))
    }
    #[cfg(not(feature = "embedded"))]
    Err(Failure::usage(
        "no-shadow",
        "there are no PostgreSQL server binaries to compute with, and this limosa has no server inside",
        "install PostgreSQL, or name the folder with `initdb` and `postgres` in LIMOSA_PG_BIN",
    ))
}

/// A throw-away server that several sessions can use at once, not started yet: of the major version that is wanted
/// where binaries of it are found, else of the newest.
#[cfg(unix)]
pub(crate) fn native_shadow(environment: &Environment, major: Option<ServerMajor>) -> Result<Shadow, Failure> {
    let search = BinarySearch { named: named(environment), path: environment.path.clone(), usual_folders: true };
    let newest = || search.find(None).map_err(|error| no_binaries(&error));
    let found = match major.map(|major| search.find(Some(major))) {
        Some(Ok(found)) => found,
        Some(Err(_)) | None => newest()?,
    };
    let identity = ShadowIdentity { kind: ProviderKind::Binaries, version: found.version() };
    let (major, temporary) = (Some(found.version().major()), environment.temporary.clone());
    let settings = BinariesSettings { search, major, data: None, temporary };
    Ok(Shadow::on(identity, move || Ok(Box::new(BinariesProvider::new(&settings)?))))
}

#[cfg(not(unix))]
pub(crate) fn native_shadow(_: &Environment, _: Option<ServerMajor>) -> Result<Shadow, Failure> {
    Err(Failure::usage("no-server-binaries", "server binaries are run on Unix only", "trace on another machine"))
}

/// Why nothing can be traced.
#[cfg(unix)]
fn no_binaries(error: &ProviderError) -> Failure {
    Diagnostic::error("no-server-binaries", "a trace needs PostgreSQL server binaries, and none can be used")
        .with_note(error.to_string())
        .with_note("one session runs, and others look on; the PostgreSQL inside limosa takes one connection at a time")
        .with_help(
            "install a PostgreSQL server package, or name the folder with `initdb` and `postgres` in LIMOSA_PG_BIN",
        )
        .into()
}

/// The folders with server binaries that the user names.
fn named(environment: &Environment) -> Vec<PathBuf> {
    let value = environment.variable(BINARIES).filter(|value| !value.is_empty());
    value.map(|value| std::env::split_paths(value).collect()).unwrap_or_default()
}

#[cfg(all(unix, feature = "embedded"))]
fn is_embedded(major: ServerMajor) -> bool {
    major == EmbeddedProvider::major()
}

#[cfg(all(unix, not(feature = "embedded")))]
fn is_embedded(_: ServerMajor) -> bool {
    false
}

/// The programs of PostgreSQL that save and put back databases. Root may run them: they are clients.
#[cfg(unix)]
pub(crate) fn client_programs(environment: &Environment) -> ClientPrograms {
    let search = BinarySearch { named: named(environment), path: environment.path.clone(), usual_folders: true };
    ClientPrograms { dump: search.client_programs("pg_dump"), restore: search.client_programs("pg_restore") }
}

#[cfg(not(unix))]
pub(crate) fn client_programs(_: &Environment) -> ClientPrograms {
    ClientPrograms::default()
}
