//! What the history knows of online changes.

use limosa_catalog::{Identifier, Literal};
use limosa_plan::{Carry, OnlineCheck, Twins};
use limosa_postgres::{Row, Session, Type};

use super::wire::TermsJson;
use crate::event::Direction;
use crate::history::{History, HistoryError, HistoryPlace, RowState};
use crate::server_words::{is_forbidden, is_missing};

/// How far an online change is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnlineState {
    /// It is under way, or waits for contract.
    Open,
    /// The old version is gone.
    Contracted,
    /// It was taken back before that.
    Aborted,
}

/// An online change as the history keeps it.
#[derive(Debug, Clone)]
pub struct OnlineRecord {
    /// Its number, used once in a database.
    pub id: i64,
    /// The migration's version.
    pub version: String,
    /// Whether the migration is applied or taken back by it.
    pub direction: Direction,
    /// How far it is.
    pub state: OnlineState,
    /// Who began it.
    pub actor: String,
    /// When, in microseconds since 1970, UTC.
    pub opened_at: i64,
    /// The script that makes both versions able to work.
    pub(crate) expand: String,
    /// The script that takes the old version away; empty where nothing is left to do then.
    pub(crate) contract: String,
    /// The script that takes it back.
    pub(crate) abort: String,
    /// A migration that takes it back when the old version is gone.
    pub(crate) reverse: Option<String>,
    pub(super) terms: TermsJson,
}

impl OnlineRecord {
    /// What it does, statement by statement, in words.
    #[must_use]
    pub fn operations(&self) -> &[String] {
        &self.terms.operations
    }

    /// The migration's name.
    pub(super) fn name(&self) -> &str {
        &self.terms.migration.name
    }

    /// Whether anything is left to do when nobody needs the old version any more.
    #[must_use]
    pub fn waits(&self) -> bool {
        !self.contract.is_empty()
    }

    /// Whether it has not come to its end.
    pub(super) fn is_open(&self) -> bool {
        self.state == OnlineState::Open
    }

    /// Whether versions have schemas of views in it.
    pub(super) fn is_versioned(&self) -> bool {
        self.terms.versions.is_some()
    }

    /// What must be so as long as it is under way.
    pub(super) fn standing(&self) -> Vec<OnlineCheck> {
        self.terms.standing.iter().map(super::wire::CheckJson::read).collect()
    }

    /// Columns that hold the same until the old version goes.
    pub(super) fn twins(&self) -> Vec<Twins> {
        self.terms.twins.iter().map(super::wire::TwinsJson::read).filter_map(Result::ok).collect()
    }

    /// That nobody receives, or sends, what is another one when the old version goes.
    pub(super) fn sent_at_end(&self) -> Vec<OnlineCheck> {
        self.terms.sent_at_end.iter().map(super::wire::CheckJson::read).collect()
    }

    /// Maps that come from other services' databases as long as it is open.
    pub(super) fn carries(&self) -> Vec<Carry> {
        self.terms.carries.iter().map(super::wire::CarryJson::read).filter_map(Result::ok).collect()
    }

    /// Whether it fills or reads a map of old and new ids of this name.
    pub(super) fn has_map(&self, map: &Identifier) -> bool {
        self.terms.maps.iter().any(|name| name == map.as_str())
    }

    /// What must be so before the old version goes.
    pub(super) fn remaining(&self) -> Vec<OnlineCheck> {
        self.terms.remaining.iter().map(super::wire::CheckJson::read).collect()
    }
}

/// Where an open online change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnlineStanding {
    /// Rows are being filled, or an earlier run was cut off at that; so many stages are done.
    Expanding {
        /// Stages done.
        position: usize,
    },
    /// Both versions work; it waits for contract.
    Expanded,
    /// Nothing is left to do.
    Done,
}

