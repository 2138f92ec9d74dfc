//! Proof that each migration can be taken back: up, down, up in a shadow, with the catalogs compared.

use limosa_catalog::Catalog;
use limosa_plan::{Change, DiffOptions, Owners, compare, diff};
use limosa_postgres::Shadow;
use limosa_project::{Migration, MigrationSet};

use super::failure::DesiredError;
use super::replay::{Replay, read_catalog, run_up};
use crate::down::{Back, DownFrom, DownOptions, down};
use crate::event::{Event, Observer};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;
use crate::up::Extent;

/// What was found out about one migration.
#[derive(Debug)]
pub struct Proof {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The file, relative to the project.
    pub path: String,
    /// How it came out.
    pub verdict: ProofVerdict,
}

/// How a proof came out.
#[derive(Debug)]
pub enum ProofVerdict {
    /// Taken back, the catalog is as it was before; applied again, as it was after.
    Proven,
    /// It has no down script.
    NoDown,
    /// The down script fails.
    DownFails(Box<RunError>),
    /// Applied a second time, the up script fails.
    UpFailsAgain(Box<RunError>),
    /// What is left after the way back, or what the second time makes, is not the same.
    Differs(Box<ProofDifference>),
}

/// The first difference of a proof.
#[derive(Debug)]
pub struct ProofDifference {
    /// When it was seen.
    pub after: ProofStep,
    /// The objects that differ, as the wanted catalog has them against the one that was found.
    pub changes: Vec<Change>,
    /// The SQL that would put it right; empty where none can be planned.
    pub sql: String,
}

/// A step of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofStep {
    /// The way back.
    Down,
    /// The second time up.
    UpAgain,
}

struct Silent;

impl Observer for Silent {
    fn on(&mut self, _: &Event) {}
}

/// Proves every migration of a set, in order, in one shadow database; `told` hears of each as it is done. A migration
/// that cannot be applied at all ends the proof.
///
/// # Errors
/// A migration that does not run the first time, or a shadow that cannot be had.
pub async fn prove(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    stop: &StopSignal,
    told: &mut dyn FnMut(&Proof),
) -> Result<Vec<Proof>, DesiredError> {
    let settings = shadow.database().await?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let mut proofs = Vec::new();
    let mut before = read_catalog(&target).await?;
    for migration in &set.migrations {
        if stop.is_asked() {
            return Err(DesiredError::Replay(Box::new(RunError::Stopped { resumable: None })));
        }
        let extent = || Extent::To(migration.version.clone());
        run_up(&target, set, replay, extent(), stop).await?;
        let after = read_catalog(&target).await?;
        let verdict = match migration.down {
            None => ProofVerdict::NoDown,
            Some(_) => there_and_back(&target, set, replay, migration, (&before, &after), stop).await?,
        };
        // Whatever came of it, the next one is proven on the state that this one leads to, if that can be reached
        // again.
        let goes_on = match verdict {
            ProofVerdict::UpFailsAgain(_) => false,
            _ => run_up(&target, set, replay, extent(), stop).await.is_ok(),
        };
        let proof = Proof {
            version: migration.version.to_string(),
            name: migration.name.to_string(),
            path: migration.up.source.path.clone(),
            verdict,
        };
        told(&proof);
        proofs.push(proof);
        if !goes_on {
            break;
        }
        before = after;
    }
    Ok(proofs)
}

async fn there_and_back(
    target: &Target,
    set: &MigrationSet,
    replay: &Replay<'_>,
    migration: &Migration,
    (before, after): (&Catalog, &Catalog),
    stop: &StopSignal,
) -> Result<ProofVerdict, DesiredError> {
    let options = DownOptions {
        back: Back::Only(migration.version.clone()),
        from: Some(DownFrom::File),
        reason: None,
        actor: "shadow",
        wait: std::time::Duration::ZERO,
        interrupted: None,
        values: replay.values,
        leaves_snapshot: false,
    };
    if let Some(error) = down(target, set, &options, &mut Silent, stop).await.error {
        return Ok(ProofVerdict::DownFails(Box::new(error)));
    }
    let reverted = read_catalog(target).await?;
    if let Some(difference) = difference(ProofStep::Down, before, &reverted) {
        return Ok(ProofVerdict::Differs(Box::new(difference)));
    }
    match run_up(target, set, replay, Extent::To(migration.version.clone()), stop).await {
        Ok(()) => {}
        Err(DesiredError::Replay(error)) => return Ok(ProofVerdict::UpFailsAgain(error)),
        Err(error) => return Err(error),
    }
    let again = read_catalog(target).await?;
    Ok(match difference(ProofStep::UpAgain, after, &again) {
        Some(difference) => ProofVerdict::Differs(Box::new(difference)),
        None => ProofVerdict::Proven,
    })
}

/// What keeps the two from being the same, and the way from what was found to what is wanted.
fn difference(after: ProofStep, wanted: &Catalog, found: &Catalog) -> Option<ProofDifference> {
    if wanted.fingerprint() == found.fingerprint() {
        return None;
    }
    let options = DiffOptions { owners: Owners::Compare, ..DiffOptions::default() };
    let changes = compare(wanted, found, &options);
    let sql = diff(found, wanted, &options).map(|difference| difference.to_sql()).unwrap_or_default();
    (!changes.is_empty()).then_some(ProofDifference { after, changes, sql })
}
