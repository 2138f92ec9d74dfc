//! From a service's folder to its migrations.

use std::collections::HashSet;
use std::fs;

use limosa_syntax::Diagnostic;

use crate::file::unreadable;
use crate::folder::{Folder, FolderFile, joined};
use crate::layout::{Entry, Found, Layout, Numbering, Sections, choose, suggested};
use crate::renumber::read_record;
use crate::squash::{ARCHIVE, squashed, within_archive};
use crate::sum::read_sum;
use crate::{
    Checksum, LooseFile, Migration, MigrationName, MigrationSet, Project, RenumberRecord, Repeatable, Script, Service,
    SumState, TransactionMode, files_are_half_changed,
};

/// Reads the migrations folder of a service.
///
/// # Errors
/// All that is wrong with the folder and its files, together: a folder that is missing or is a file, files that are not
/// UTF-8 or cannot be read, a layout that is not clear, two different down scripts for one migration …
pub fn read_migrations(project: &Project, service: &Service) -> Result<MigrationSet, Vec<Diagnostic>> {
    let path = project.path(&service.migrations);
    let shown = shown_folder(service);
    match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(vec![missing_folder(service, &shown)]);
        }
        Err(error) => return Err(vec![unreadable(&shown, &error)]),
        Ok(found) if !found.is_dir() => {
            let message = format!("`{shown}` is a file; expected the migrations folder of `{}`", service.name);
            let error = Diagnostic::error("file-not-folder", message);
            return Err(vec![error.with_help("name the folder that holds the file")]);
        }
        Ok(_) => {}
    }
    let (mut folder, mut problems) = Folder::read(&path, &shown);
    let archive = folder.part_off(ARCHIVE);
    let layout = choose(&folder, service.layout).map_err(|problem| {
        problems.push(*problem);
        std::mem::take(&mut problems)
    })?;
    let mut gathering = Gathering { folder: &folder, rules: layout.rules(), problems, used: HashSet::new() };
    let (migrations, repeatables) = gathering.gather(service);
    let sum = read_sum(folder.file(crate::SUM_FILE).and_then(|file| file.source.as_ref()));
    let renumbered = read_record(folder.file(crate::RENUMBER_FILE).and_then(|file| file.source.as_ref()));
    let renumbered = renumbered.unwrap_or_else(|problem| {
        gathering.problems.push(*problem);
        RenumberRecord::default()
    });
    if files_are_half_changed(&path) {
        gathering.problems.push(half_changed(&shown));
    }
    let mut problems = gathering.problems;
    let archived = archive.map(|archive| archived(&archive, service, layout.rules(), &mut problems));
    let (errors, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(Diagnostic::is_error);
    if !errors.is_empty() {
        return Err(errors.into_iter().chain(warnings).collect());
    }
    let mut set = MigrationSet {
        folder: path,
        shown_folder: shown,
        layout,
        migrations,
        repeatables,
        sum,
        renumbered,
        squashed: None,
        warnings,
    };
    set.squashed = squashed(&set, archived)?.map(Box::new);
    Ok(set)
}

/// The migrations of an archive, and its sum.
fn archived(
    archive: &Folder,
    service: &Service,
    rules: &'static dyn Layout,
    problems: &mut Vec<Diagnostic>,
) -> (Vec<Migration>, SumState) {
    // What limosa.toml says of loose files is meant for those that are not archived.
    let service = Service { loose: Vec::new(), ..service.clone() };
    let mut gathering = Gathering { folder: archive, rules, problems: Vec::new(), used: HashSet::new() };
    let (migrations, _) = gathering.gather(&service);
    problems.extend(gathering.problems.into_iter().filter(Diagnostic::is_error));
    let sum = read_sum(archive.file(crate::SUM_FILE).and_then(|file| file.source.as_ref()));
    (migrations.into_iter().map(within_archive).collect(), sum)
}

/// Some files have new names and some the old ones: nothing can be told from them.
fn half_changed(shown: &str) -> Diagnostic {
    Diagnostic::error("files-half-changed", format!("renaming the files of `{shown}` was cut off"))
        .with_help("go on with it: `limosa renumber`, or `limosa squash`")
}

/// The migrations folder as people know it.
pub(crate) fn shown_folder(service: &Service) -> String {
    let shown = service.migrations.to_string_lossy().replace('\\', "/");
    let shown = shown.trim_start_matches("./").trim_end_matches('/');
    if shown.is_empty() { ".".to_owned() } else { shown.to_owned() }
}

