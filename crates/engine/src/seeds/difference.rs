//! Rows in which a file and a table differ, for people to see.

use limosa_postgres::ServerError;

use super::report::{ChangedValue, NamedValue, RowDifference};
use super::statement::{FileRows, Pass, Statements};
use super::transaction::{Rows, Transaction};
use super::work::TableWork;

/// Rows that the table lacks.
pub(super) async fn added(
    transaction: &Transaction<'_>,
    work: &TableWork<'_>,
    statements: &Statements<'_>,
) -> Result<(u64, Vec<RowDifference>), ServerError> {
    let names: Vec<&str> = work.columns.iter().map(|column| column.name.as_str()).collect();
    let rows = transaction.ask(&statements.show_new()).await?;
    Ok(shown(&rows, |values| RowDifference::Added { values: named(&names, values) }))
}

/// Rows that have other values in the table.
pub(super) async fn changed(
    transaction: &Transaction<'_>,
    work: &TableWork<'_>,
    statements: &Statements<'_>,
    pass: Pass,
    among: FileRows,
) -> Result<(u64, Vec<RowDifference>), ServerError> {
    let Some(sql) = statements.show_changed(pass, among) else { return Ok((0, Vec::new())) };
    let key = work.key();
    let key: Vec<&str> = key.iter().map(limosa_catalog::Identifier::as_str).collect();
    let names = statements.compared_names(pass);
    let rows = transaction.ask(&sql).await?;
    Ok(shown(&rows, |values| {
        let (of_key, compared) = values.split_at(key.len().min(values.len()));
        let pairs = names.iter().zip(compared.chunks_exact(2));
        let columns = pairs.filter_map(|(name, pair)| match pair {
            // Values may differ and look the same, say with trailing zeros; then all are shown below.
            [table, file] if table != file => {
                Some(ChangedValue { column: name.as_str().to_owned(), table: table.clone(), file: file.clone() })
            }
            _ => None,
        });
        RowDifference::Changed { key: named(&key, of_key), columns: columns.collect() }
    }))
}

/// Rows that the file lacks, of those that meet some conditions.
pub(super) async fn surplus(
    transaction: &Transaction<'_>,
    work: &TableWork<'_>,
    statements: &Statements<'_>,
    among: &[String],
) -> Result<(u64, Vec<RowDifference>), ServerError> {
    let key = work.key();
    let key: Vec<&str> = if key.is_empty() { vec!["ctid"] } else { key.iter().map(|name| name.as_str()).collect() };
    let rows = transaction.ask(&statements.show_surplus(among)).await?;
    Ok(shown(&rows, |values| RowDifference::Surplus { key: named(&key, values) }))
}

/// Rows behind the column that says how many there are.
fn shown(rows: &Rows, show: impl Fn(&[Option<String>]) -> RowDifference) -> (u64, Vec<RowDifference>) {
    let count = super::transaction::number(rows, 0);
    let mut found: Vec<RowDifference> = rows.iter().filter_map(|row| row.get(1..)).map(show).collect();
    let more = count.saturating_sub(found.len() as u64);
    if more > 0 {
        found.push(RowDifference::More { rows: more });
    }
    (count, found)
}

fn named(names: &[&str], values: &[Option<String>]) -> Vec<NamedValue> {
    let named =
        |(name, value): (&&str, &Option<String>)| NamedValue { column: (*name).to_owned(), value: value.clone() };
    names.iter().zip(values).map(named).collect()
}
