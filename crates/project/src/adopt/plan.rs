//! What of a project's migrations is in effect, as the histories of other tools tell.

use std::collections::HashSet;

use limosa_syntax::Diagnostic;

use super::covered::covered_keys;
use super::entry::{EntrySource, KeptScript, OldEntry, OldHistory, OldState, Verdict};
use super::{ToolName, findings};
use crate::{AppliedMigration, Identity, Migration, MigrationSet, Repeatable, Version};

/// What is let pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdoptionTerms {
    /// Files that were edited since they were applied: what is on disk goes on record.
    pub accept_edited: bool,
    /// Rows without a file: they are treated as programs, of which only the effect is known.
    pub accept_missing: bool,
    /// Files that an old history kept are written before anything goes on record.
    pub write_kept: bool,
}

/// What goes on record of one row of an old history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdoptedTarget<'s> {
    /// A migration of the project.
    Migration(&'s Migration),
    /// A repeatable object of the project.
    Repeatable(&'s Repeatable),
    /// No migration of its own: another one stands for it.
    Event,
}

/// One row of an old history, and what goes on record of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Adopted<'s> {
    /// Whose row it is.
    pub tool: ToolName,
    /// The table, as people write it.
    pub table: &'s str,
    /// The row.
    pub entry: &'s OldEntry,
    /// What it is here.
    pub target: AdoptedTarget<'s>,
}

/// What would go on record.
#[derive(Debug, Default)]
pub struct AdoptionPlan<'s> {
    /// In the order in which it was applied.
    pub adopted: Vec<Adopted<'s>>,
    /// Programs in effect for which no migration stands yet, in order.
    pub programs: Vec<(ToolName, &'s OldEntry)>,
    /// Migrations of the project that no history holds.
    pub pending: Vec<&'s Migration>,
    /// Scripts that an old history kept, and whose files are not there.
    pub kept: Vec<&'s KeptScript>,
    /// What is worth knowing; nothing goes on record while there is an error among it.
    pub problems: Vec<Diagnostic>,
}

/// Decides which migrations of a set are in effect. `known` is what Limosa's own history holds already.
#[must_use]
pub fn plan_adoption<'s>(
    histories: &'s [OldHistory],
    set: &'s MigrationSet,
    known: &[AppliedMigration],
    terms: AdoptionTerms,
) -> AdoptionPlan<'s> {
    let mut plan = AdoptionPlan::default();
    for history in histories {
        plan.problems.extend(history.problems.iter().cloned());
        plan.problems.extend(findings::of_entries(history, terms));
        for entry in history.entries.iter().filter(|entry| entry.state == OldState::Applied) {
            plan.take(history, entry, set, terms);
        }
    }
    plan.problems.extend(findings::disagreements(histories));
    plan.cover(histories, set, known);
    plan.put_in_order();
    plan.drop_known(known);
    plan.problems.extend(findings::collisions(&plan.adopted, set));
    let in_effect: HashSet<&Version> =
        plan.adopted.iter().filter_map(version).chain(known.iter().filter_map(known_version)).collect();
    plan.pending = set.migrations.iter().filter(|migration| !in_effect.contains(&migration.version)).collect();
    plan.problems.extend(findings::late(&plan.pending, &in_effect, set));
    plan
}

fn version<'s>(adopted: &Adopted<'s>) -> Option<&'s Version> {
    match adopted.target {
        AdoptedTarget::Migration(migration) => Some(&migration.version),
        _ => None,
    }
}

fn known_version(applied: &AppliedMigration) -> Option<&Version> {
    match &applied.identity {
        Identity::Version(version) => Some(version),
        Identity::Repeatable(_) => None,
    }
}

/// What a file of the project is there.
pub(super) fn target_of<'s>(set: &'s MigrationSet, path: &str) -> Option<AdoptedTarget<'s>> {
    let migration = set.migrations.iter().find(|migration| migration.up.source.path == path);
    let repeatable = || set.repeatables.iter().find(|repeatable| repeatable.up.source.path == path);
    migration.map(AdoptedTarget::Migration).or_else(|| repeatable().map(AdoptedTarget::Repeatable))
}

