//! Which tool has managed a folder so far.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{LayoutName, ToolName};

/// Packages of the JavaScript world, and the tools that they are. The more telling ones come first: many programs use
/// knex for their queries.
const PACKAGES: &[(&str, ToolName)] = &[
    ("sequelize-cli", ToolName::Sequelize),
    ("node-pg-migrate", ToolName::NodePgMigrate),
    ("typeorm", ToolName::TypeOrm),
    ("knex", ToolName::Knex),
    ("sequelize", ToolName::Sequelize),
];

/// Folders with migrations that are programs, below the folder of an application.
const FOLDERS: &[&str] =
    &["migrations", "src/migrations", "src/database/migrations", "database/migrations", "db/migrations"];

/// The tool of a folder whose migrations are SQL.
pub(super) fn of_layout(application: &Path, migrations: &Path, layout: LayoutName) -> Option<ToolName> {
    layout.as_str().parse().ok().or_else(|| has_programs(migrations).then(|| of_packages(application)).flatten())
}

/// A folder whose migrations are programs: whose they are, and where Limosa's own can be.
pub(super) fn of_programs(application: &Path) -> Option<(ToolName, PathBuf)> {
    let own = || application.join("migrations");
    if application.join("manage.py").is_file() {
        return Some((ToolName::Django, own()));
    }
    if application.join("alembic.ini").is_file() {
        return Some((ToolName::Alembic, own()));
    }
    if names(&application.join("db/migrate")).any(|name| name.ends_with(".rb")) {
        return Some((ToolName::Rails, own()));
    }
    // Tools of JavaScript pass over SQL files, and Limosa over programs, so one folder can hold both.
    let folder = FOLDERS.iter().map(|folder| application.join(folder)).find(|folder| has_programs(folder))?;
    Some((of_packages(application)?, folder))
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Whether numbered programs of JavaScript or TypeScript lie in a folder.
fn has_programs(folder: &Path) -> bool {
    let is_program = |name: &str| [".js", ".cjs", ".mjs", ".ts"].iter().any(|ending| name.ends_with(ending));
    names(folder).any(|name| name.starts_with(|c: char| c.is_ascii_digit()) && is_program(&name))
}

/// The tool that the packages of an application name.
fn of_packages(application: &Path) -> Option<ToolName> {
    let text = fs::read_to_string(application.join("package.json")).ok()?;
    let package: Value = serde_json::from_str(&text).ok()?;
    let is_used = |name: &str| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|kind| package.get(kind).is_some_and(|kind| kind.get(name).is_some()))
    };
    PACKAGES.iter().find(|(name, _)| is_used(name)).map(|(_, tool)| *tool)
}
