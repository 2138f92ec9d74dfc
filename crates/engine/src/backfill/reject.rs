//! The row that makes a batch fail: found, named, and left out where that is wanted.

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::ServerError;

use super::definition::{BackfillDefinition, RowChange};
use super::error::BackfillError;
use super::relation::Relation;
use super::run::Runner;
use super::statement::{NO_IDS, change};
use super::to_do::StillToDo;
use super::worker::{Home, Worker};
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

impl OnError {
    /// Whether it can be kept to: a row that is left is known by its key from then on.
    ///
    /// # Errors
    /// Rows are to be left, and have no key.
    pub(super) fn suits(self, definition: &BackfillDefinition, relation: &Relation) -> Result<(), BackfillError> {
        if self == Self::Skip && relation.key.is_empty() {
            return Err(BackfillError::NoKeyToSkipBy { table: definition.table.clone() });
        }
        Ok(())
    }
}

/// A row that cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FailingRow {
    /// The values of its key as a JSON array of texts.
    pub(super) key: String,
    /// The same for people: `id = 4321`. In a table without a key, its place and what its new values come from.
    pub(super) shown: String,
}

/// What makes a batch fail.
pub(super) enum Culprit {
    /// A row that fails when it is changed alone, and the server's words about it.
    Row(FailingRow, ServerError),
    /// No row alone, but one together with some before it, as two that get the same unique value.
    Together(Part),
}

/// Those rows of a batch that stand before the one that fails together with them. They can be changed by themselves,
/// and it fails alone when they are.
pub(super) struct Part {
    /// True for them; not looked at for others.
    pub(super) condition: String,
    /// The key of the last one; empty where there is no key.
    pub(super) until: Vec<String>,
}

/// A row that may be what fails: its place, its key as it is put on record, and what people see of it.
type Suspect = (String, String, Vec<Option<String>>);

