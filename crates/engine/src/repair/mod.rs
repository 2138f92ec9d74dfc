//! Histories that went wrong, mended: each act is one transaction with an event `repair`.

mod effect;
mod kept;
mod statement;

use std::time::Duration;

use limosa_project::Migration;
use limosa_syntax::Diagnostic;

use crate::event::Observer;
use crate::executor::{Act, Executor, Lookup, Placeholders};
use crate::lock::take_to_write;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open};
use crate::up::leave_snapshot;

pub use self::effect::{EffectFound, effect_found};
pub use self::kept::{TrackedSeed, kept_migrations, tracked_seeds};

/// What is mended.
#[derive(Debug, Clone, Copy)]
pub enum Repair<'a> {
    /// A file that is not what was applied counts as it from now on.
    AcceptEdit {
        /// The file.
        migration: &'a Migration,
        /// The checksum that the history holds.
        was: &'a str,
        /// Whether both have the same effect on the schema, as a shadow showed.
        proven: bool,
    },
    /// A file that was gone is there again.
    Restore {
        /// The migration's version; `None` for a seed.
        version: Option<&'a str>,
        /// What was written, relative to the project.
        files: &'a [String],
        /// Where it came from: `history`, `git`, `bak`.
        source: &'a str,
    },
    /// A migration that was begun and not finished is settled.
    Resolve {
        /// Its version, as the history has it.
        version: &'a str,
        /// Whether it counts as in effect.
        settled: Settled,
        /// What of it was in effect, and what was not, in words.
        found: &'a EffectFound,
        /// The file whose whole effect was found, which then is what was applied.
        migration: Option<&'a Migration>,
    },
    /// A seed's file counts as it was last run, without its being run.
    AcceptSeed {
        /// Its name.
        name: &'a str,
        /// Over its file and settings, in hexadecimal.
        checksum: &'a str,
    },
}

/// How an unfinished migration ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is in effect.
    Applied,
    /// It is not, and may be applied anew.
    NotApplied,
}

/// How a history is mended.
pub struct RepairOptions<'a> {
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
}

/// Mends a history. Nothing but the history is touched. Gives what is worth knowing and stopped nothing.
///
/// # Errors
/// A target that cannot be written to, or a history that is not any more what was looked at.
pub async fn repair(
    target: &Target,
    repairs: &[Repair<'_>],
    options: &RepairOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<Diagnostic>, RunError> {
    if repairs.is_empty() {
        return Ok(Vec::new());
    }
    let opened = open(target).await?;
    let (locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let result = async {
        let values: &Lookup<'_> = &|_| None;
        let placeholders = Placeholders::new(values);
        let mut executor = Executor::new(target, &locked, &actor, &placeholders, observer, stop.clone());
        for repair in repairs {
            let record = statement::about(&target.service, &locked.history, repair)?;
            let statements = statement::statements(
                &target.history_schema,
                &target.service,
                &locked.history,
                record.as_ref(),
                repair,
            );
            let act = Act {
                kind: "repair",
                about: record.as_ref(),
                reason: options.reason,
                detail: statement::detail(repair),
            };
            executor.record_act(&act, &statements).await?;
        }
        let last = executor.last.clone();
        // What was brought to an end by hand is no drift.
        let is_brought_to_an_end = |repair: &Repair<'_>| {
            matches!(repair, Repair::Resolve { settled: Settled::Applied, found, .. } if found.is_whole())
        };
        Ok(match repairs.iter().any(is_brought_to_an_end) {
            true => leave_snapshot(target, &locked, &last).await.into_iter().collect(),
            false => Vec::new(),
        })
    }
    .await;
    locked.release().await;
    result
}
