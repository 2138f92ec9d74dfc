//! What a backfill would do.

use super::BackfillOptions;
use super::definition::{Assignment, BackfillDefinition, RowChange};
use super::desk::Desk;
use super::error::BackfillError;
use super::estimate::{Trial, estimate};
use super::id_source::IdSource;
use super::order::Order;
use super::prepare::{Prepared, prepare, try_some};
use crate::run_error::RunError;
use crate::target::{Target, open};

/// What a backfill would do.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Preview {
    /// The table, quoted.
    pub table: String,
    /// Rows that would be changed.
    pub rows: i64,
    /// Whether they were counted; an estimate is given where that would take long.
    pub is_exact: bool,
    /// In which order they would be visited.
    pub order: Order,
    /// The condition that tells which rows are still to do.
    pub condition: String,
    /// The names of the columns of the sample: those of the key, then for each that changes what it holds and what it
    /// would hold.
    pub columns: Vec<String>,
    /// Some rows that would be changed.
    pub sample: Vec<Vec<Option<String>>>,
    /// What it would cost.
    pub trial: Trial,
}

/// Rows in a sample.
const SAMPLE: usize = 5;

/// Says what a backfill would do, and leaves nothing behind: a few batches are tried and taken back.
///
/// # Errors
/// See [`BackfillError`].
pub async fn preview_backfill(
    target: &Target,
    definition: &BackfillDefinition,
    options: &BackfillOptions<'_>,
) -> Result<Preview, BackfillError> {
    let opened = open(target).await?;
    let desk = Desk::new(&opened.session, target);
    let prepared = prepare(&desk, definition, &target.ids_schema).await?;
    options.on_error.suits(definition, &prepared.relation)?;
    try_some(&desk, definition, &prepared).await?;
    let count = desk.count(&prepared.relation.table(), prepared.to_do.left()).await?;
    let (columns, sample) = sample(&desk, definition, &prepared).await?;
    let trial = estimate(&desk, target, definition, &prepared, count.rows, options).await?;
    let preview = Preview {
        table: prepared.relation.name.to_string(),
        rows: count.rows,
        is_exact: count.is_exact,
        order: prepared.order,
        condition: prepared.to_do.left().to_owned(),
        columns,
        sample,
        trial,
    };
    opened.session.close().await;
    Ok(preview)
}

async fn sample(
    desk: &Desk<'_>,
    definition: &BackfillDefinition,
    prepared: &Prepared,
) -> Result<(Vec<String>, Vec<Vec<Option<String>>>), BackfillError> {
    let relation = &prepared.relation;
    let row = relation.row();
    let mut columns: Vec<String> = relation.key.iter().map(|key| key.name.as_str().to_owned()).collect();
    let mut values: Vec<String> = relation.key.iter().map(|key| format!("{row}.{}::text", key.name)).collect();
    let (mut from, mut condition) = (relation.table(), prepared.to_do.left().to_owned());
    match &definition.change {
        RowChange::Set { assignments, from: joined } => {
            for Assignment { column, expression } in assignments {
                columns.extend([column.as_str().to_owned(), format!("{} then", column.as_str())]);
                values.extend([format!("({row}.{column})::text"), format!("(({expression}\n))::text")]);
            }
            if let Some(joined) = joined {
                from = format!("{from}, {joined}\n");
                condition = prepared.to_do.batch(1).to_owned();
            }
        }
        RowChange::Generate { column, .. } => {
            columns.extend([column.as_str().to_owned(), format!("{} then", column.as_str())]);
            values.extend([format!("({row}.{column})::text"), "NULL".to_owned()]);
        }
        RowChange::Insert { values: new, .. } => {
            columns.extend(new.iter().map(|value| format!("{} there", value.column.as_str())));
            values.extend(new.iter().map(|value| format!("(({}\n))::text", value.expression)));
        }
        RowChange::Delete => {}
    }
    let sql = format!("SELECT {} FROM {from} WHERE {condition} LIMIT {SAMPLE}", values.join(", "));
    let mut rows = desk.ask(&sql).await.map_err(|error| BackfillError::Refused { error })?;
    if let Some(mut source) = IdSource::new(definition, prepared.numbers.as_ref())? {
        let count = u64::try_from(rows.len()).unwrap_or_default();
        let ids = match &prepared.numbers {
            Some(numbers) => numbers.upcoming(desk, count).await?,
            None => source.block(desk, count).await?,
        };
        for (row, id) in rows.iter_mut().zip(ids) {
            if let Some(last) = row.last_mut() {
                *last = Some(id);
            }
        }
    }
    Ok((columns, rows))
}

impl From<limosa_postgres::ConnectError> for BackfillError {
    fn from(error: limosa_postgres::ConnectError) -> Self {
        Self::Run(RunError::from(error))
    }
}