/// So many columns, and so many characters of each, tell people which row it is.
const MOST_SHOWN: usize = 8;
const SHOWN: usize = 60;

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
    /// What makes the batch fail; `None` where that is no row. Nothing is changed: what is tried is rolled back.
    pub(super) async fn culprit(
        &self,
        error: &ServerError,
        until: Option<&[String]>,
    ) -> Result<Option<Culprit>, BackfillError> {
        let definition = self.runner.definition;
        if !is_of_a_row(error) || matches!(definition.change, RowChange::Generate { .. }) {
            return Ok(None);
        }
        let suspects = self.suspects(until).await?;
        if suspects.is_empty() {
            return Ok(None);
        }
        let rows = format!("{} AND ({})", self.statement().window(&self.cursor.at, until), self.batch_condition());
        let Some((innocent, error)) = self.innocent(&rows, &suspects).await? else { return Ok(None) };
        let (part, suspect) = suspects.split_at(innocent);
        let Some(suspect) = suspect.first() else { return Ok(None) };
        let Some((_, key, _)) = part.last() else { return Ok(Some(Culprit::Row(self.failing_row(suspect), error))) };
        if let Some(error) = self.fails(&rows, std::slice::from_ref(suspect)).await? {
            return Ok(Some(Culprit::Row(self.failing_row(suspect), error)));
        }
        let until = serde_json::from_str(key).unwrap_or_default();
        Ok(Some(Culprit::Together(Part { condition: self.among(part, self.batch_condition()), until })))
    }

    /// The rows of the batch, in the order of the key.
    async fn suspects(&self, until: Option<&[String]>) -> Result<Vec<Suspect>, BackfillError> {
        let relation = &self.runner.prepared.relation;
        let statement = self.statement();
        let (table, row, window) = (relation.table(), relation.row(), statement.window(&self.cursor.at, until));
        let key = statement.key_text();
        let order = if relation.key.is_empty() { format!("{row}.ctid") } else { statement.key_columns() };
        let shown = self.telling_columns().into_iter().map(|column| format!("left({row}.{column}::text, {SHOWN})"));
        let shown = shown.collect::<Vec<_>>().join(", ");
        let list = async |which: &str| {
            let list = format!(
                "SELECT json_agg(json_build_array({row}.ctid::text, {key}, json_build_array({shown})) \
                 ORDER BY {order}) FROM {table} WHERE {window} AND ({which})"
            );
            self.desk.ask(&list).await
        };
        let listed = match list(self.to_do.visited(self.cursor.round)).await {
            // A row fails as soon as it is asked whether it is to be changed.
            Err(error) if is_of_a_row(&error) => list("true").await?,
            listed => listed?,
        };
        let listed = listed.first().and_then(|row| row.first()?.as_deref()).unwrap_or("[]");
        Ok(serde_json::from_str(listed).unwrap_or_default())
    }

    /// How many rows from the first one on can be changed together, and what the server says of one more; `None` where
    /// all can. It is looked for near the first one before anything is halved: where many rows fail, one does soon.
    async fn innocent(&self, rows: &str, suspects: &[Suspect]) -> Result<Option<(usize, ServerError)>, BackfillError> {
        let (mut innocent, mut tried) = (0, 1);
        let mut said = loop {
            if let Some(error) = self.fails(rows, &suspects[..tried]).await? {
                break error;
            }
            if tried == suspects.len() {
                return Ok(None);
            }
            (innocent, tried) = (tried, (tried * 2).min(suspects.len()));
        };
        while tried - innocent > 1 {
            let middle = innocent.midpoint(tried);
            match self.fails(rows, &suspects[..middle]).await? {
                Some(error) => (tried, said) = (middle, error),
                None => innocent = middle,
            }
        }
        Ok(Some((innocent, said)))
    }

    /// Picks the rows that the batch changes.
    fn batch_condition(&self) -> &str {
        self.to_do.batch(self.cursor.round)
    }

    /// What tells people in a table without a key which row it is: the columns that its new values come from.
    fn telling_columns(&self) -> Vec<Identifier> {
        let relation = &self.runner.prepared.relation;
        if !relation.key.is_empty() {
            return Vec::new();
        }
        let mut columns = self.runner.definition.reads(|name| relation.columns.contains_key(name.as_str()));
        columns.truncate(MOST_SHOWN);
        columns
    }

    fn failing_row(&self, (place, key, told): &Suspect) -> FailingRow {
        let columns = &self.runner.prepared.relation.key;
        let keyed: Vec<String> = serde_json::from_str(key).unwrap_or_default();
        let keyed = columns.iter().map(|column| &column.name).zip(keyed.iter().map(String::as_str));
        let telling = self.telling_columns();
        let told = telling.iter().zip(told.iter().map(|value| value.as_deref().unwrap_or("NULL")));
        let pairs = keyed.chain(told).map(|(column, value)| format!("{} = {value}", column.for_people()));
        let place = columns.is_empty().then(|| format!("ctid = {place}"));
        FailingRow { shown: place.into_iter().chain(pairs).collect::<Vec<_>>().join(", "), key: key.clone() }
    }

    /// A condition for these rows only, which is not looked at for others.
    fn among(&self, rows: &[Suspect], condition: &str) -> String {
        let places: Vec<&str> = rows.iter().map(|(place, ..)| place.as_str()).collect();
        let places = format!("{{\"{}\"}}", places.join("\",\""));
        let among = format!("{}.ctid = ANY ({}::tid[])", self.runner.prepared.relation.row(), Literal(&places));
        match &self.runner.definition.change {
            // What is joined has to be found by the condition.
            RowChange::Set { from: Some(_), .. } => format!("{condition} AND {among}"),
            // The server looks at the cheaper of two conditions first: others' rows would fail in place of these.
            _ => format!("{among} AND CASE WHEN {among} THEN {condition} ELSE false END"),
        }
    }

    /// What the server says when these rows are changed, if it does not take that.
    async fn fails(&self, condition: &str, rows: &[Suspect]) -> Result<Option<ServerError>, BackfillError> {
        let (relation, definition) = (&self.runner.prepared.relation, self.runner.definition);
        match self.desk.probe(&change(definition, relation, NO_IDS, &self.among(rows, condition))).await {
            Ok(()) => Ok(None),
            Err(error) if is_of_a_row(&error) => Ok(Some(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Leaves a row as it is, where that is wanted and it is not one of too many.
    pub(super) async fn leave(&mut self, row: FailingRow, error: ServerError) -> Result<(), Home> {
        if self.runner.options.on_error != OnError::Skip || !self.reject(&row, &error).await? {
            return Err(Home::Failed(error, Some(row)));
        }
        self.runner.remark(format!("the row with {} is left as it is: {error}", row.shown));
        Ok(())
    }

    /// Puts a row on record as one that is left as it is; `false` where there are too many of them.
    async fn reject(&mut self, row: &FailingRow, error: &ServerError) -> Result<bool, BackfillError> {
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
