//! Open online changes as `status` tells of them.

use std::time::Duration;

use limosa_postgres::Session;

use super::evidence::OldVersion;
use super::record::{OnlineRecord, OnlineStanding, changes, standing};
use crate::backfill::{Desk, Job, jobs};
use crate::event::Direction;
use crate::executor::Surroundings;
use crate::history::{History, HistoryError};
use crate::target::Target;

/// Statements that were begun no longer ago are signs of who is at work.
const RECENT: Duration = Duration::from_secs(5);

/// An open online change, and where it stands.
#[derive(Debug, Clone)]
pub struct OnlineSeen {
    /// What is on record.
    pub record: OnlineRecord,
    /// Where it stands.
    pub standing: OnlineStanding,
    /// Its backfill, while rows are being filled.
    pub backfill: Option<Job>,
    /// Signs that the old version is still at work, while both are.
    pub signs: Vec<String>,
}

/// The online changes of a target that have not come to their end, oldest first.
///
/// # Errors
/// As [`changes`].
pub(crate) async fn see(
    session: &Session,
    target: &Target,
    history: &History,
) -> Result<Vec<OnlineSeen>, HistoryError> {
    let desk = Desk::under(session, &Surroundings::default(), None);
    let mut seen = Vec::new();
    for record in changes(session, target.history()).await? {
        let standing = standing(&record, history);
        // What this role may not see is not told.
        let (backfill, signs) = match standing {
            OnlineStanding::Done => continue,
            OnlineStanding::Expanding { .. } => (backfill_of(&desk, target, &record).await, Vec::new()),
            OnlineStanding::Expanded => {
                let old = OldVersion::of(&record).filter(|_| record.direction == Direction::Up);
                (
                    None,
                    match old {
                        Some(old) => old.signs(&desk, RECENT).await.unwrap_or_default(),
                        None => Vec::new(),
                    },
                )
            }
        };
        seen.push(OnlineSeen { record, standing, backfill, signs });
    }
    Ok(seen)
}

/// The newest job of the change that is not done.
async fn backfill_of(desk: &Desk<'_>, target: &Target, record: &OnlineRecord) -> Option<Job> {
    let all = jobs(desk, target, "ORDER BY job DESC").await.ok()?;
    let is_its = |job: &Job| {
        let of = job.migration.as_ref();
        of.is_some_and(|of| of.version == record.version && of.direction == record.direction)
    };
    all.into_iter().find(|job| is_its(job) && job.is_open())
}
