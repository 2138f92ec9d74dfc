//! The row that makes a batch fail: found by halves, named, and left out where that is wanted.

use limosa_catalog::Literal;
use limosa_postgres::ServerError;

use super::definition::RowChange;
use super::error::BackfillError;
use super::run::Runner;
use super::statement::{NO_IDS, change};
use crate::server_words::code;

/// More rows than this are no exceptions.
const MOST_REJECTS: u32 = 1_000;

/// What is done about a row that cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The job stops before its batch.
    Stop,
    /// The row is left as it is and put on record, with its key and the error.
    Skip,
}

/// A row that cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FailingRow {
    /// The values of its key as a JSON array of texts.
    pub(super) key: String,
    /// The same for people: `id = 4321`.
    pub(super) shown: String,
}

/// Whether the error may be one row's: 22 a value, 23 a constraint, P0 raised by a function.
fn is_of_a_row(error: &ServerError) -> bool {
    code(error).is_some_and(|code| ["22", "23", "P0"].iter().any(|class| code.starts_with(class)))
}

impl Runner<'_> {
    /// The first row of the batch that fails when it is changed alone. Nothing is changed: what is tried is rolled
    /// back.
    pub(super) async fn failing_row(
        &self,
        error: &ServerError,
        until: Option<&[String]>,
    ) -> Result<Option<FailingRow>, BackfillError> {
        let relation = &self.prepared.relation;
        if !is_of_a_row(error)
            || relation.key.is_empty()
            || matches!(self.definition.change, RowChange::Generate { .. })
        {
            return Ok(None);
        }
        let (table, row, to_do) = (relation.table(), relation.row(), &self.prepared.to_do);
        let window = self.work().window(&self.cursor.at, until);
        let key = self.work().key_text();
        let list = format!(
            "SELECT json_agg(json_build_array({row}.ctid::text, {key})) FROM {table} WHERE {window} AND ({})",
            to_do.visited(self.cursor.round)
        );
        let listed = self.desk.ask(&list).await?;
        let listed = listed.first().and_then(|row| row.first()?.as_deref()).unwrap_or("[]");
        let mut suspects: Vec<(String, String)> = serde_json::from_str(listed).unwrap_or_default();
        let rows = format!("{window} AND ({})", to_do.batch(self.cursor.round));
        while suspects.len() > 1 {
            let rest = suspects.split_off(suspects.len() / 2);
            if !self.fails(&rows, &suspects).await? {
                suspects = rest;
            }
        }
        // Alone it may be innocent, where two rows fail together.
        if suspects.is_empty() || !self.fails(&rows, &suspects).await? {
            return Ok(None);
        }
        Ok(suspects.pop().map(|(_, key)| {
            let values: Vec<String> = serde_json::from_str(&key).unwrap_or_default();
            let pairs = relation.key.iter().zip(values);
            let shown = pairs.map(|(column, value)| format!("{} = {value}", column.name.for_people()));
            FailingRow { shown: shown.collect::<Vec<_>>().join(", "), key }
        }))
    }

    async fn fails(&self, condition: &str, rows: &[(String, String)]) -> Result<bool, BackfillError> {
        let places: Vec<&str> = rows.iter().map(|(place, _)| place.as_str()).collect();
        let places = format!("{{\"{}\"}}", places.join("\",\""));
        let relation = &self.prepared.relation;
        let condition = format!("{condition} AND {}.ctid = ANY ({}::tid[])", relation.row(), Literal(&places));
        match self.desk.probe(&change(self.definition, relation, NO_IDS, &condition)).await {
            Ok(()) => Ok(false),
            Err(error) if is_of_a_row(&error) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a row on record as one that is left as it is; `false` where there are too many of them.
    pub(super) async fn reject(&mut self, row: &FailingRow, error: &ServerError) -> Result<bool, BackfillError> {
        if self.rejects >= MOST_REJECTS {
            return Ok(false);
        }
        let sql = format!(
            "INSERT INTO {}.backfill_reject (service, job, key, sqlstate, error) VALUES ({}, {}, {}, {}, {}) \
             ON CONFLICT DO NOTHING",
            self.target.history_schema,
            Literal(&self.target.service),
            self.job.number,
            Literal(&row.key),
            Literal::or_null(code(error)),
            Literal(&error.to_string()),
        );
        self.desk.ask(&sql).await?;
        self.rejects += 1;
        self.leave_rejects_out();
        Ok(true)
    }

    /// From here on, rows that are on record are left out.
    pub(super) fn leave_rejects_out(&mut self) {
        if self.rejects == 0 || self.leaves_rejects_out {
            return;
        }
        self.leaves_rejects_out = true;
        let left_out = format!(
            "EXISTS (SELECT FROM {}.backfill_reject limosa_reject WHERE limosa_reject.service = {} \
             AND limosa_reject.job = {} AND limosa_reject.key = {})",
            self.target.history_schema,
            Literal(&self.target.service),
            self.job.number,
            self.work().key_text(),
        );
        self.prepared.to_do.but_not(&left_out);
    }
}
