//! Liquibase: a row for each changeset, many of which may stand in one file.

mod changelog;

use limosa_syntax::Diagnostic;

use self::changelog::{Changeset, changesets, is_formatted};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, SeenTable};

pub(super) struct Liquibase;

impl Tool for Liquibase {
    fn usual_names(&self) -> &'static [&'static str] {
        &["databasechangelog"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("id", Holds::Text),
                ("author", Holds::Text),
                ("filename", Holds::Text),
                ("dateexecuted", Holds::Time),
                ("orderexecuted", Holds::Number),
                ("exectype", Holds::Text),
                ("md5sum", Holds::Text),
            ],
            optional: &[
                ("description", Holds::Text),
                ("comments", Holds::Text),
                ("tag", Holds::Text),
                ("liquibase", Holds::Text),
                ("contexts", Holds::Text),
                ("labels", Holds::Text),
                ("deployment_id", Holds::Text),
            ],
        }
    }

    fn belongs(&self, table: &SeenTable, other: &SeenTable) -> bool {
        other.is_beside(table) && other.has("lockgranted") && other.has("lockedby") && other.has("locked")
    }

    fn order(&self) -> &'static [&'static str] {
        &["orderexecuted"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        for (lock, rows) in reading.beside {
            let held = rows.iter().find(|row| row.boolean("locked").is_ok_and(|locked| locked));
            if let Some(row) = held {
                let by = row.optional_text("lockedby").unwrap_or("somebody");
                reading.problems.push(
                    Diagnostic::error("old-lock", format!("`{}` is locked by {by}", lock.shown())).with_help(
                        "see that no run of Liquibase is at it, then give the lock back with `liquibase release-locks`",
                    ),
                );
            }
        }
        let mut files = changelogs(reading);
        let mut entries = Vec::new();
        for row in reading.rows {
            let (id, author, file) = (row.text("id")?, row.text("author")?, row.text("filename")?);
            let exec = row.text("exectype")?;
            if !["EXECUTED", "RERAN", "MARK_RAN"].contains(&exec) {
                return Err(row.impossible("exectype", "how the changeset was run, such as EXECUTED"));
            }
            let at = files.iter().position(|log| log.has(file, author, id));
            let log = at.and_then(|at| files.get_mut(at));
            let (changeset, source) = match log {
                Some(log) => {
                    log.is_used = true;
                    (log.changesets.iter().find(|it| it.author == author && it.id == id), log.source(author, id))
                }
                // Changelogs in other languages: their changesets are no SQL that could be run from here.
                None => (None, EntrySource::Code { path: other_changelog(reading, file), runs: None, after: None }),
            };
            let mut entry = OldEntry::applied(key(file, id, author), source).at(row.time("dateexecuted"));
            entry.applied_by = Some(author.to_owned());
            if let Some(sum) = row.optional_text("md5sum") {
                entry = entry.with_checksum("md5", sum, changeset.and_then(|changeset| changeset.has_sum(sum)));
            }
            entries.push(entry);
        }
        let waiting = files.iter().filter(|log| log.is_used).flat_map(|log| {
            let is_known = |key: &String| entries.iter().any(|entry| entry.key == *key);
            let waits = move |it: &&Changeset| !is_known(&key(log.name(it), &it.id, &it.author));
            log.changesets.iter().filter(waits).map(move |it| (log, it))
        });
        let waiting = waiting
            .map(|(log, it)| OldEntry::pending(key(log.name(it), &it.id, &it.author), log.source(&it.author, &it.id)));
        let waiting: Vec<OldEntry> = waiting.collect();
        entries.extend(waiting);
        Ok(entries)
    }
}

/// By what a changeset is known.
fn key(file: &str, id: &str, author: &str) -> String {
    format!("{file}::{id}::{author}")
}

/// A changelog in SQL.
struct Changelog {
    /// Its path as people know it.
    shown: String,
    /// What the rows call it, which depends on where Liquibase was run.
    called: Option<String>,
    is_formatted: bool,
    changesets: Vec<Changeset>,
    is_used: bool,
}

fn changelogs(reading: &Reading<'_>) -> Vec<Changelog> {
    let named: Vec<&str> = reading.rows.iter().filter_map(|row| row.optional_text("filename")).collect();
    let changelog = |path: &str| {
        let text = reading.files.text(path)?;
        let shown = reading.files.shown(path);
        let called = named.iter().find(|name| is_same_file(&shown, name)).map(|name| (*name).to_owned());
        let (is_formatted, changesets) = (is_formatted(text), changesets(text));
        Some(Changelog { shown, called, is_formatted, changesets, is_used: false })
    };
    reading.files.with_ending(&[".sql"]).filter_map(|(file, _)| changelog(&file.path)).collect()
}

/// A changelog in another language, where it is among the files.
fn other_changelog(reading: &Reading<'_>, named: &str) -> Option<String> {
    let files = reading.files.with_ending(&[".xml", ".yaml", ".yml", ".json"]);
    files.map(|(file, _)| reading.files.shown(&file.path)).find(|shown| is_same_file(shown, named))
}

/// Whether a row's name of a file means this one: one of the two ends in the other.
fn is_same_file(shown: &str, named: &str) -> bool {
    let named = named.strip_prefix("classpath:").unwrap_or(named).trim_start_matches("./").trim_start_matches('/');
    let ends =
        |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    !named.is_empty() && (ends(shown, named) || ends(named, shown))
}

impl Changelog {
    /// Whether a row of this name is one of its changesets.
    fn has(&self, file: &str, author: &str, id: &str) -> bool {
        let is_named = |it: &Changeset| match &it.logical_path {
            Some(path) => path == file,
            None => is_same_file(&self.shown, file),
        };
        self.changesets.iter().any(|it| it.author == author && it.id == id && is_named(it))
    }

    /// What rows call the file of a changeset.
    fn name<'c>(&'c self, changeset: &'c Changeset) -> &'c str {
        changeset.logical_path.as_deref().or(self.called.as_deref()).unwrap_or(&self.shown)
    }

    fn source(&self, author: &str, id: &str) -> EntrySource {
        if !self.is_formatted {
            return EntrySource::Sql(vec![self.shown.clone()]);
        }
        let changeset = self.changesets.iter().find(|it| it.author == author && it.id == id);
        let runs = changeset.and_then(Changeset::known_sql);
        EntrySource::Code { path: Some(self.shown.clone()), runs, after: None }
    }
}
