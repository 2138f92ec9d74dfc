//! A folder of SQL files is a project without a word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limosa_catalog::Identifier;
use limosa_syntax::{BackfillManner, Diagnostic};

use crate::{CoexistenceSettings, Project, RunSettings, Service, ServiceName};

use super::environments::{Usual, embedded};
use super::{CONFIG_FILE, Loaded};

/// Where tools keep migrations, below the folder of an application. The folder itself comes last.
pub(crate) const CONVENTIONAL: &[&str] = &[
    "migrations",
    "prisma/migrations",
    "supabase/migrations",
    "db/migrations",
    "db/migrate",
    "drizzle",
    "sql/migrations",
    "src/migrations",
    "src/database/migrations",
    "database/migrations",
    "src/main/resources/db/migration",
    ".",
];

/// The first usual folder that holds SQL, in itself or one folder deeper.
pub(crate) fn conventional_folder(base: &Path) -> Option<PathBuf> {
    CONVENTIONAL.iter().find(|folder| holds_migrations(&base.join(folder), **folder == ".")).map(PathBuf::from)
}

/// Whether a folder holds SQL files, or (unless only the folder itself counts) folders that do.
fn holds_migrations(folder: &Path, only_itself: bool) -> bool {
    let is_sql = |path: &Path| path.extension().is_some_and(|extension| extension == "sql");
    let is_up = |path: &Path| ["migration.sql", "up.sql"].iter().any(|name| path.join(name).is_file());
    let paths = || std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let numbered = |path: &Path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
            let name = name.trim_start_matches(['V', 'U']);
            name.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    // The root of an application may hold any SQL, so there only numbered files count.
    if only_itself {
        return folder.join("sqitch.plan").is_file()
            || paths().any(|path| (is_sql(&path) && numbered(&path)) || is_up(&path));
    }
    let deeper = |path: PathBuf| {
        is_up(&path) || std::fs::read_dir(&path).into_iter().flatten().flatten().any(|entry| is_sql(&entry.path()))
    };
    paths().any(|path| is_sql(&path) || (path.is_dir() && deeper(path)))
}

/// The project of a folder without `limosa.toml`.
pub(super) fn project(root: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let nothing = || {
        let message = format!("`{}` holds neither {CONFIG_FILE} nor SQL migrations", root.display());
        let error = Diagnostic::error("no-project", message);
        vec![error.with_help("run `limosa init` here, or name the folder of the project with `-C`")]
    };
    let migrations = conventional_folder(root).ok_or_else(nothing)?;
    let folder = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = ServiceName::from_folder(&folder);
    let run = RunSettings::default();
    let environment = embedded(Usual { run: &run, backfill: &BackfillManner::default() }).ok_or_else(nothing)?;
    let database = Identifier::new(name.as_str()).map_err(|_| nothing())?;
    let history_schema = Identifier::new(super::document::HISTORY_SCHEMA).map_err(|_| nothing())?;
    let ids = super::ids::usual().map_err(|_| nothing())?;
    let service = Service {
        name: name.clone(),
        migrations,
        layout: None,
        after: Vec::new(),
        url: None,
        database,
        owner_role: None,
        schemas: Vec::new(),
        loose: Vec::new(),
        references: Vec::new(),
        schema: None,
        seeds: None,
        checks: None,
        consumers: None,
        coexistence: CoexistenceSettings::default(),
        declared: None,
    };
    let project = Project {
        root: root.to_owned(),
        name: name.to_string(),
        source: None,
        history_schema,
        services: vec![service],
        default_environment: environment.name.clone(),
        environments: vec![environment],
        tenants: None,
        run,
        backup: crate::BackupSettings::default(),
        logs: None,
        ids,
        ignore: Vec::new(),
        raw: BTreeMap::new(),
    };
    Ok(Loaded { project, warnings: Vec::new() })
}
