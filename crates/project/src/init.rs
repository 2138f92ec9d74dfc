//! Recognising what a folder already uses, and proposing the `limosa.toml` that says so.

mod tool;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_syntax::Diagnostic;

use crate::config::conventional_folder;
use crate::folder::Folder;
use crate::layout::choose;
use crate::{CONFIG_FILE, LayoutName, ServiceName, ToolName};

/// How deep services are looked for: `apps/<group>/<service>`.
const MAX_DEPTH: usize = 3;

/// Folders that hold no services of the project itself.
const SKIPPED: &[&str] = &["node_modules", "target", "vendor", "dist", "build", "migrations"];

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The services, in the order of their folders.
    pub services: Vec<ProposedService>,
    /// The text of a `limosa.toml` that declares them.
    pub toml: String,
    /// What could not be made out.
    pub warnings: Vec<Diagnostic>,
}

/// One recognised service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedService {
    /// A name from its folder, without endings such as `-service`.
    pub name: ServiceName,
    /// Its migrations, relative to the folder that was looked at, forward slashes. Where nothing was recognised the one
    /// proposed folder is not there yet, and has to be made.
    pub migrations: String,
    /// The layout they are in.
    pub layout: LayoutName,
    /// The tool that has managed them so far, where one was made out.
    pub tool: Option<ToolName>,
}

/// Looks at a folder and proposes its `limosa.toml`. Reads only.
///
/// # Errors
/// A folder that cannot be read, or one that has a `limosa.toml` already.
pub fn recognise(dir: &Path) -> Result<Proposal, Vec<Diagnostic>> {
    if let Err(error) = fs::read_dir(dir) {
        return Err(vec![crate::file::unreadable(&dir.to_string_lossy(), &error)]);
    }
    if dir.join(CONFIG_FILE).exists() {
        let error = Diagnostic::error("already-a-project", format!("`{CONFIG_FILE}` is already there"));
        return Err(vec![error.with_help("edit it, or remove it to start anew")]);
    }
    let dir = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    let mut found = Vec::new();
    look(&dir, &dir, 0, &mut found);
    let mut warnings = Vec::new();
    let project = folder_name(&dir);
    let mut taken = HashSet::new();
    let mut services = Vec::new();
    for (base, migrations) in found {
        let shown = slashed(migrations.strip_prefix(&dir).unwrap_or(&migrations));
        let (folder, _) = Folder::read(&migrations, &shown);
        let layout = choose(&folder, None).unwrap_or_else(|problem| {
            warnings.push(*problem);
            LayoutName::Plain
        });
        let name = free_name(&if base == dir { project.clone() } else { folder_name(&base) }, &mut taken);
        let tool = tool::of_layout(&base, &migrations, layout)
            .or_else(|| tool::of_programs(&base).filter(|(_, own)| *own == migrations).map(|(tool, _)| tool));
        let migrations = if shown.is_empty() { ".".to_owned() } else { shown };
        services.push(ProposedService { name, migrations, layout, tool });
    }
    if services.is_empty() {
        let name = free_name(&project, &mut taken);
        let (migrations, layout) = ("migrations".to_owned(), LayoutName::Plain);
        services.push(ProposedService { name, migrations, layout, tool: None });
    }
    let toml = render(&project, &services);
    Ok(Proposal { services, toml, warnings })
}

/// Collects folders with migrations, each with the folder of the application that they belong to.
fn look(dir: &Path, root: &Path, depth: usize, found: &mut Vec<(PathBuf, PathBuf)>) {
    let of_programs = || tool::of_programs(dir).map(|(_, migrations)| migrations);
    if let Some(migrations) = conventional_folder(dir).map(|folder| dir.join(folder)).or_else(of_programs) {
        let migrations = if migrations == dir.join(".") { dir.to_owned() } else { migrations };
        found.push((dir.to_owned(), migrations));
        if dir != root {
            return;
        }
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    for folder in folders {
        let name = folder_name(&folder);
        let within =
            found.iter().any(|(_, migrations)| folder.starts_with(migrations) || migrations.starts_with(&folder));
        if depth < MAX_DEPTH && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) && !within {
            look(&folder, root, depth + 1, found);
        }
    }
}

fn folder_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A name that no other service has.
fn free_name(folder: &str, taken: &mut HashSet<ServiceName>) -> ServiceName {
    let short =
        ["-service", "_service", "-svc"].iter().find_map(|ending| folder.strip_suffix(ending)).unwrap_or(folder);
    let name = ServiceName::from_folder(short);
    let numbered = (2..).map(|number| ServiceName::from_folder(&format!("{short}-{number}")));
    for candidate in std::iter::once(name.clone()).chain(numbered) {
        if taken.insert(candidate.clone()) {
            return candidate;
        }
    }
    name
}

fn render(project: &str, services: &[ProposedService]) -> String {
    let mut toml = format!("[project]\nname = {}\n", quoted(project));
    // Writing to a String cannot fail.
    if let [only] = services {
        let _ = writeln!(toml, "migrations = {}\nlayout = \"{}\"", quoted(&only.migrations), only.layout);
    }
    toml.push_str("\n# The PostgreSQL inside Limosa; nothing to install.\n[env.dev]\nurl = \"embedded\"\n");
    toml.push_str("\n# [env.prod]\n# url = \"env:DATABASE_URL\"\n# confirm = true\n");
    if services.len() > 1 {
        for service in services {
            let _ = write!(
                toml,
                "\n[service.{}]\nmigrations = {}\nlayout = \"{}\"\n",
                service.name,
                quoted(&service.migrations),
                service.layout
            );
        }
    }
    toml
}

fn quoted(text: &str) -> String {
    // The escapes of JSON strings are escapes of TOML strings as well.
    serde_json::Value::String(text.to_owned()).to_string()
}