pub(crate) fn missing_folder(service: &Service, shown: &str) -> Diagnostic {
    let message = format!("the migrations folder `{shown}` of service `{}` does not exist", service.name);
    let error = Diagnostic::error("missing-folder", message)
        .with_help(format!("create it, or correct `migrations` of `{}` in limosa.toml", service.name));
    match &service.declared {
        Some((source, span)) => error.at(source, *span),
        None => error,
    }
}

struct Gathering<'a> {
    folder: &'a Folder,
    rules: &'static dyn Layout,
    problems: Vec<Diagnostic>,
    /// Files that are accounted for.
    used: HashSet<String>,
}

impl Gathering<'_> {
    fn gather(&mut self, service: &Service) -> (Vec<Migration>, Vec<Repeatable>) {
        let Found { mut entries, repeatables, ignored, problems } = self.rules.find(self.folder);
        self.problems.extend(problems);
        self.used.extend(ignored);
        for loose in &service.loose {
            // What the file says about itself gives way to what limosa.toml says.
            entries.retain(|entry| entry.up != loose.file);
            entries.extend(self.loose_entry(service, loose));
        }
        // What lies in these folders is never a migration of its own, whatever its name looks like.
        entries.retain(|entry| !entry.up.starts_with("repeatable/") && !entry.up.starts_with("rollbacks/"));
        let mut migrations: Vec<Migration> = entries.into_iter().filter_map(|entry| self.migration(entry)).collect();
        migrations.sort_by(|a, b| a.version.cmp(&b.version).then_with(|| a.path.cmp(&b.path)));
        let mut objects: Vec<Repeatable> =
            repeatables.into_iter().filter_map(|(name, path)| self.repeatable(name, &path)).collect();
        for (name, path) in self.in_repeatable_folder() {
            objects.extend(self.repeatable(name, &path));
        }
        objects.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
        // While something is wrong, files seem to be unused that are not.
        if !self.problems.iter().any(Diagnostic::is_error) {
            self.report_unused(service, &example_version(&migrations));
        }
        (migrations, objects)
    }

    fn loose_entry(&mut self, service: &Service, loose: &LooseFile) -> Option<Entry> {
        let stem = loose.file.strip_suffix(".sql").unwrap_or(&loose.file);
        let name = match suggested(&loose.file) {
            Some((version, name)) if version == loose.version => name,
            _ => MigrationName::new(stem.rsplit('/').next().unwrap_or(stem)).ok()?,
        };
        if self.folder.file(&loose.file).is_none() {
            let shown = joined(&self.folder.shown, &loose.file);
            let error =
                Diagnostic::error("missing-file", format!("`{shown}`, to which a version is given, is not there"))
                    .with_help("restore the file, or remove this line");
            self.problems.push(match &service.declared {
                Some((source, _)) => error.at(source, loose.span),
                None => error,
            });
            return None;
        }
        let down = format!("{stem}.down.sql");
        Some(Entry {
            version: loose.version.clone(),
            spelled: None,
            name,
            up: loose.file.clone(),
            down: self.folder.file(&down).is_some().then_some(down),
            path: loose.file.clone(),
            companions: Vec::new(),
        })
    }

    fn migration(&mut self, entry: Entry) -> Option<Migration> {
        self.used.insert(entry.up.clone());
        let up_file = self.folder.file(&entry.up)?;
        let sections = self.sections(up_file)?;
        let source = up_file.source.as_ref()?;
        let up = Script { source: source.clone(), section: sections.up, separator: sections.separator };
        let inside = sections.down.map(|section| Script { section, ..up.clone() });
        let (down, mut down_files) = self.down(&entry, inside);
        if up.is_blank() {
            let message = format!("`{}` is empty; it is applied as nothing", source.path);
            self.problems.push(Diagnostic::warning("empty-migration", message).in_file(source));
        }
        // Files below a migration's own folder move with the folder.
        let within = format!("{}/", entry.path);
        down_files.retain(|path| !path.starts_with(&within) && *path != entry.path);
        let owned = std::iter::once(entry.path.clone()).chain(entry.companions).chain(down_files).collect();
        Some(Migration {
            checksum: Checksum::of(up.text()),
            version: entry.version,
            name: entry.name,
            up,
            down,
            transaction: sections.transaction,
            path: entry.path,
            owned,
            spelled: entry.spelled,
        })
    }

    fn sections(&mut self, file: &FolderFile) -> Option<Sections> {
        match self.rules.sections(file, self.folder) {
            Ok(sections) => Some(sections),
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }

    /// The one down script of a migration, from all the places where it could be, and the files that hold it.
    fn down(&mut self, entry: &Entry, inside: Option<Script>) -> (Option<Script>, Vec<String>) {
        let stem = entry.stem().to_owned();
        let mut places = vec![
            format!("rollbacks/{}_rollback.sql", entry.version),
            format!("rollbacks/{stem}_rollback.sql"),
            format!("rollbacks/{stem}.sql"),
            format!("rollbacks/{stem}.down.sql"),
        ];
        places.extend(entry.spelled.as_ref().map(|spelled| format!("rollbacks/{spelled}_rollback.sql")));
        places.extend(entry.down.clone());
        places.sort();
        places.dedup();
        let found: Vec<&FolderFile> = places.iter().filter_map(|path| self.folder.file(path)).collect();
        self.used.extend(found.iter().map(|file| file.path.clone()));
        let mut scripts: Vec<Script> = inside.into_iter().collect();
        for file in &found {
            scripts.extend(self.down_script(file));
        }
        let files = found.iter().map(|file| file.path.clone()).collect();
        let different =
            scripts.iter().find(|script| Checksum::of(script.text()) != Checksum::of(scripts[0].text())).cloned();
        if let (Some(first), Some(other)) = (scripts.first(), different) {
            let message = format!(
                "version {} has two down scripts that differ: `{}` and `{}`",
                entry.version, first.source.path, other.source.path
            );
            self.problems.push(
                Diagnostic::error("ambiguous-down", message).in_file(&other.source).with_help("keep one of them"),
            );
        }
        (scripts.into_iter().next(), files)
    }

    /// A down file, or the down part of one that carries its tool's marks.
    fn down_script(&mut self, file: &FolderFile) -> Option<Script> {
        let sections = self.sections(file)?;
        let section = sections.down.unwrap_or(sections.up);
        Some(Script { source: file.source.as_ref()?.clone(), section, separator: sections.separator })
    }

    fn in_repeatable_folder(&self) -> Vec<(MigrationName, String)> {
        let named = |file: &FolderFile| {
            let stem = file.path.strip_prefix("repeatable/")?.strip_suffix(".sql")?;
            // Folders below `repeatable/` are for people; they become part of the name.
            Some((MigrationName::new(stem.replace('/', ".")).ok()?, file.path.clone()))
        };
        self.folder.sql().filter_map(named).collect()
    }

    fn repeatable(&mut self, name: MigrationName, path: &str) -> Option<Repeatable> {
        if !self.used.insert(path.to_owned()) {
            return None;
        }
        let file = self.folder.file(path)?;
        let transaction = self.sections(file).map_or(TransactionMode::Auto, |sections| sections.transaction);
        let up = Script::whole(file.source.as_ref()?, crate::Separator::Semicolon);
        Some(Repeatable { checksum: Checksum::of(up.text()), name, up, transaction, path: path.to_owned() })
    }

    /// No SQL file is passed over in silence.
    fn report_unused(&mut self, service: &Service, example: &str) {
        // Where the application's own folder holds the migrations, other SQL of it is not meant to be one.
        let is_elsewhere = |path: &str| self.folder.shown == "." && (path.contains('/') || path == "schema.sql");
        let unused = self.folder.sql().filter(|file| !self.used.contains(&file.path) && !is_elsewhere(&file.path));
        for file in unused {
            let shown = joined(&self.folder.shown, &file.path);
            let is_down = file.path.starts_with("rollbacks/") || file.path.ends_with(".down.sql");
            let warning = if is_down {
                Diagnostic::warning("orphan-down", format!("`{shown}` reverts no migration that is here"))
                    .with_help("name it after the migration: `<version>_rollback.sql` or `<migration>_rollback.sql`")
            } else {
                let version =
                    suggested(&file.path).map_or_else(|| example.to_owned(), |(version, _)| version.to_string());
                let lines = format!("[{}]\n\"{}\" = \"{version}\"", loose_table(service), file.path);
                Diagnostic::warning("loose-file", format!("`{shown}` has no version, so it is not applied"))
                    .with_help(format!("give it one in limosa.toml:\n{lines}"))
            };
            self.problems.push(match &file.source {
                Some(source) => warning.in_file(source),
                None => warning,
            });
        }
    }
}

/// The table that gives versions to a service's loose files: its own, or that of a project which is one service.
fn loose_table(service: &Service) -> String {
    let has_own_table = service
        .declared
        .as_ref()
        .is_some_and(|(source, span)| span.of(&source.text).trim_matches(['"', '\'']) == service.name.as_str());
    if has_own_table { format!("service.{}.loose", service.name) } else { "project.loose".to_owned() }
}

/// A version that would put a file behind the newest migration.
fn example_version(migrations: &[Migration]) -> String {
    let next = migrations.last().and_then(|newest| {
        Numbering::of(newest.version.as_str()).next(Some(&newest.version), jiff::Timestamp::UNIX_EPOCH)
    });
    next.map_or_else(|| "20240101000000".to_owned(), |(_, version)| version.to_string())
}
