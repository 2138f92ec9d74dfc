//! Ids that are made here, for the rows of a batch.

use super::cursor::Position;
use super::error::BackfillError;
use super::id_source::{IdSource, next};
use super::order::PASSES;
use super::worker::Worker;

/// So many ids are made before the connection is looked after again: about a tenth of a millisecond.
const IDS_AT_ONCE: u64 = 64;

impl Worker<'_, '_> {
    /// Ids for a batch; none where values are not made here.
    pub(super) async fn take_ids(&mut self, size: u64) -> Result<Vec<String>, BackfillError> {
        let most = self.most_ids(size);
        let mut ids = std::mem::take(&mut self.made);
        match &mut self.ids {
            None => Ok(ids),
            Some(source) => {
                let lacks = most.saturating_sub(ids.len() as u64);
                if lacks > 0 {
                    ids.extend(source.block(self.desk, lacks).await?);
                }
                let most = usize::try_from(most).unwrap_or(usize::MAX).min(ids.len());
                self.made = ids.split_off(most);
                Ok(ids)
            }
        }
    }

    /// Makes ids for a batch that is likely to come, as long as that needs nobody else: the server works on another one
    /// meanwhile, and its connection with it.
    pub(super) async fn make_ids(&mut self, most: u64) -> Result<(), BackfillError> {
        let Some(IdSource::Own(generator)) = &mut self.ids else { return Ok(()) };
        // What was sent is on its way before anything else is done.
        while (self.made.len() as u64) < most {
            tokio::task::yield_now().await;
            for _ in 0..IDS_AT_ONCE.min(most - self.made.len() as u64) {
                self.made.push(next(generator.as_mut())?);
            }
        }
        Ok(())
    }

    /// As many ids as a batch needs: its rows, or what a pass over a window is likely to have, and some more.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    pub(super) fn most_ids(&self, size: u64) -> u64 {
        match self.cursor.at {
            Position::Stride { span, .. } => {
                let rows = self.runner.prepared.relation.rows_per_page() * span as f64 / f64::from(PASSES);
                (rows * 1.25) as u64 + 64
            }
            _ => size,
        }
    }

    /// Whether there may be more rows in the batch's window than it had ids for.
    pub(super) fn is_full(&self, rows: i64, size: u64) -> bool {
        self.ids.is_some() && u64::try_from(rows).is_ok_and(|rows| rows >= self.most_ids(size))
    }
}
