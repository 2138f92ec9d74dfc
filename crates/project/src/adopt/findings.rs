//! What stands in the way of taking a history over, and what is worth knowing of it.

use std::collections::HashSet;

use limosa_syntax::Diagnostic;

use super::entry::{EntrySource, OldEntry, OldHistory, OldState, Verdict};
use super::plan::{Adopted, AdoptedTarget, AdoptionTerms};
use crate::suggest::listed;
use crate::{Migration, MigrationSet, Version};

/// What the rows of one history say.
pub(super) fn of_entries(history: &OldHistory, terms: AdoptionTerms) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> =
        history.entries.iter().filter_map(|entry| of_entry(history, entry, terms)).collect();
    found.extend(without_file(history, terms));
    found.extend(pending_programs(history));
    found
}

fn of_entry(history: &OldHistory, entry: &OldEntry, terms: AdoptionTerms) -> Option<Diagnostic> {
    let (tool, key) = (history.tool.title(), &entry.key);
    match &entry.state {
        OldState::Failed { why, settle } => Some(
            Diagnostic::error("old-failed", format!("{tool} did not come to the end of `{key}`"))
                .with_note(why.clone())
                .with_help(settle.clone()),
        ),
        OldState::Skipped => Some(
            Diagnostic::warning("old-skipped", format!("{tool} passed over `{key}` and never applied it"))
                .with_note("it is older than the newest row, and so counts as applied, whatever is in the database")
                .with_help(
                    "after the take-over it is pending: `limosa rebase` moves it behind the others, \
                     and `limosa up --order any` runs it where it stands",
                ),
        ),
        OldState::Applied if entry.verdict == Verdict::Edited => {
            let file = match &entry.source {
                EntrySource::Sql(paths) => paths.join(", "),
                _ => key.clone(),
            };
            let message = format!("`{file}` was edited after {tool} had applied it");
            let (recorded, algorithm) =
                entry.checksum.as_ref().map(|sum| (sum.value.as_str(), sum.algorithm)).unwrap_or_default();
            let diagnostic = match terms.accept_edited {
                true => Diagnostic::warning("old-edited", message),
                false => Diagnostic::error("old-edited", message).with_help(
                    "put the text back that was applied; `--accept-edited` takes what is on disk as what was applied",
                ),
            };
            Some(match recorded {
                "" => diagnostic.with_note(format!("`{}` holds other statements", history.table)),
                recorded => diagnostic.with_note(format!("`{}` holds the {algorithm} {recorded}", history.table)),
            })
        }
        _ => None,
    }
}

/// Rows whose files are not there.
fn without_file(history: &OldHistory, terms: AdoptionTerms) -> Vec<Diagnostic> {
    let gone = |entry: &&OldEntry| entry.state == OldState::Applied && matches!(entry.source, EntrySource::Gone { .. });
    let is_kept = |entry: &&OldEntry| matches!(entry.source, EntrySource::Gone { kept: Some(_) });
    let (kept, lost): (Vec<_>, Vec<_>) = history.entries.iter().filter(gone).partition(|entry| is_kept(entry));
    let keys = |entries: &[&OldEntry]| listed(entries.iter().map(|entry| entry.key.as_str()));
    let mut found = Vec::new();
    if !kept.is_empty() {
        let message = format!("on record in `{}` and without a file: {}", history.table, keys(&kept));
        let diagnostic = match terms.write_kept {
            true => {
                Diagnostic::warning("old-without-file", message).with_note("the files are written from the history")
            }
            false => Diagnostic::error("old-without-file", message)
                .with_note("the history holds their statements")
                .with_help("`--write-files` writes the files from them"),
        };
        found.push(diagnostic);
    }
    if !lost.is_empty() {
        let message = format!("on record in `{}` and without a file: {}", history.table, keys(&lost));
        let diagnostic = match terms.accept_missing {
            true => Diagnostic::warning("old-without-file", message),
            false => Diagnostic::error("old-without-file", message).with_help(
                "check out the version of the code that has them, or name their folder with `--files DIR`; \
                 where they are lost, `--accept-missing` takes their effect from the database",
            ),
        };
        found.push(diagnostic);
    }
    found
}