/// Where an online change stands, by its record and the history's rows.
pub(crate) fn standing(record: &OnlineRecord, history: &History) -> OnlineStanding {
    let row = history.row(&record.version);
    match (record.direction, row.map(|row| row.state)) {
        _ if record.state != OnlineState::Open => OnlineStanding::Done,
        (Direction::Up, Some(RowState::Running)) | (Direction::Down, Some(RowState::Reverting)) => {
            OnlineStanding::Expanding { position: row.map_or(0, |row| row.position) }
        }
        // Put on record, and cut off before its first statement.
        (Direction::Up, None) | (Direction::Down, Some(_)) => OnlineStanding::Expanding { position: 0 },
        _ if record.waits() => OnlineStanding::Expanded,
        _ => OnlineStanding::Done,
    }
}

const COLUMNS: &str = "id, version, direction, state, expand_sql, contract_sql, abort_sql, reverse_sql, terms::text, \
     actor, (extract(epoch FROM opened_at) * 1000000)::bigint";

/// The newest online change of each migration of a service, oldest first; none where the history is of a format that
/// has none, or is not for this role to read.
///
/// # Errors
/// What the server says, and rows that no version of Limosa writes.
pub(crate) async fn changes(session: &Session, place: HistoryPlace<'_>) -> Result<Vec<OnlineRecord>, HistoryError> {
    let HistoryPlace { schema, service, .. } = place;
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT DISTINCT ON (version) * FROM {schema}.online WHERE service = $1 \
         ORDER BY version, id DESC) AS newest ORDER BY id"
    );
    match place.query(session, &sql, &[(&service, Type::TEXT)]).await {
        Ok(rows) => rows.iter().map(|row| decode(row, schema)).collect(),
        Err(error) if is_missing(&error) || is_forbidden(&error) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn decode(row: &Row, schema: &Identifier) -> Result<OnlineRecord, HistoryError> {
    let id: i64 = row.get(0);
    let unreadable = || HistoryError::Unreadable { what: format!("row {id} of {schema}.online") };
    let direction = match row.get(2) {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return Err(unreadable()),
    };
    let state = match row.get(3) {
        "open" => OnlineState::Open,
        "contracted" => OnlineState::Contracted,
        "aborted" => OnlineState::Aborted,
        _ => return Err(unreadable()),
    };
    Ok(OnlineRecord {
        id,
        version: row.get(1),
        direction,
        state,
        expand: row.get(4),
        contract: row.get(5),
        abort: row.get(6),
        reverse: row.get(7),
        terms: serde_json::from_str(row.get(8)).map_err(|_| unreadable())?,
        actor: row.get(9),
        opened_at: row.get(10),
    })
}

/// Puts an online change on record, before its first statement. One that was put there and never begun gives way.
pub(super) fn insert(schema: &Identifier, service: &str, record: &OnlineRecord) -> Vec<String> {
    let key = format!("service = {} AND version = {} AND state = 'open'", Literal(service), Literal(&record.version));
    let insert = format!(
        "INSERT INTO {schema}.online (id, service, version, direction, expand_sql, contract_sql, abort_sql, \
         reverse_sql, terms, actor) VALUES ({}, {}, {}, '{}', {}, {}, {}, {}, {}, {})",
        record.id,
        Literal(service),
        Literal(&record.version),
        record.direction.word(),
        Literal(&record.expand),
        Literal(&record.contract),
        Literal(&record.abort),
        Literal::or_null(record.reverse.as_deref()),
        Literal(&serde_json::json!(record.terms).to_string()),
        Literal(&record.actor),
    );
    vec![format!("DELETE FROM {schema}.online WHERE {key}"), insert]
}

/// Takes an online change off the record of which nothing has taken effect.
pub(crate) fn never_begun(schema: &Identifier, service: &str, version: &str, direction: Direction) -> String {
    format!(
        "DELETE FROM {schema}.online WHERE service = {} AND version = {} AND direction = {} AND state = 'open'",
        Literal(service),
        Literal(version),
        Literal(direction.word())
    )
}

/// Puts on record how an online change ended.
pub(super) fn end(schema: &Identifier, id: i64, state: OnlineState) -> String {
    let state = match state {
        OnlineState::Open => "open",
        OnlineState::Contracted => "contracted",
        OnlineState::Aborted => "aborted",
    };
    let state = Literal(state);
    format!("UPDATE {schema}.online SET state = {state}, ended_at = pg_catalog.clock_timestamp() WHERE id = {id}")
}
