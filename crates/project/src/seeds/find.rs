//! From a service's folder to its seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use super::file_name::{ENDINGS, FileName, Format};
use super::{Seed, SeedContent, SeedEntry, SeedName, SeedScope, SeedSettings, TableSettings};
use crate::checks::{own_folder, shown};
use crate::config::seed_entries;
use crate::file::{read_source, unreadable};
use crate::suggest::listed;
use crate::{Checksum, EnvironmentName, Project, Service, did_you_mean};

/// The name of a folder of seeds.
pub(super) const FOLDER: &str = "seeds";

/// The seeds of a service, in the order of their numbers and names: the files of its own folder (`seeds`, or the one
/// beside its migrations) and of the folders in it, each of which is named after the environment that its files are
/// for. Rows are not read yet.
///
/// # Errors
/// All that is wrong with folders, names of files and `[seed]`, together.
pub fn read_seeds(project: &Project, service: &Service) -> Result<Vec<Seed>, Vec<Diagnostic>> {
    let entries = seed_entries(project)?;
    let mut finding = Finding {
        project,
        service,
        entries: &entries,
        names: BTreeSet::new(),
        seeds: Vec::new(),
        problems: Vec::new(),
    };
    match seeds_folder(project, service) {
        Ok(Some(folder)) => finding.descend(&folder),
        Ok(None) => {}
        Err(problems) => finding.problems.extend(problems),
    }
    finding.unknown_entries();
    let Finding { mut seeds, mut problems, .. } = finding;
    problems.extend(duplicates(&seeds));
    if !problems.is_empty() {
        return Err(problems);
    }
    let unnumbered = |seed: &Seed| seed.number.unwrap_or(u64::MAX);
    let is_script = |seed: &Seed| seed.content == SeedContent::Script;
    seeds.sort_by(|a, b| (unnumbered(a), is_script(a), &a.name).cmp(&(unnumbered(b), is_script(b), &b.name)));
    Ok(seeds)
}

/// A script that lies anywhere, read as a seed of its own; `shown` is what people are told of its path.
///
/// # Errors
/// A file that cannot be read, or is no text.
pub fn read_script(path: &Path, shown: &str) -> Result<Seed, Box<Diagnostic>> {
    let source = read_source(path, shown)?;
    let checksum = Checksum::of(&source.text);
    let (name, content) = (SeedName(shown.to_owned()), SeedContent::Script);
    Ok(Seed { name, number: None, source, checksum, scope: SeedScope::Usual, variables: Vec::new(), content })
}

/// The folder of a service's seeds, where there is one.
pub(super) fn seeds_folder(project: &Project, service: &Service) -> Result<Option<PathBuf>, Vec<Diagnostic>> {
    let named = service.seeds.as_ref();
    let mut problems = Vec::new();
    let folder = own_folder(project, service, named, FOLDER, &mut problems);
    // Beside several services, one folder in the root would be everybody's.
    let folder = folder.filter(|folder| named.is_some() || project.services.len() == 1 || folder != Path::new(FOLDER));
    if problems.is_empty() { Ok(folder) } else { Err(problems) }
}

struct Finding<'a> {
    project: &'a Project,
    service: &'a Service,
    entries: &'a [SeedEntry],
    /// Of all files, those that cannot be read as well.
    names: BTreeSet<String>,
    seeds: Vec<Seed>,
    problems: Vec<Diagnostic>,
}

impl<'a> Finding<'a> {
    fn descend(&mut self, folder: &Path) {
        for (path, name, is_folder) in self.list(folder) {
            if !is_folder {
                self.file(&path, &name, None);
                continue;
            }
            let environment = self.project.environments.iter().find(|it| it.name.as_str() == name);
            let Some(environment) = environment else {
                let known = self.project.environments.iter().map(|environment| environment.name.as_str());
                let message = format!("`{}` is no environment's", shown(&path));
                self.problems.push(
                    Diagnostic::error("unknown-environment", format!("the folder {message}"))
                        .with_note("a folder of seeds is named after the environment that its files are for")
                        .with_help(did_you_mean(&name, known)),
                );
                continue;
            };
            for (path, name, is_folder) in self.list(&path) {
                if !is_folder {
                    self.file(&path, &name, Some(&environment.name));
                }
            }
        }
    }

