//! What a backfill would do.

use limosa_ids::Generator;

use super::definition::{BackfillDefinition, RowChange};
use super::desk::Desk;
use super::error::BackfillError;
use super::order::Order;
use super::prepare::{Prepared, prepare};
use super::run::Runner;
use crate::run_error::RunError;
use crate::target::{Target, open};

/// What a backfill would do.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Preview {
    /// The table, quoted.
    pub table: String,
    /// Rows that would be changed, perhaps by estimate.
    pub rows: i64,
    /// In which order they would be visited.
    pub order: Order,
    /// The condition that tells which rows are still to do.
    pub condition: String,
    /// The names of the columns of the sample: those of the key, then for each that changes what it holds and what it
    /// would hold.
    pub columns: Vec<String>,
    /// Some rows that would be changed.
    pub sample: Vec<Vec<Option<String>>>,
}

/// Rows in a sample.
const SAMPLE: usize = 5;

/// Says what a backfill would do, and writes nothing.
///
/// # Errors
/// See [`BackfillError`].
pub async fn preview_backfill(target: &Target, definition: &BackfillDefinition) -> Result<Preview, BackfillError> {
    let opened = open(target).await?;
    let desk = Desk::new(&opened.session, target);
    let prepared = prepare(&desk, definition).await?;
    let rows = desk.count(&prepared.relation.name.to_string(), &prepared.to_do.condition).await?;
    let (columns, sample) = sample(&desk, definition, &prepared).await?;
    let preview = Preview {
        table: prepared.relation.name.to_string(),
        rows,
        order: prepared.order,
        condition: prepared.to_do.condition,
        columns,
        sample,
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
    let mut columns: Vec<String> = relation.key.iter().map(|key| key.name.as_str().to_owned()).collect();
    let mut values: Vec<String> = relation.key.iter().map(|key| format!("{}::text", key.name)).collect();
    for column in definition.columns() {
        columns.extend([column.as_str().to_owned(), format!("{} then", column.as_str())]);
        values.push(format!("({column})::text"));
        values.push(match &definition.change {
            RowChange::Set(assignments) => {
                let own = assignments.iter().find(|assignment| assignment.column == *column);
                own.map_or_else(String::new, |assignment| format!("(({}\n))::text", assignment.expression))
            }
            RowChange::Generate { .. } | RowChange::Delete => "NULL".to_owned(),
        });
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE {} LIMIT {SAMPLE}",
        values.join(", "),
        relation.name,
        prepared.to_do.condition
    );
    let mut rows = desk.ask(&sql).await.map_err(|error| BackfillError::Refused { error })?;
    if let Some(mut generator) = Runner::generator(definition)? {
        for row in &mut rows {
            let mut id = String::new();
            Generator::write(generator.as_mut(), &mut id)?;
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
