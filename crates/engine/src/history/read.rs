//! Reading a target's history. Never writes: a target without history simply has nothing applied.

use futures_util::future;
use limosa_catalog::Identifier;
use limosa_postgres::{Row, ServerError, Session, Type};

use crate::server_words::{is_forbidden, is_missing};

use super::chain::{ChainLink, FIRST_LINK};
use super::place::HistoryPlace;
use super::schema::{FormatVersion, NEWEST_FORMAT};

/// Whether a row is in effect as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// In effect.
    Applied,
    /// Begun in stages and not finished.
    Running,
    /// Its down was begun in stages and is not finished.
    Reverting,
}

/// A migration as the history knows it, without its SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The version, as it was written in the file name.
    pub version: String,
    /// Whether it is a repeatable object; its version is then its name.
    pub repeatable: bool,
    /// The name.
    pub name: String,
    /// SHA-256 of its up text, in hexadecimal.
    pub checksum: String,
    /// The file that it was applied from, relative to the project.
    pub path: String,
    /// Whether it is in effect.
    pub state: RowState,
    /// Stages done, where it is not [`RowState::Applied`].
    pub position: usize,
    /// Whether the stage at `position` was begun outside a transaction.
    pub in_flight: bool,
    /// The last error, where it is not [`RowState::Applied`].
    pub error: Option<String>,
    /// When it was applied, microseconds since 1970, UTC.
    pub applied_at: Option<i64>,
    /// Who applied it.
    pub applied_by: String,
}

/// What a target's history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Its format, or `None` where there is no history yet.
    pub format: Option<FormatVersion>,
    /// All rows of the service.
    pub rows: Vec<HistoryRow>,
    /// The end of the service's chain of events.
    pub last: ChainLink,
    /// The major version of the server when a run last left a snapshot of its catalog.
    pub snapshot_major: Option<i32>,
}

impl History {
    /// The history of a target that never had one.
    #[must_use]
    pub fn absent() -> Self {
        Self { format: None, rows: Vec::new(), last: FIRST_LINK, snapshot_major: None }
    }

    /// Whether a migration was begun in stages and not finished, by a run that was cut off or by one that is at it.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.rows.iter().any(|row| row.state != RowState::Applied)
    }

    /// The row of a version.
    #[must_use]
    pub fn row(&self, version: &str) -> Option<&HistoryRow> {
        self.rows.iter().find(|row| !row.repeatable && row.version == version)
    }
}

/// Why a history could not be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The history was written by a newer Limosa.
    #[error("the history in schema {schema} has format {found}; this Limosa knows formats up to {newest}")]
    Newer {
        /// The history schema.
        schema: Identifier,
        /// Its format.
        found: i32,
        /// The newest that this build knows.
        newest: i32,
    },
    /// The schema is there and this role may not read it.
    #[error("the history in schema {schema} may not be read by this role: {error}")]
    NoPrivilege {
        /// The history schema.
        schema: Identifier,
        /// The server's words.
        error: ServerError,
    },
    /// A row that no version of Limosa writes.
    #[error("the history holds {what}, which this Limosa does not understand")]
    Unreadable {
        /// What was found.
        what: String,
    },
    /// The server said no for another reason.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Reads the history of one service in one round trip (four pipelined queries over primary keys).
