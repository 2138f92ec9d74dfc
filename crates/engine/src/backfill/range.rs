//! The ranges of a job: rows that are worked on side by side, each with a mark of its own.

use limosa_catalog::{Identifier, Literal};

use super::cursor::{Cursor, Position};

/// A range, as its row tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) number: i32,
    pub(crate) cursor: Cursor,
}

impl Range {
    /// From a row of `range, cursor`; `None` where another version of Limosa wrote it.
    pub(crate) fn decode(row: &[Option<String>]) -> Option<Self> {
        let text = |index: usize| row.get(index).and_then(Option::as_deref);
        Some(Self { number: text(0)?.parse().ok()?, cursor: Cursor::from_json(text(1)?)? })
    }

    /// Whether rows are to be visited still.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.cursor.at, Position::End(_))
    }

    /// The same rows as several ranges: its own row has the first part, the others follow behind `numbers`.
    pub(crate) fn parted(self, positions: Vec<Position>, numbers: &mut i32) -> Vec<Self> {
        let own = self.number;
        let range = |(index, at): (usize, Position)| {
            let number = if index == 0 {
                own
            } else {
                *numbers += 1;
                *numbers
            };
            Self { number, cursor: self.cursor.moved(at) }
        };
        positions.into_iter().enumerate().map(range).collect()
    }
}

/// Writes where ranges stand, adds those that are new, and gives the job's number if the job is this runner's.
pub(crate) fn store(schema: &Identifier, service: &str, job: i32, runner: &str, ranges: &[Range]) -> String {
    let (service, runner) = (Literal(service), Literal(runner));
    let values: Vec<String> =
        ranges.iter().map(|it| format!("({}, {}::json)", it.number, Literal(&it.cursor.to_json()))).collect();
    format!(
        "WITH own AS MATERIALIZED (SELECT service, job, runner FROM {schema}.backfill WHERE service = {service} \
         AND job = {job} AND state = 'running' AND runner = {runner} FOR UPDATE), \
         stored AS (INSERT INTO {schema}.backfill_range (service, job, range, runner, cursor) \
         SELECT service, job, number, runner, cursor FROM own, (VALUES {}) new (number, cursor) \
         ON CONFLICT (service, job, range) DO UPDATE SET cursor = EXCLUDED.cursor) \
         SELECT job FROM own",
        values.join(", ")
    )
}

/// Gives all ranges of a job to a runner where a condition holds, behind the batches that are running, and tells where
/// they stand.
pub(crate) fn give(schema: &Identifier, service: &str, job: i32, runner: &str, condition: &str) -> String {
    format!(
        "UPDATE {schema}.backfill_range SET runner = {} WHERE service = {} AND job = {job} AND {condition} \
         RETURNING range, cursor",
        Literal(runner),
        Literal(service)
    )
}
