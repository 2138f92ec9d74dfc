//! What the files and the history mean together. Pure: the history comes in as data.

use std::collections::HashMap;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use crate::sum_check::compare_sum;
use crate::{Checksum, Migration, MigrationName, MigrationSet, OrderPolicy, Version};

/// By what a history knows a migration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// A versioned migration.
    Version(Version),
    /// A repeatable object.
    Repeatable(MigrationName),
}

/// How far a migration got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliedState {
    /// To its end.
    Applied,
    /// It was begun outside a transaction and not finished.
    Running {
        /// How many statements are recorded as done.
        done: usize,
    },
}

/// A migration as a history knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// What it is.
    pub identity: Identity,
    /// What it was called when it was applied.
    pub name: MigrationName,
    /// The checksum of what was applied; `None` where another tool's history did not keep one.
    pub checksum: Option<Checksum>,
    /// How far it got.
    pub state: AppliedState,
}

/// What is left to do, and what stands in the way. The numbers are positions in the set's `migrations` and
/// `repeatables`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    /// The migrations to apply, in order.
    pub pending: Vec<usize>,
    /// The repeatable objects that are new or changed; they run after `pending`.
    pub pending_repeatables: Vec<usize>,
    /// Migrations that were begun and not finished, to be resumed before anything else.
    pub unfinished: Vec<Unfinished>,
    /// Everything that is wrong, together. Nothing is applied while there is an error among it.
    pub problems: Vec<Diagnostic>,
}

/// A migration that was begun and not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its place among the set's migrations; `None` where its file is missing.
    pub migration: Option<usize>,
    /// Its version.
    pub version: Version,
    /// How many statements are recorded as done.
    pub done: usize,
}

/// Compares files with a history and reports all problems together: duplicate versions, late arrivals, edited and
/// missing files, a sum file that does not fit.
#[must_use]
pub fn reconcile(set: &MigrationSet, applied: &[AppliedMigration], order: OrderPolicy) -> Reconciliation {
    let known = Known::of(applied);
    let mut found = Reconciliation::default();
    found.problems.extend(duplicates(set));
    let mut start = 0;
    for same in set.migrations.chunk_by(|a, b| a.version == b.version) {
        let record = known.versions.get(&same[0].version).copied();
        let one = record.map(|record| applied_one(same, record));
        for (offset, migration) in same.iter().enumerate() {
            let at = start + offset;
            match record.filter(|_| one == Some(offset)) {
                None => found.pending.push(at),
                Some(record) => {
                    found.problems.extend(edited(set, migration, record));
                    if let AppliedState::Running { done } = record.state {
                        let version = migration.version.clone();
                        found.unfinished.push(Unfinished { migration: Some(at), version, done });
                    }
                }
            }
        }
        start += same.len();
    }
    missing(set, &known, &mut found);
    if order == OrderPolicy::Linear {
        found.problems.extend(late(set, &found.pending, &known));
    }
    for (at, repeatable) in set.repeatables.iter().enumerate() {
        let record = known.repeatables.get(&repeatable.name);
        if record.is_none_or(|record| record.checksum != Some(repeatable.checksum)) {
            found.pending_repeatables.push(at);
        }
    }
    found.problems.extend(compare_sum(set, applied));
    found
}

/// Which of several migrations of one version was applied: the one with the text that is recorded, else the one with
/// the name, else the first.
pub(crate) fn applied_one(same: &[Migration], record: &AppliedMigration) -> usize {
    let by_text = same.iter().position(|migration| record.checksum == Some(migration.checksum));
    by_text.or_else(|| same.iter().position(|migration| migration.name == record.name)).unwrap_or(0)
}

/// A history by identity.
struct Known<'a> {
    versions: HashMap<&'a Version, &'a AppliedMigration>,
    repeatables: HashMap<&'a MigrationName, &'a AppliedMigration>,
    newest: Option<(&'a Version, &'a AppliedMigration)>,
}

impl<'a> Known<'a> {
    fn of(applied: &'a [AppliedMigration]) -> Self {
        let mut known = Self { versions: HashMap::new(), repeatables: HashMap::new(), newest: None };
        for record in applied {
            match &record.identity {
                Identity::Version(version) => {
                    known.versions.insert(version, record);
                    if known.newest.is_none_or(|(newest, _)| version > newest) {
                        known.newest = Some((version, record));
                    }
                }
                Identity::Repeatable(name) => {
                    known.repeatables.insert(name, record);
                }
            }
        }
        known
    }
}

