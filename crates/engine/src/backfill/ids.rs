//! Ids that are made here, for the rows of a batch.

use super::cursor::Position;
use super::error::BackfillError;
use super::order::BATCHES;
use super::worker::Worker;

impl Worker<'_, '_> {
    /// Ids for a batch; none where values are not made here.
    pub(super) async fn ids(&mut self, size: u64) -> Result<Vec<String>, BackfillError> {
        let most = self.most_ids(size);
        match &mut self.ids {
            None => Ok(Vec::new()),
            Some(ids) => ids.block(self.desk, most).await,
        }
    }

    /// As many ids as a batch needs: its rows, or what a pass over a window is likely to have, and some more.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    fn most_ids(&self, size: u64) -> u64 {
        match self.cursor.at {
            Position::Stride { pages, .. } => {
                let rows = self.runner.prepared.relation.rows_per_page() * pages as f64 / f64::from(BATCHES);
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
