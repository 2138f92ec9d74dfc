//! Programs whose SQL is known become migrations of their own, one file each.

use limosa_project::{
    AdoptionPlan, Checksum, EntrySource, KnownSql, Migration, MigrationName, MigrationSet, NewFile, OldEntry, Script,
    ToolName, TransactionMode, cover_head,
};
use limosa_syntax::Diagnostic;

use super::{Place, kept};
use crate::failure::Failure;

/// The longest name that is made of a program's.
const MAX_NAME: usize = 50;

/// A program as a migration.
pub(super) struct Carried {
    /// What it will be.
    pub(super) migration: Migration,
    /// The files that it is written to.
    pub(super) files: Vec<NewFile>,
}

/// The programs of a plan, in order; empty where what one of them runs is not known.
pub(super) fn carried(place: &Place<'_>, plan: &AdoptionPlan<'_>) -> Result<Vec<Carried>, Failure> {
    let mut set = kept::in_effect(place, plan);
    let mut found = Vec::new();
    for (tool, entry) in &plan.programs {
        let EntrySource::Code { runs: Some(sql), .. } = &entry.source else { return Ok(Vec::new()) };
        let carried = one(&set, plan, *tool, entry, sql)?;
        set.migrations.push(carried.migration.clone());
        found.push(carried);
    }
    Ok(found)
}

fn one(
    set: &MigrationSet,
    plan: &AdoptionPlan<'_>,
    tool: ToolName,
    entry: &OldEntry,
    sql: &KnownSql,
) -> Result<Carried, Failure> {
    let name = name(entry);
    let new = kept::behind_those_in_effect(set, plan, &name)?;
    let up = format!("{}{}", cover_head([(tool, entry.key.as_str())]), sql.up);
    let version = new.version.clone();
    let (down, path) = (sql.down.as_deref(), new.files.first().map(|file| file.path.clone()).unwrap_or_default());
    let mut files = new.with_scripts(&up, down.unwrap_or_default()).files;
    if down.is_none() {
        files.truncate(1);
    }
    let up = Script::of_text(&set.shown(&path), &up);
    let migration = Migration {
        version,
        name: MigrationName::new(&name).map_err(|error| Diagnostic::error("no-migration", error.to_string()))?,
        checksum: Checksum::of(up.text()),
        up,
        down: None,
        transaction: TransactionMode::Auto,
        owned: vec![path.clone()],
        path,
        spelled: None,
    };
    Ok(Carried { migration, files })
}

/// What a program is called: its file without number and ending, else its key.
fn name(entry: &OldEntry) -> String {
    let file = match &entry.source {
        EntrySource::Code { path: Some(path), .. } => path.rsplit('/').next().unwrap_or(path),
        _ => entry.key.as_str(),
    };
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let plain = stem.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
    let lower: String =
        plain.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let words: Vec<&str> = lower.split('_').filter(|word| !word.is_empty()).collect();
    let name: String = words.join("_").chars().take(MAX_NAME).collect();
    let name = name.trim_matches('_');
    if name.is_empty() { "take_over".to_owned() } else { name.to_owned() }
}
