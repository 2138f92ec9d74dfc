//! What a database says to queries.

use futures_util::{StreamExt, stream};
use limosa_catalog::{Identifier, Literal, QualifiedName};
use limosa_postgres::{Description, ServerError, Session};
use limosa_project::{Consumer, Version, VersionSchemaTemplate};
use serde::{Deserialize, Serialize};

use super::copy::{CopyOf, of_view};
use super::set_default::{SetDefault, through_view};
use super::truncate::{self, truncated};
use crate::server_words::{code, detail, hint, position};

/// How many questions are under way at once; only waiting for answers is saved.
const UNDER_WAY: usize = 64;

/// What a database says to a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answered {
    /// It can be run, as far as its text shows.
    Prepared(Shape),
    /// It cannot.
    Refused(Refusal),
}

/// What a query takes and gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The types of its parameters.
    pub parameters: Vec<String>,
    /// The names and types of its columns.
    pub columns: Vec<(String, String)>,
}

/// Why a query cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What the server says.
    pub message: String,
    /// What it adds.
    pub detail: Option<String>,
    /// What it advises.
    pub hint: Option<String>,
    /// The code, five characters.
    pub sqlstate: Option<String>,
    /// The byte of the query, with its parameters numbered, at which it points.
    pub byte: Option<usize>,
}

/// Asks what the queries of applications take and give, on a session that nobody else uses, in the order of the
/// consumers and their queries. Nothing is run. `usual_path` is where names are looked up by those that say nothing of
/// it; `names` tells in which schemas those find their tables that say which version they are of.
///
/// # Errors
/// The connection is lost. What is refused is an answer.
pub async fn describe_consumers(
    session: &Session,
    consumers: &[Consumer],
    usual_path: Option<&str>,
    names: &VersionSchemaTemplate,
) -> Result<Vec<Answered>, ServerError> {
    let mut answers = Vec::new();
    for consumer in consumers {
        let refused = set_up(session, consumer, usual_path, names).await?;
        if let Some(refusal) = refused {
            answers.extend(consumer.queries.iter().map(|_| Answered::Refused(refusal.clone())));
        } else {
            let is_of_version = consumer.version.is_some();
            let asked =
                stream::iter(&consumer.queries).map(|query| describe(session, &query.numbered.sql, is_of_version));
            let mut asked = asked.buffered(UNDER_WAY);
            while let Some(answer) = asked.next().await {
                answers.push(answer?);
            }
        }
        session.flight("RESET ROLE;\nRESET search_path").await.map_err(|failure| failure.error)?;
    }
    Ok(answers)
}

async fn describe(session: &Session, sql: &str, is_of_version: bool) -> Result<Answered, ServerError> {
    if let Some(tables) = truncated(sql) {
        return of_tables(session, &tables).await;
    }
    let Some(copy) = CopyOf::read(sql) else {
        let answer = described(session, sql).await?;
        // Who has a view of its own means what it says.
        let set = if is_of_version { SetDefault::read(sql) } else { Vec::new() };
        return match (&answer, set.is_empty()) {
            (Answered::Prepared(_), false) => Ok(through_view(session, &set).await?.unwrap_or(answer)),
            _ => Ok(answer),
        };
    };
    let mut answer = described(session, &copy.probe(sql)).await?;
    match (&mut answer, &copy) {
        (Answered::Prepared(_), _) => Ok(of_view(session, &copy).await?.unwrap_or(answer)),
        (Answered::Refused(refusal), CopyOf::Table { .. }) => {
            // It points into a text that the application does not know.
            refusal.byte = None;
            Ok(answer)
        }
        (Answered::Refused(_), CopyOf::Query(_)) => Ok(answer),
    }
}

async fn of_tables(session: &Session, tables: &[QualifiedName]) -> Result<Answered, ServerError> {
    match described(session, &truncate::probe(tables)).await? {
        Answered::Prepared(shape) => Ok(truncate::of_view(session, tables).await?.unwrap_or(Answered::Prepared(shape))),
        // It points into a text that the application does not know.
        Answered::Refused(refusal) => Ok(Answered::Refused(Refusal { byte: None, ..refusal })),
    }
}

async fn described(session: &Session, sql: &str) -> Result<Answered, ServerError> {
    match session.describe(sql).await {
        Ok(description) => Ok(Answered::Prepared(description.into())),
        Err(error) if error.is_connection_lost() => Err(error),
        Err(error) => Ok(Answered::Refused(refusal(&error, Some(sql)))),
    }
}

/// Makes the session one of the application. What stands in the way of that is what each of its queries meets.
async fn set_up(
    session: &Session,
    consumer: &Consumer,
    usual_path: Option<&str>,
    names: &VersionSchemaTemplate,
) -> Result<Option<Refusal>, ServerError> {
    let own = consumer.search_path.iter().map(Identifier::to_string).collect::<Vec<_>>().join(", ");
    let path = if own.is_empty() { usual_path } else { Some(own.as_str()) };
    let mut sql: Vec<String> = Vec::new();
    sql.extend(path.map(|path| format!("SELECT pg_catalog.set_config('search_path', {}, false)", Literal(path))));
    if let Some(version) = &consumer.version {
        session.flight(&sql.join(";\n")).await.map_err(|failure| failure.error)?;
        sql = vec![of_version(session, version, names).await?];
    }
    sql.extend(consumer.role.as_ref().map(|role| format!("SET ROLE {role}")));
    if sql.is_empty() {
        return Ok(None);
    }
    match session.flight(&sql.join(";\n")).await {
        Ok(_) => Ok(None),
        Err(failure) if failure.error.is_connection_lost() => Err(failure.error),
        Err(failure) => Ok(Some(refusal(&failure.error, None))),
    }
}

/// Puts the schemas in which a version finds its tables before those that hold them. Where they are not there, they
/// count for nothing.
async fn of_version(
    session: &Session,
    version: &Version,
    names: &VersionSchemaTemplate,
) -> Result<String, ServerError> {
    let rows = session.query("SELECT pg_catalog.current_schemas(false)::text[]", &[]).await?;
    let found: Vec<String> = rows.first().map(|row| row.get(0)).unwrap_or_default();
    let bases: Vec<Identifier> = found.into_iter().filter_map(|name| Identifier::new(name).ok()).collect();
    let shown = bases.iter().filter_map(|base| names.name(base, version.as_str()).ok());
    let path: Vec<String> = shown.chain(bases.iter().cloned()).map(|schema| schema.to_string()).collect();
    Ok(format!("SELECT pg_catalog.set_config('search_path', {}, false)", Literal(&path.join(", "))))
}

impl From<Description> for Shape {
    fn from(description: Description) -> Self {
        let columns = description.columns.into_iter().map(|column| (column.name, column.data_type));
        Self { parameters: description.parameters, columns: columns.collect() }
    }
}

fn refusal(error: &ServerError, sql: Option<&str>) -> Refusal {
    let byte = sql.and_then(|sql| sql.char_indices().nth(position(error)?.checked_sub(1)?)).map(|(byte, _)| byte);
    Refusal {
        message: error.database().map_or_else(|| error.to_string(), |database| database.message.clone()),
        detail: detail(error).map(str::to_owned),
        hint: hint(error).map(str::to_owned),
        sqlstate: code(error).map(str::to_owned),
        byte,
    }
}