/// Programs that their tool has not run. Limosa cannot run them.
fn pending_programs(history: &OldHistory) -> Option<Diagnostic> {
    let is_program =
        |entry: &&OldEntry| entry.state == OldState::Pending && matches!(entry.source, EntrySource::Code { .. });
    let keys: Vec<&str> = history.entries.iter().filter(is_program).map(|entry| entry.key.as_str()).collect();
    if keys.is_empty() {
        return None;
    }
    let tool = history.tool.title();
    let message = format!("{tool} has not run {}, which Limosa cannot run", listed(keys));
    let help = format!("run them with {tool} before the take-over, or write what they do as SQL");
    Some(Diagnostic::warning("old-pending-program", message).with_help(help))
}

/// Two tools that say different things of one file.
pub(super) fn disagreements(histories: &[OldHistory]) -> Vec<Diagnostic> {
    let files = |history: &'_ OldHistory| -> Vec<(String, bool)> {
        let of_entry = |entry: &OldEntry| match &entry.source {
            EntrySource::Sql(paths) if entry.state == OldState::Applied && entry.verdict != Verdict::Unverified => {
                paths.iter().map(|path| (path.clone(), entry.verdict == Verdict::Same)).collect()
            }
            _ => Vec::new(),
        };
        history.entries.iter().flat_map(of_entry).collect()
    };
    let mut found = Vec::new();
    for (at, one) in histories.iter().enumerate() {
        for (path, same) in files(one) {
            for other in histories.iter().skip(at + 1) {
                if files(other).contains(&(path.clone(), !same)) {
                    let (yes, no) = if same { (one, other) } else { (other, one) };
                    let message = format!(
                        "`{}` and `{}` disagree about `{path}`: it is what the first has on record, and not what the \
                         second has",
                        yes.table, no.table
                    );
                    found.push(Diagnostic::warning("tools-disagree", message).with_help(
                        "whichever came last is in effect; the comparison with the live schema below tells which",
                    ));
                }
            }
        }
    }
    found
}

/// A file in effect that is no migration of the service.
pub(super) fn elsewhere(history: &OldHistory, entry: &OldEntry, path: &str, set: &MigrationSet) -> Diagnostic {
    let message = format!(
        "`{}` of {} is `{path}`, which is no migration in `{}`",
        entry.key,
        history.tool.title(),
        set.shown_folder
    );
    Diagnostic::error("not-a-migration", message).with_help(
        "let `migrations` in limosa.toml name the folder that holds the SQL files, and `--files` that of the tool",
    )
}

/// A database that has less than a migration stands for.
pub(super) fn behind(migration: &Migration, set: &MigrationSet, missing: &[&str]) -> Diagnostic {
    let message = format!(
        "`{}` stands for {}, which this database does not have",
        set.shown(&migration.path),
        listed(missing.iter().copied())
    );
    Diagnostic::error("behind-the-baseline", message)
        .in_file(&migration.up.source)
        .with_help("bring the database to that point with the old tool, then take it over")
}

/// Versions that several files have, at least one of them in effect.
pub(super) fn collisions(adopted: &[Adopted<'_>], set: &MigrationSet) -> Vec<Diagnostic> {
    let is_in_effect = |version: &Version| {
        adopted.iter().any(|adopted| matches!(adopted.target, AdoptedTarget::Migration(it) if it.version == *version))
    };
    let same = set.migrations.chunk_by(|a, b| a.version == b.version).filter(|same| same.len() > 1);
    same.filter(|same| is_in_effect(&same[0].version))
        .map(|same| {
            let paths: Vec<String> = same.iter().map(|it| set.shown(&it.path)).collect();
            let message =
                format!("version {} is that of {}", same[0].version, listed(paths.iter().map(String::as_str)));
            Diagnostic::error("colliding-versions", message)
                .in_file(&same[same.len() - 1].up.source)
                .with_help("give each a number of its own with `limosa renumber`, then take the history over")
        })
        .collect()
}

/// Files without a row that come before the newest in effect.
pub(super) fn late(pending: &[&Migration], in_effect: &HashSet<&Version>, set: &MigrationSet) -> Option<Diagnostic> {
    let newest = in_effect.iter().max()?;
    let late: Vec<String> = pending
        .iter()
        .filter(|migration| migration.version < **newest)
        .map(|migration| set.shown(&migration.path))
        .collect();
    if late.is_empty() {
        return None;
    }
    let message =
        format!("not in effect, though version {newest} behind them is: {}", listed(late.iter().map(String::as_str)));
    Some(Diagnostic::warning("pending-before-applied", message).with_help(
        "after the take-over `limosa up` refuses them: move them behind with `limosa rebase`, \
         or run them where they stand with `--order any`",
    ))
}
