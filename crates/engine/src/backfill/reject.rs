//! The row that makes a batch fail: found by halves, named, and left out where that is wanted.

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::ServerError;

use super::definition::RowChange;
use super::error::BackfillError;
use super::run::Runner;
use super::statement::{NO_IDS, change};
use super::to_do::StillToDo;
use super::worker::Worker;
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

/// A row that a job left as it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// The job.
    pub job: i32,
    /// The table, quoted.
    pub table: String,
    /// The values of the row's key, in the key's order.
    pub key: Vec<String>,
    /// The server's code of what went wrong, five characters.
    pub sqlstate: Option<String>,
    /// The server's words.
    pub error: String,
    /// When, as the server writes a time.
    pub at: String,
}

/// What is asked for rejects, the oldest first.
pub(crate) fn question(schema: &Identifier, service: &str, job: Option<i32>) -> String {
    let job = job.map(|job| format!(" AND job = {job}")).unwrap_or_default();
    format!(
        "SELECT job, relation, rejected.key, sqlstate, rejected.error, at FROM {schema}.backfill_reject rejected \
         JOIN {schema}.backfill USING (service, job) WHERE service = {}{job} ORDER BY at, rejected.key",
        Literal(service)
    )
}

impl Reject {
    /// The answer; `None` for a row that no version of Limosa writes.
    pub(crate) fn decode(row: &[Option<String>]) -> Option<Self> {
        let text = |index: usize| row.get(index).and_then(Option::as_deref);
        Some(Self {
            job: text(0)?.parse().ok()?,
            table: text(1)?.to_owned(),
            key: serde_json::from_str(text(2)?).ok()?,
            sqlstate: text(3).map(str::to_owned),
            error: text(4)?.to_owned(),
            at: text(5)?.to_owned(),
        })
    }
}

/// Whether the error may be one row's: 22 a value, 23 a constraint, P0 raised by a function.
pub(super) fn is_of_a_row(error: &ServerError) -> bool {
    code(error).is_some_and(|code| ["22", "23", "P0"].iter().any(|class| code.starts_with(class)))
}

impl Worker<'_, '_> {
    /// The first row of the batch that fails when it is changed alone. Nothing is changed: what is tried is rolled
    /// back.
    pub(super) async fn failing_row(
        &self,
        error: &ServerError,
        until: Option<&[String]>,
    ) -> Result<Option<FailingRow>, BackfillError> {
        let (relation, definition) = (&self.runner.prepared.relation, self.runner.definition);
        if !is_of_a_row(error) || relation.key.is_empty() || matches!(definition.change, RowChange::Generate { .. }) {
            return Ok(None);
        }
        let (table, row, to_do) = (relation.table(), relation.row(), &self.to_do);
        let window = self.statement().window(&self.cursor.at, until);
        let key = self.statement().key_text();
        let list = async |which: &str| {
            let list = format!(
                "SELECT json_agg(json_build_array({row}.ctid::text, {key})) FROM {table} WHERE {window} AND ({which})"
            );
            self.desk.ask(&list).await
        };
        let listed = match list(to_do.visited(self.cursor.round)).await {
            // The row fails as soon as it is asked whether it is to be changed.
            Err(error) if is_of_a_row(&error) => list("true").await?,
            listed => listed?,
        };
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
        let (relation, definition) = (&self.runner.prepared.relation, self.runner.definition);
        let among = format!("{}.ctid = ANY ({}::tid[])", relation.row(), Literal(&places));
        let condition = match &definition.change {
            // What is joined has to be found by the condition.
            RowChange::Set { from: Some(_), .. } => format!("{condition} AND {among}"),
            // The server looks at the cheaper of two conditions first: others' rows would fail in place of these.
            _ => format!("{among} AND CASE WHEN {among} THEN {condition} ELSE false END"),
        };
        match self.desk.probe(&change(definition, relation, NO_IDS, &condition)).await {
            Ok(()) => Ok(false),
            Err(error) if is_of_a_row(&error) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a row on record as one that is left as it is; `false` where there are too many of them.
    pub(super) async fn reject(&mut self, row: &FailingRow, error: &ServerError) -> Result<bool, BackfillError> {
        let runner = self.runner;
        if runner.rejects.get() >= MOST_REJECTS {
            return Ok(false);
        }
        let sql = format!(
            "INSERT INTO {}.backfill_reject (service, job, key, sqlstate, error) VALUES ({}, {}, {}, {}, {}) \
             ON CONFLICT DO NOTHING",
            runner.target.history_schema,
            Literal(&runner.target.service),
            runner.job.number,
            Literal(&row.key),
            Literal::or_null(code(error)),
            Literal(&self.runner.owner.mask(&error.to_string())),
        );
        self.desk.ask(&sql).await?;
        runner.rejects.set(runner.rejects.get() + 1);
        Ok(true)
    }
}

impl Runner<'_> {
    /// The rows that are still to do, but for those that are on record.
    pub(super) fn without_rejects(&self, to_do: &StillToDo) -> StillToDo {
        let rejected = format!(
            "EXISTS (SELECT FROM {}.backfill_reject limosa_reject WHERE limosa_reject.service = {} \
             AND limosa_reject.job = {} AND limosa_reject.key = {})",
            self.target.history_schema,
            Literal(&self.target.service),
            self.job.number,
            self.statement().key_text(),
        );
        to_do.but_not(&rejected)
    }
}