    /// What is in a folder, in the order of the names, without what is hidden.
    fn list(&mut self, folder: &Path) -> Vec<(PathBuf, String, bool)> {
        let entries = match fs::read_dir(self.project.path(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(unreadable(&shown(folder), &error));
                return Vec::new();
            }
        };
        let mut found: Vec<(PathBuf, String, bool)> = entries
            .flatten()
            .map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                // Follows symbolic links.
                let is_folder = entry.path().is_dir();
                (folder.join(entry.file_name()), name, is_folder)
            })
            .filter(|(_, name, _)| !name.starts_with('.'))
            .collect();
        found.sort();
        found
    }

    fn file(&mut self, path: &Path, name: &str, environment: Option<&EnvironmentName>) {
        let Some(file) = FileName::read(name) else {
            if !is_document(name) {
                let endings = ENDINGS.iter().map(|(ending, _)| *ending);
                self.problems.push(
                    Diagnostic::error("unknown-seed-format", format!("`{}` is no form of seeds", shown(path)))
                        .with_help(format!("known endings are {}", listed(endings))),
                );
            }
            return;
        };
        let name = SeedName(match environment {
            Some(environment) => format!("{environment}/{}", file.stem),
            None => file.stem.to_owned(),
        });
        self.names.insert(name.to_string());
        let source = match read_source(&self.project.path(path), &shown(path)) {
            Ok(source) => source,
            Err(problem) => return self.problems.push(*problem),
        };
        let entry = self.entry(&name);
        let settings = entry.map(|entry| entry.settings.clone()).unwrap_or_default();
        if let (Some(entry), Some(environment), [_, ..]) = (entry, environment, settings.environments.as_slice()) {
            let message = format!("`{name}` is for {environment}, as its folder says, and `environments` says more");
            self.problem_of(entry, Diagnostic::error("two-scopes", message).with_help("say it in one place"));
        }
        let scope = match environment {
            Some(environment) => SeedScope::Named(vec![environment.clone()]),
            None if settings.environments.is_empty() => SeedScope::Usual,
            None => SeedScope::Named(settings.environments.clone()),
        };
        let content = match (file.format, settings.for_tables_only().as_slice(), entry) {
            (Format::Sql, [], _) | (Format::Sql, _, None) => Some(SeedContent::Script),
            (Format::Sql, keys, Some(entry)) => {
                let message = format!("`{name}` is a script, for which {} means nothing", listed(keys.iter().copied()));
                self.problem_of(entry, Diagnostic::error("not-for-scripts", message));
                None
            }
            _ => self.table(&file, &settings, &source).map(SeedContent::Table),
        };
        let Some(content) = content else { return };
        let treatment = match &content {
            SeedContent::Table(settings) => settings.identity(),
            SeedContent::Script => String::new(),
        };
        let checksum = Checksum::chained(None, &treatment, Checksum::of(&source.text));
        let variables = settings.variables;
        self.seeds.push(Seed { name, number: file.number, source, checksum, scope, variables, content });
    }

    fn table(
        &mut self,
        file: &FileName<'_>,
        settings: &SeedSettings,
        source: &Arc<SourceFile>,
    ) -> Option<TableSettings> {
        let table = match settings.table.clone().map_or_else(|| file.table(), Ok) {
            Ok(table) => table,
            Err(error) => {
                let error = Diagnostic::error("invalid-name", format!("`{}` names no table: {error}", source.path));
                self.problems.push(error.in_file(source).with_help("name the file after its table"));
                return None;
            }
        };
        let usual = TableSettings::usual(table);
        Some(TableSettings {
            key: settings.key.clone(),
            mode: settings.mode.unwrap_or(usual.mode),
            owner: settings.owner.clone(),
            max_delete: settings.max_delete.unwrap_or(usual.max_delete),
            references: settings.references.clone(),
            null: settings.null.clone().unwrap_or(usual.null),
            delimiter: settings.delimiter.unwrap_or(if file.format == Format::Tsv { '\t' } else { ',' }),
            table: usual.table,
        })
    }

    /// What limosa.toml says of a seed; what it says of this service's comes first.
    fn entry(&self, name: &SeedName) -> Option<&'a SeedEntry> {
        let entries = self.entries;
        let named = || entries.iter().filter(|entry| entry.name == name.as_str());
        let own = named().find(|entry| entry.service.as_ref() == Some(&self.service.name));
        own.or_else(|| named().find(|entry| entry.service.is_none()))
    }

    fn problem_of(&mut self, entry: &SeedEntry, diagnostic: Diagnostic) {
        self.problems.push(match &self.project.source {
            Some(source) => diagnostic.at(source, entry.span),
            None => diagnostic,
        });
    }

    /// Of the settings that are this service's alone, those that no file has.
    fn unknown_entries(&mut self) {
        let alone = self.project.services.len() == 1;
        let (service, entries, names) = (self.service, self.entries, std::mem::take(&mut self.names));
        let mine = |entry: &&SeedEntry| match &entry.service {
            Some(named) => *named == service.name,
            None => alone,
        };
        for entry in entries.iter().filter(mine).filter(|entry| !names.contains(&entry.name)) {
            let message = format!("there is no seed `{}` of service `{}`", entry.name, service.name);
            let help = if names.is_empty() {
                "the name is that of a file in the folder `seeds`, without number and ending".to_owned()
            } else {
                did_you_mean(&entry.name, names.iter().map(String::as_str))
            };
            self.problem_of(entry, Diagnostic::error("unknown-seed", message).with_help(help));
        }
    }
}

/// Whether a file beside seeds is there for people to read.
fn is_document(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name.starts_with("README") || ["md", "txt", "bak"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn duplicates(seeds: &[Seed]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&SeedName, &Seed> = BTreeMap::new();
    let mut problems = Vec::new();
    for seed in seeds {
        if let Some(other) = first.insert(&seed.name, seed) {
            let message = format!("`{}` and `{}` are both called `{}`", other.source.path, seed.source.path, seed.name);
            problems.push(Diagnostic::error("duplicate-seed", message).with_help("rename one, or put them together"));
        }
    }
    problems
}
