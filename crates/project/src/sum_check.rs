//! The sum file against the files, and how it is brought up to date.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use crate::sum::line_span;
use crate::{AppliedMigration, Identity, Migration, MigrationSet, OrderPolicy, SumFile, SumState, Version, reconcile};

/// Compares the sum file with the files.
///
/// What concerns files that are not applied is a warning, since those may be edited freely; `limosa sum` takes the
/// changes in. A file that is applied and does not fit, a file that is gone, or a broken chain is an error.
#[must_use]
pub fn compare_sum(set: &MigrationSet, applied: &[AppliedMigration]) -> Vec<Diagnostic> {
    let (sum, source) = match &set.sum {
        SumState::Absent => return Vec::new(),
        SumState::Invalid(problem) => return vec![(**problem).clone()],
        SumState::Valid { sum, source } => (sum, source),
    };
    let records = by_version(applied);
    let positions: HashMap<&str, usize> =
        sum.lines.iter().enumerate().map(|(at, line)| (line.path.as_str(), at)).collect();
    let mut found = Vec::new();
    for migration in &set.migrations {
        let record = records.get(&migration.version);
        // The history already reports this one, more exactly.
        let reported = record.and_then(|record| record.checksum).is_some_and(|checksum| checksum != migration.checksum);
        match positions.get(migration.path.as_str()) {
            None => found.push(unlisted(set, migration, source)),
            Some(at) if !reported && !sum.fits(*at, migration.checksum) => {
                found.push(differs(set, migration, source, *at, record.is_some()));
            }
            Some(_) => {}
        }
    }
    let present: HashSet<&str> = set.migrations.iter().map(|migration| migration.path.as_str()).collect();
    for (at, line) in sum.lines.iter().enumerate().filter(|(_, line)| !present.contains(line.path.as_str())) {
        let message = format!("`{}` lists `{}`, which is not there", source.path, line.path);
        found.push(
            Diagnostic::error("sum-missing-file", message)
                // The header is line 1.
                .at(source, line_span(&source.text, at + 2))
                .with_help("restore the file; if it is gone on purpose, run `limosa sum`"),
        );
    }
    found
}

fn unlisted(set: &MigrationSet, migration: &Migration, source: &Arc<SourceFile>) -> Diagnostic {
    let message = format!("`{}` is not listed in `{}`", set.shown(&migration.path), source.path);
    Diagnostic::warning("sum-outdated", message).in_file(&migration.up.source).with_help("run `limosa sum`")
}

fn differs(
    set: &MigrationSet,
    migration: &Migration,
    source: &Arc<SourceFile>,
    at: usize,
    is_applied: bool,
) -> Diagnostic {
    let path = set.shown(&migration.path);
    let message = format!("`{path}`, or its place in the order, is not what `{}` was made from", source.path);
    let span = line_span(&source.text, at + 2);
    if is_applied {
        Diagnostic::error("sum-mismatch", message)
            .at(source, span)
            .with_help("restore the applied file, or the sum file, from version control")
    } else {
        Diagnostic::warning("sum-outdated", message).at(source, span).with_help("run `limosa sum`")
    }
}

fn by_version(applied: &[AppliedMigration]) -> HashMap<&Version, &AppliedMigration> {
    applied
        .iter()
        .filter_map(|record| match &record.identity {
            Identity::Version(version) => Some((version, record)),
            Identity::Repeatable(_) => None,
        })
        .collect()
}

/// The sum file as it should be, after files that are not applied were added, edited, moved or removed.
///
/// # Errors
/// Duplicate versions, and applied files that were edited or are missing: a new sum file would hide that.
pub fn rehash(set: &MigrationSet, applied: &[AppliedMigration]) -> Result<SumFile, Vec<Diagnostic>> {
    let hidden = ["duplicate-version", "edited-applied-file", "edited-unfinished-file", "missing-applied-file"];
    let problems: Vec<Diagnostic> = reconcile(set, applied, OrderPolicy::Any)
        .problems
        .into_iter()
        .filter(|problem| hidden.contains(&problem.code.0.as_ref()))
        .collect();
    if problems.is_empty() { Ok(SumFile::of(set)) } else { Err(problems) }
}