///
/// # Errors
/// See [`HistoryError`]. A missing schema or table is no error.
pub(crate) async fn read_history(session: &Session, place: HistoryPlace<'_>) -> Result<History, HistoryError> {
    let HistoryPlace { schema, service, .. } = place;
    let format_sql = format!("SELECT version FROM {schema}.format");
    let rows_sql = format!(
        "SELECT version, kind = 'repeatable', name, checksum, state, position, in_flight, error, \
         (extract(epoch FROM applied_at) * 1000000)::bigint, applied_by, path \
         FROM {schema}.migration WHERE service = $1"
    );
    let last_sql = format!("SELECT seq, hash FROM {schema}.event WHERE service = $1 ORDER BY seq DESC LIMIT 1");
    let snapshot_sql =
        format!("SELECT server_major FROM {schema}.snapshot WHERE service = $1 ORDER BY event_seq DESC LIMIT 1");
    let params: [(&(dyn limosa_postgres::ToSql + Sync), Type); 1] = [(&service, Type::TEXT)];
    let ask = || {
        future::join4(
            session.query(&format_sql, &[]),
            session.query(&rows_sql, &params),
            session.query(&last_sql, &params),
            session.query(&snapshot_sql, &params),
        )
    };
    let (format, rows, last, snapshot) = match place.as_owner(session, ask()).await {
        Ok(answers @ (Ok(_), ..)) => answers,
        Ok((Err(error), ..)) | Err(error) if !place.may_differ_for_login(&error) => {
            (Err(error), Ok(vec![]), Ok(vec![]), Ok(vec![]))
        }
        Ok(_) | Err(_) => ask().await,
    };
    let format = match format {
        Ok(rows) => rows.first().and_then(|row| row.get::<_, Option<i32>>(0)),
        Err(error) if is_missing(&error) => return Ok(History::absent()),
        Err(error) if is_forbidden(&error) => {
            return Err(HistoryError::NoPrivilege { schema: schema.clone(), error });
        }
        Err(error) => return Err(error.into()),
    };
    let format = format.ok_or_else(|| HistoryError::Unreadable { what: format!("no format in {schema}.format") })?;
    if format > NEWEST_FORMAT.0 {
        return Err(HistoryError::Newer { schema: schema.clone(), found: format, newest: NEWEST_FORMAT.0 });
    }
    let rows = rows?.iter().map(decode_row).collect::<Result<_, _>>()?;
    let last =
        last?.first().map_or(FIRST_LINK, |row| ChainLink { seq: row.get(0), hash: row.get::<_, String>(1).into() });
    let snapshot_major = snapshot?.first().map(|row| row.get(0));
    Ok(History { format: Some(FormatVersion(format)), rows, last, snapshot_major })
}

fn decode_row(row: &Row) -> Result<HistoryRow, HistoryError> {
    let state: &str = row.get(4);
    Ok(HistoryRow {
        version: row.get(0),
        repeatable: row.get(1),
        name: row.get(2),
        checksum: row.get(3),
        state: match state {
            "applied" => RowState::Applied,
            "running" => RowState::Running,
            "reverting" => RowState::Reverting,
            other => return Err(HistoryError::Unreadable { what: format!("the state `{other}`") }),
        },
        position: usize::try_from(row.get::<_, i32>(5)).unwrap_or_default(),
        in_flight: row.get(6),
        error: row.get(7),
        applied_at: row.get(8),
        applied_by: row.get(9),
        path: row.get(10),
    })
}

/// The SQL of one migration as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSql {
    /// The version.
    pub version: String,
    /// What was applied.
    pub up: String,
    /// What takes it back, where there was something.
    pub down: Option<String>,
    /// The file it came from.
    pub path: String,
}

/// Reads the SQL of all versioned migrations of a service (a scan of its rows, out-of-line texts included: as much as
/// the files are long).
///
/// # Errors
/// What the server says.
pub(crate) async fn read_stored_sql(
    session: &Session,
    place: HistoryPlace<'_>,
    versions: &[String],
) -> Result<Vec<StoredSql>, ServerError> {
    let HistoryPlace { schema, service, .. } = place;
    let sql = format!(
        "SELECT version, up_sql, down_sql, path FROM {schema}.migration \
         WHERE service = $1 AND kind = 'versioned' AND version = ANY ($2)"
    );
    let rows = place.query(session, &sql, &[(&service, Type::TEXT), (&versions, Type::TEXT_ARRAY)]).await?;
    let decode = |row: &Row| StoredSql { version: row.get(0), up: row.get(1), down: row.get(2), path: row.get(3) };
    Ok(rows.iter().map(decode).collect())
}
