//! The project's seeds as rows of a proof.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::ObjectName;
use limosa_project::{Seed, SeedContent, SeedMode};
use limosa_syntax::Diagnostic;

use super::proof::LeftOutSeed;
use crate::desired::DesiredError;
use crate::event::Silent;
use crate::executor::Lookup;
use crate::seeds::{SeedError, SeedOptions, seed};
use crate::stop::StopSignal;
use crate::target::Target;

/// Seeds, and which of them are in a shadow. They are written for what the last migration leaves, so on the way there
/// some do not fit yet.
#[derive(Debug, Default)]
pub(super) struct Seeding {
    seeds: Vec<Seed>,
    /// Those that went in, each with its table as SQL names it.
    inside: BTreeMap<String, Option<String>>,
    /// Why others did not.
    left_out: BTreeMap<String, String>,
}

impl Seeding {
    /// None of them is in. Rows that a seed does not hold stay: migrations made them, or the proof.
    pub(super) fn of(seeds: &[Seed]) -> Self {
        let adding = |seed: &Seed| {
            let mut seed = seed.clone();
            if let SeedContent::Table(settings) = &mut seed.content
                && settings.mode == SeedMode::Sync
            {
                settings.mode = SeedMode::Upsert;
            }
            seed
        };
        Self { seeds: seeds.iter().map(adding).collect(), ..Self::default() }
    }

    /// Writes those that are not in yet, and those of tables that want rows again. What does not fit is left out, and
    /// the others are tried without it. Says whether any went in.
    pub(super) async fn put_in(
        &mut self,
        target: &Target,
        wanted: &BTreeSet<ObjectName>,
        values: &Lookup<'_>,
        stop: &StopSignal,
    ) -> Result<bool, DesiredError> {
        let wanted: BTreeSet<String> = wanted.iter().map(ToString::to_string).collect();
        let is_due = |seed: &&Seed| match self.inside.get(seed.name.as_str()) {
            None => true,
            Some(table) => table.as_ref().is_some_and(|table| wanted.contains(table)),
        };
        let mut due: BTreeSet<String> = self.seeds.iter().filter(is_due).map(|seed| seed.name.to_string()).collect();
        while !due.is_empty() {
            let options = SeedOptions::in_shadow(values);
            let only = |seed: &Seed| due.contains(seed.name.as_str());
            let misfits = match seed(target, &self.seeds, &only, &options, &mut Silent, stop).await {
                Ok(report) => {
                    for outcome in report.seeds.into_iter().filter(|outcome| outcome.counts.is_some()) {
                        self.left_out.remove(&outcome.name);
                        self.inside.insert(outcome.name, outcome.table);
                    }
                    return Ok(true);
                }
                Err(SeedError::Run(error)) => return Err(DesiredError::Replay(Box::new(error))),
                Err(error) => self.misfits(&error.diagnostics(), &due),
            };
            due.retain(|name| !misfits.contains_key(name));
            self.left_out.extend(misfits);
        }
        Ok(false)
    }

    /// The seeds that are to blame, with the first that is wrong with each; all, where it is no single one's fault.
    fn misfits(&self, findings: &[Diagnostic], due: &BTreeSet<String>) -> BTreeMap<String, String> {
        let mut misfits = BTreeMap::new();
        for finding in findings {
            let of = |seed: &&Seed| finding.source.as_ref().is_some_and(|source| source.path == seed.source.path);
            if let Some(seed) = self.seeds.iter().find(of) {
                misfits.entry(seed.name.to_string()).or_insert_with(|| finding.message.clone());
            }
        }
        if misfits.keys().any(|name| due.contains(name)) {
            return misfits;
        }
        let message = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        due.iter().map(|name| (name.clone(), message.clone())).collect()
    }

    /// Those that did not go in.
    pub(super) fn left_out(&self) -> Vec<LeftOutSeed> {
        let left_out = self.left_out.iter();
        left_out.map(|(seed, reason)| LeftOutSeed { seed: seed.clone(), reason: reason.clone() }).collect()
    }
}