fn source(migration: &Migration) -> &Arc<SourceFile> {
    &migration.up.source
}

/// Equal versions stand side by side, since the set is sorted.
fn duplicates(set: &MigrationSet) -> Vec<Diagnostic> {
    let versioned = set.migrations.chunk_by(|a, b| a.version == b.version).filter(|same| same.len() > 1).map(|same| {
        let paths: Vec<String> = same.iter().map(|migration| format!("`{}`", set.shown(&migration.path))).collect();
        let message = format!("version {} is there {} times: {}", same[0].version, same.len(), paths.join(", "));
        let last = &same[same.len() - 1];
        Diagnostic::error("duplicate-version", message)
            .in_file(source(last))
            .with_help("move yours behind with `limosa rebase`, or give each its own version with `limosa renumber`")
    });
    let repeated = set.repeatables.chunk_by(|a, b| a.name == b.name).filter(|same| same.len() > 1).map(|same| {
        let paths: Vec<String> = same.iter().map(|repeatable| format!("`{}`", set.shown(&repeatable.path))).collect();
        let message = format!("repeatable `{}` is there {} times: {}", same[0].name, same.len(), paths.join(", "));
        Diagnostic::error("duplicate-repeatable", message).in_file(&same[1].up.source).with_help("rename one of them")
    });
    versioned.chain(repeated).collect()
}

fn edited(set: &MigrationSet, migration: &Migration, record: &AppliedMigration) -> Option<Diagnostic> {
    let recorded = record.checksum.filter(|recorded| *recorded != migration.checksum)?;
    let path = set.shown(&migration.path);
    let diagnostic = match record.state {
        AppliedState::Applied => {
            Diagnostic::error("edited-applied-file", format!("`{path}` was edited after it was applied")).with_help(
                "put the text back and write the change as a new migration (`limosa new`); \
                 the newest one, while you are still writing it, runs anew with `limosa redo`; \
                 one that still has the same effect is accepted with `limosa repair accept`",
            )
        }
        AppliedState::Running { done } => Diagnostic::error(
            "edited-unfinished-file",
            format!("`{path}` was edited after {done} of its statements were applied"),
        )
        .with_help("put the text back, so that it can be resumed at the right statement"),
    };
    let note = format!("its checksum is {}, the history holds {recorded}", migration.checksum);
    Some(diagnostic.in_file(source(migration)).with_note(note))
}

fn missing(set: &MigrationSet, known: &Known<'_>, found: &mut Reconciliation) {
    let mut absent: Vec<(&Version, &AppliedMigration)> = known
        .versions
        .iter()
        .filter(|(version, _)| set.find(version).is_none())
        .map(|(version, record)| (*version, *record))
        .collect();
    absent.sort_by(|a, b| a.0.cmp(b.0));
    for (version, record) in absent {
        let message =
            format!("version {version} `{}` is applied, and `{}` holds no file for it", record.name, set.shown_folder);
        let missing = Diagnostic::error("missing-applied-file", message);
        let same_text =
            |at: &usize| set.migrations.get(*at).is_some_and(|migration| record.checksum == Some(migration.checksum));
        let renumbered = found.pending.iter().find(|at| same_text(at)).and_then(|at| set.migrations.get(*at));
        found.problems.push(match renumbered {
            Some(before) => missing
                .with_note(format!("`{}` is the same text: it was renumbered since", set.shown(&before.path)))
                .with_help("bring this checkout up to date; limosa.renumber beside the migrations tells what moved"),
            None => missing.with_help(
                "check out the version of the code that has it, write it again with `limosa repair files`, \
                 or take it back with `limosa down`: the history keeps its SQL",
            ),
        });
        if let AppliedState::Running { done } = record.state {
            found.unfinished.push(Unfinished { migration: None, version: version.clone(), done });
        }
    }
}

fn late(set: &MigrationSet, pending: &[usize], known: &Known<'_>) -> Vec<Diagnostic> {
    let Some((newest, record)) = known.newest else { return Vec::new() };
    let pending = pending.iter().filter_map(|at| set.migrations.get(*at));
    let late = pending.filter(|migration| migration.version < *newest).map(|migration| {
        let path = set.shown(&migration.path);
        let message = format!("`{path}` comes before version {newest} `{}`, which is already applied", record.name);
        Diagnostic::error("out-of-sequence", message).in_file(source(migration)).with_help(
            "move it behind with `limosa rebase`, or apply it late with `--order any`; \
                 `order = \"any\"` under [run] allows that always",
        )
    });
    late.collect()
}
