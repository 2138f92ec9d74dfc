//! From a table to a file of seeds that holds its rows.

use std::time::Duration;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{ServerError, Session};
use limosa_project::{ColumnForm, did_you_mean};
use limosa_syntax::Diagnostic;

use super::relation::{Column, Relation};
use super::transaction::Transaction;
use super::work::spelled;
use crate::run_error::RunError;
use crate::target::{Target, connect};

/// How long a table that is locked is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Beside what reading a file pins: whatever else changes how values are written, so that every database with these
/// rows gives the same file.
const PINNED: &str = "\
SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; \
SET LOCAL xmlbinary = 'base64'";

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// CSV with a header.
    Csv,
    /// A list of maps.
    Json,
    /// A list of maps, one a line.
    Yaml,
}

/// What is exported.
pub struct ExportWish<'a> {
    /// The table.
    pub table: &'a QualifiedName,
    /// What identifies a row; else the primary key, else the only unique index.
    pub key: &'a [Identifier],
    /// Which rows, as a condition in SQL; all of them otherwise.
    pub condition: Option<&'a str>,
    /// The form of the file.
    pub format: ExportFormat,
}

/// A file of seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its text.
    pub text: String,
    /// The table, schema included.
    pub table: QualifiedName,
    /// How many rows it holds.
    pub rows: usize,
    /// The columns by which rows are found again, where a reader of the file would take others.
    pub key: Option<Vec<String>>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The target cannot be worked on.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Wish and table do not fit.
    #[error("{}", .0.message)]
    Unfit(Box<Diagnostic>),
}

impl From<ServerError> for ExportError {
    fn from(error: ServerError) -> Self {
        Self::Run(error.into())
    }
}

impl ExportError {
    /// What is said to people.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Run(error) => error.diagnostics(),
            Self::Unfit(diagnostic) => vec![(**diagnostic).clone()],
        }
    }
}

/// Reads the rows of a table in one snapshot, in the order of their key. The text holds all of them.
///
/// # Errors
/// See [`ExportError`].
pub async fn export_seed(target: &Target, wish: &ExportWish<'_>) -> Result<Exported, ExportError> {
    let session = connect(target).await.map_err(RunError::from)?;
    let transaction = Transaction { session: &session, target, fence: None };
    let result = async {
        transaction.begin().await?;
        let limit = format!("SET LOCAL lock_timeout = {}; SET TRANSACTION READ ONLY", PATIENCE.as_millis());
        transaction.ask(&format!("{limit}; {PINNED}")).await?;
        export(&transaction, wish).await
    }
    .await;
    transaction.roll_back().await;
    session.close().await;
    result
}

async fn export(transaction: &Transaction<'_>, wish: &ExportWish<'_>) -> Result<Exported, ExportError> {
    let rows = transaction.ask(&Relation::question(std::slice::from_ref(wish.table))).await?;
    let found = rows.first().and_then(|row| Relation::decode(row)).filter(Relation::is_table);
    let relation =
        found.ok_or_else(|| unfit(format!("there is no table {}", spelled(wish.table)), "name it as SQL does"))?;
    let Chosen { columns, key, told } = choose(&relation, wish.key)?;
    let session = transaction.session;
    let order: Vec<String> = key.iter().map(|name| collated(&relation, name)).collect();
    let condition = wish.condition.map(|condition| format!(" WHERE ({condition}\n)")).unwrap_or_default();
    let from = format!("FROM {}{condition} ORDER BY {}", relation.name, order.join(", "));
    let (text, rows) = match wish.format {
        ExportFormat::Csv => csv(session, &columns, &from).await?,
        ExportFormat::Json | ExportFormat::Yaml => maps(session, &columns, &from, wish.format).await?,
    };
    Ok(Exported { text, table: relation.name, rows, key: told })
}

/// The columns of the file, and those of its key.
struct Chosen<'a> {
    columns: Vec<&'a Column>,
    key: Vec<Identifier>,
    told: Option<Vec<String>>,
}

