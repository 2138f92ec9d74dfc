//! Drizzle: files in the order of `meta/_journal.json`, or (since 1.0) a folder per migration with `migration.sql` and
//! `snapshot.json`. Statements are parted by `--> statement-breakpoint`.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};
use serde_json::Value;

use crate::folder::{Folder, FolderFile, joined};
use crate::{MigrationName, Separator, Version};

use super::prisma::{find_folders, folders_with};
use super::{DownPlace, Entry, Fit, Found, Layout, Sections, Template};

const JOURNAL: &str = "meta/_journal.json";

pub(super) struct Drizzle;

impl Layout for Drizzle {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        if folder.file(JOURNAL).is_some() {
            return Fit::mark(folder.top_sql().count().max(1));
        }
        Fit::mark(folders_with(folder, "snapshot.json").filter(|path| !path.contains('/')).count())
    }

    fn find(&self, folder: &Folder) -> Found {
        let Some(source) = folder.file(JOURNAL).and_then(|file| file.source.as_ref()) else {
            return find_folders(folder, "migration.sql");
        };
        let mut found = Found::default();
        match journal(source) {
            Ok(tags) => {
                for tag in tags {
                    match entry(folder, &tag) {
                        Ok(entry) => found.entries.push(entry),
                        Err(problem) => found.problems.push(problem.in_file(source)),
                    }
                }
            }
            Err(problem) => found.problems.push(*problem),
        }
        found
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        Ok(Sections { separator: Separator::Breakpoints, ..Sections::limosa(file) })
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        // A folder without a snapshot would be a migration that drizzle-kit does not know.
        let _ = (version, name);
        Err("drizzle-kit keeps a journal and snapshots of its own; use `drizzle-kit generate --custom`")
    }

    fn renames(&self) -> bool {
        false
    }
}

/// The tags of the journal in its order.
fn journal(source: &Arc<SourceFile>) -> Result<Vec<String>, Box<Diagnostic>> {
    let invalid = |what: String| {
        let error = Diagnostic::error("invalid-journal", format!("`{}` is no journal of Drizzle: {what}", source.path));
        Box::new(error.in_file(source).with_help("restore it from version control; drizzle-kit writes it"))
    };
    let value: Value = serde_json::from_str(&source.text).map_err(|error| invalid(error.to_string()))?;
    let entries =
        value.get("entries").and_then(Value::as_array).ok_or_else(|| invalid("`entries` is missing".into()))?;
    let mut tags = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let tag =
            entry.get("tag").and_then(Value::as_str).ok_or_else(|| invalid(format!("entry {at} has no `tag`")))?;
        let index = entry.get("idx").and_then(Value::as_u64).unwrap_or(at as u64);
        tags.push((index, tag.to_owned()));
    }
    tags.sort();
    Ok(tags.into_iter().map(|(_, tag)| tag).collect())
}

/// A migration of the journal: `0003_name`, in the file of that name.
fn entry(folder: &Folder, tag: &str) -> Result<Entry, Box<Diagnostic>> {
    let path = format!("{tag}.sql");
    if folder.file(&path).is_none() {
        let message = format!("the journal names `{}`, which is not there", joined(&folder.shown, &path));
        let error = Diagnostic::error("missing-file", message).with_help("restore the file from version control");
        return Err(Box::new(error));
    }
    let (spelled, name) = tag.split_once('_').unwrap_or((tag, ""));
    let down = format!("{tag}.down.sql");
    match (Version::new(spelled), MigrationName::new(name)) {
        (Ok(version), Ok(name)) => Ok(Entry {
            version,
            spelled: Some(spelled.to_owned()),
            name,
            up: path.clone(),
            down: folder.file(&down).is_some().then_some(down),
            path,
            companions: Vec::new(),
        }),
        _ => {
            let message = format!("the journal's tag `{tag}` does not begin with a number");
            Err(Box::new(Diagnostic::error("invalid-version", message).with_help("rename it so that it does")))
        }
    }
}
