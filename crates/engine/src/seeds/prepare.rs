//! Which seeds are run.

use limosa_project::{Checksum, Seed};
use limosa_syntax::Diagnostic;

use super::encode::Variables;
use super::error::SeedError;
use super::report::{SeedOutcome, SeedReport, SeedState};
use super::tracking::{AllTracked, state_of};
use super::{SeedOptions, SeedRun};
use crate::executor::Lookup;

/// The seeds of a service, and which of them are run.
pub(super) struct Chosen<'a> {
    pub(super) seeds: Vec<ChosenSeed<'a>>,
    lost: Vec<String>,
}

/// A seed, and whether it is run.
pub(super) struct ChosenSeed<'a> {
    pub(super) seed: &'a Seed,
    pub(super) state: SeedState,
    pub(super) variables: Variables,
    /// Over the file, its settings and the values of its variables.
    pub(super) checksum: String,
    pub(super) is_run: bool,
}

impl<'a> Chosen<'a> {
    /// Chooses what is asked for and, but for verifying, is not settled.
    ///
    /// # Errors
    /// Variables without a value, of seeds that are chosen.
    pub(super) fn new(
        seeds: &'a [Seed],
        only: &dyn Fn(&Seed) -> bool,
        tracked: &AllTracked,
        options: &SeedOptions<'_>,
    ) -> Result<Self, SeedError> {
        let mut chosen = Self::states(seeds, tracked, options.elsewhere, options.values);
        let mut problems = Vec::new();
        for chosen in &mut chosen.seeds {
            let wanted = options.force || options.run == SeedRun::Verify || chosen.state != SeedState::Unchanged;
            chosen.is_run = wanted && only(chosen.seed);
            if !chosen.is_run {
                continue;
            }
            for name in chosen.seed.variables.iter().filter(|name| !chosen.variables.contains_key(*name)) {
                let message = format!("`{}` needs the variable {name}", chosen.seed.name);
                let error = Diagnostic::error("no-variable", message).in_file(&chosen.seed.source);
                problems.push(error.with_help("set it in the environment or in a file `.env`"));
            }
        }
        if problems.is_empty() { Ok(chosen) } else { Err(SeedError::Findings(problems)) }
    }

    /// How all of them stand; none is run.
    pub(super) fn states(seeds: &'a [Seed], tracked: &AllTracked, elsewhere: &[String], values: &Lookup<'_>) -> Self {
        let stands = |seed: &'a Seed| {
            let value = |name: &String| Some((name.clone(), values(&format!("env:{name}"))?));
            let variables: Variables = seed.variables.iter().filter_map(value).collect();
            let checksum = checksum(seed.checksum, &variables);
            let state = state_of(seed, &checksum, tracked);
            ChosenSeed { seed, state, variables, checksum, is_run: false }
        };
        let has_file = |name: &String| elsewhere.contains(name) || seeds.iter().any(|seed| seed.name.as_str() == name);
        let lost = tracked.keys().filter(|name| !has_file(name)).cloned().collect();
        Self { seeds: seeds.iter().map(stands).collect(), lost }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_settled(&self) -> bool {
        self.seeds.iter().all(|seed| !seed.is_run)
    }

    /// What is told of them when none was run.
    pub(super) fn report(&self) -> SeedReport {
        SeedReport { seeds: self.seeds.iter().map(ChosenSeed::outcome).collect(), lost: self.lost.clone() }
    }
}

impl ChosenSeed<'_> {
    /// A message with the values of variables taken out.
    pub(super) fn mask(&self, message: &str) -> String {
        let filled = self.variables.iter().filter(|(_, value)| !value.is_empty());
        filled.fold(message.to_owned(), |message, (name, value)| message.replace(value, &format!("${{env:{name}}}")))
    }

    /// What is told of it when it was not run.
    pub(super) fn outcome(&self) -> SeedOutcome {
        SeedOutcome {
            name: self.seed.name.to_string(),
            path: self.seed.source.path.clone(),
            table: None,
            state: self.state,
            counts: None,
            differences: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// The checksum by which the history tells whether a seed changed, in hexadecimal: over its file, its settings and the
/// values of its variables.
#[must_use]
pub fn seed_checksum(seed: &Seed, values: &Lookup<'_>) -> String {
    let value = |name: &String| Some((name.clone(), values(&format!("env:{name}"))?));
    checksum(seed.checksum, &seed.variables.iter().filter_map(value).collect())
}

/// The values belong to what is written, so another value is another seed.
fn checksum(file: Checksum, variables: &Variables) -> String {
    if variables.is_empty() {
        return file.to_string();
    }
    let told: String = variables.iter().map(|(name, value)| format!("{name}\0{value}\0")).collect();
    Checksum::of(&format!("{file}\0{told}")).to_string()
}