/// Chooses columns: all that a file can fill; without those that the database numbers, where the key is another.
fn choose<'a>(relation: &'a Relation, wished: &[Identifier]) -> Result<Chosen<'a>, ExportError> {
    let table = spelled(&relation.name);
    if let Some(unknown) = wished.iter().find(|name| relation.column(name).is_none()) {
        let known = did_you_mean(unknown.as_str(), relation.columns.iter().map(Column::name));
        return Err(unfit(format!("{table} has no column `{}`", unknown.as_str()), &known));
    }
    let names = |columns: &[String]| columns.iter().filter_map(|name| Identifier::new(name.as_str()).ok()).collect();
    let key: Vec<Identifier> = match (wished, relation.primary_key(), relation.uniques.as_slice()) {
        ([_, ..], ..) => wished.to_vec(),
        (_, primary @ [_, ..], _) => names(primary),
        (_, _, [only]) => names(&only.columns),
        _ => {
            let message = format!("{table} has no primary key, and not one unique index");
            return Err(unfit(message, "say which columns identify a row: `--key COLUMN,…`"));
        }
    };
    let in_key = |column: &Column| key.iter().any(|name| name.as_str() == column.name());
    let columns: Vec<&Column> = relation
        .columns
        .iter()
        .filter(|column| !column.generated && (in_key(column) || wished.is_empty() || !column.is_numbered()))
        .collect();
    let filled = |unique: &[String]| unique.iter().all(|name| columns.iter().any(|column| column.name() == name));
    let primary = relation.primary_key();
    let usual: Option<Vec<Identifier>> = if !primary.is_empty() && filled(primary) {
        Some(names(primary))
    } else {
        let mut others = relation.uniques.iter().filter(|unique| !unique.primary && filled(&unique.columns));
        others.next().filter(|_| others.next().is_none()).map(|only| names(&only.columns))
    };
    let told = (usual.as_ref() != Some(&key)).then(|| key.iter().map(|name| name.as_str().to_owned()).collect());
    Ok(Chosen { columns, key, told })
}

/// A column to order by; texts by their bytes, which no server orders in another way.
fn collated(relation: &Relation, name: &Identifier) -> String {
    match relation.column(name) {
        Some(column) if column.is_text() => format!("{name} COLLATE \"C\""),
        _ => name.to_string(),
    }
}

async fn csv(session: &Session, columns: &[&Column], from: &str) -> Result<(String, usize), ServerError> {
    let names: Vec<String> = columns.iter().filter_map(|column| column.identifier()).collect();
    let rows = session.query(&format!("SELECT pg_catalog.count(*) FROM (SELECT {from}) c"), &[]).await?;
    let count = rows.first().map_or(0, |row| usize::try_from(row.get::<_, i64>(0)).unwrap_or_default());
    let statement = format!("COPY (SELECT {} {from}) TO STDOUT (FORMAT csv, HEADER)", names.join(", "));
    let mut copied = session.copy_out(&statement).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = copied.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok((String::from_utf8_lossy(&bytes).into_owned(), count))
}

/// A map for each row. What JSON has no form for is its text, which every type reads.
async fn maps(
    session: &Session,
    columns: &[&Column],
    from: &str,
    format: ExportFormat,
) -> Result<(String, usize), ServerError> {
    let values: Vec<String> = columns
        .iter()
        .filter_map(|column| {
            let name = column.identifier()?;
            Some(match (column.form(), column.is_json_value()) {
                (ColumnForm::Json, _) | (_, true) => name,
                _ => format!("{name}::text AS {name}"),
            })
        })
        .collect();
    // `r` alone would be a column of that name.
    let sql = format!("SELECT pg_catalog.row_to_json(r.*)::text FROM (SELECT {} {from}) r", values.join(", "));
    let rows: Vec<String> = session.query(&sql, &[]).await?.iter().map(|row| row.get(0)).collect();
    let text = match (format, rows.is_empty()) {
        (_, true) => "[]\n".to_owned(),
        (ExportFormat::Yaml, _) => rows.iter().map(|row| format!("- {row}\n")).collect(),
        _ => format!("[\n  {}\n]\n", rows.join(",\n  ")),
    };
    Ok((text, rows.len()))
}

fn unfit(message: String, help: &str) -> ExportError {
    ExportError::Unfit(Box::new(Diagnostic::error("cannot-export", message).with_help(help)))
}