impl<'s> AdoptionPlan<'s> {
    /// Takes one row in effect.
    fn take(&mut self, history: &'s OldHistory, entry: &'s OldEntry, set: &'s MigrationSet, terms: AdoptionTerms) {
        let (tool, table) = (history.tool, history.table.as_str());
        match &entry.source {
            EntrySource::Sql(paths) => {
                for path in paths {
                    match target_of(set, path) {
                        Some(target) => self.adopted.push(Adopted { tool, table, entry, target }),
                        None => self.problems.push(findings::elsewhere(history, entry, path, set)),
                    }
                }
            }
            EntrySource::Code { .. } => self.programs.push((tool, entry)),
            EntrySource::Gone { kept: Some(kept) } => self.kept.push(kept),
            EntrySource::Gone { kept: None } if terms.accept_missing => self.programs.push((tool, entry)),
            // Told among the findings.
            EntrySource::Gone { kept: None } => {}
        }
    }

    /// Finds the migrations that stand for programs in effect.
    fn cover(&mut self, histories: &'s [OldHistory], set: &'s MigrationSet, known: &[AppliedMigration]) {
        for migration in &set.migrations {
            let keys = covered_keys(migration.up.text());
            if keys.is_empty() {
                continue;
            }
            let is_there = |(tool, key): &&(ToolName, &str)| {
                self.programs.iter().any(|(own, entry)| own == tool && entry.key == *key)
            };
            let missing: Vec<&str> = keys.iter().filter(|key| !is_there(key)).map(|(_, key)| *key).collect();
            if missing.len() == keys.len() {
                continue;
            }
            if !missing.is_empty() {
                self.problems.push(findings::behind(migration, set, &missing));
                continue;
            }
            let (covered, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.programs)
                .into_iter()
                .partition(|(tool, entry)| keys.contains(&(*tool, entry.key.as_str())));
            self.programs = left;
            if known.iter().filter_map(known_version).any(|version| *version == migration.version) {
                continue;
            }
            let table = |entry: &OldEntry| {
                let holds = |history: &&OldHistory| history.entries.iter().any(|own| std::ptr::eq(own, entry));
                histories.iter().find(holds).map_or("", |history| history.table.as_str())
            };
            for (tool, entry) in &covered {
                let target = AdoptedTarget::Event;
                self.adopted.push(Adopted { tool: *tool, table: table(entry), entry, target });
            }
            if let Some((tool, newest)) = covered.iter().max_by_key(|(_, entry)| entry.applied_at) {
                let target = AdoptedTarget::Migration(migration);
                self.adopted.push(Adopted { tool: *tool, table: table(newest), entry: newest, target });
            }
        }
    }

    /// By time where every row has one, else by the order of the files.
    fn put_in_order(&mut self) {
        if self.adopted.iter().all(|adopted| adopted.entry.applied_at.is_some()) {
            self.adopted
                .sort_by(|a, b| a.entry.applied_at.cmp(&b.entry.applied_at).then_with(|| version(a).cmp(&version(b))));
        } else {
            // What has no version of its own comes first: what stands for it comes behind it.
            self.adopted.sort_by(|a, b| version(a).cmp(&version(b)));
        }
    }

    /// Leaves out what Limosa has on record, and what two tools have alike.
    fn drop_known(&mut self, known: &[AppliedMigration]) {
        let mut taken: HashSet<Identity> = known.iter().map(|applied| applied.identity.clone()).collect();
        let mut kept = Vec::new();
        for adopted in std::mem::take(&mut self.adopted) {
            let identity = match adopted.target {
                AdoptedTarget::Migration(migration) => Identity::Version(migration.version.clone()),
                AdoptedTarget::Repeatable(repeatable) => Identity::Repeatable(repeatable.name.clone()),
                AdoptedTarget::Event => {
                    kept.push(adopted);
                    continue;
                }
            };
            // Of two files with one version both are kept here: that is a finding, and not the same thing twice.
            let is_twin = kept.iter().any(|other: &Adopted<'_>| {
                matches!((other.target, adopted.target), (AdoptedTarget::Migration(a), AdoptedTarget::Migration(b))
                    if a.version == b.version && a.path != b.path)
            });
            if taken.insert(identity) || is_twin {
                kept.push(adopted);
            }
        }
        self.adopted = kept;
    }

    /// Whether something stands in the way.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Diagnostic::is_error)
    }

    /// How many rows were applied with the text that is on disk, of how many whose checksum can be compared.
    #[must_use]
    pub fn verified(&self) -> (usize, usize) {
        let with = |verdict: Verdict| self.adopted.iter().filter(|adopted| adopted.entry.verdict == verdict).count();
        let same = with(Verdict::Same);
        (same, same + with(Verdict::Edited))
    }
}
