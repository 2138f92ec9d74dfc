//! The event log of a target, newest first. Reads only.

use jiff::Timestamp;
use limosa_postgres::{Row, Type};

use crate::history::{ChainLink, EventRecord, FIRST_LINK};
use crate::run_error::RunError;
use crate::target::{Target, open};

/// One event as it stands in the log.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// Its number in the service's chain, from 1.
    pub seq: i64,
    /// What it says.
    pub record: EventRecord,
    /// How long the transaction had lasted that recorded it, in milliseconds.
    pub duration_ms: Option<f64>,
    /// Whether its hash still fits what it says and the event before it; `None` where that event was not read.
    pub intact: Option<bool>,
}

/// The log of a target.
#[derive(Debug)]
pub struct Log {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// Newest first.
    pub events: Vec<LoggedEvent>,
}

/// Reads the newest events and checks their chain. An index scan backwards over as many rows as are asked for.
///
/// # Errors
/// What keeps the target from being read. A target without history has an empty log.
pub async fn log(target: &Target, newest: usize) -> Result<Log, RunError> {
    let opened = open(target).await?;
    let (service, database) = (target.service.clone(), target.database());
    if opened.history.format.is_none() {
        return Ok(Log { service, database, events: Vec::new() });
    }
    let sql = format!(
        "SELECT seq, (extract(epoch FROM at) * 1000000)::bigint, kind, version, name, checksum, actor, reason, \
         detail::text, duration_ms, previous_hash, hash \
         FROM {}.event WHERE service = $1 ORDER BY seq DESC LIMIT $2",
        target.history_schema
    );
    let limit = i64::try_from(newest).unwrap_or(i64::MAX);
    let rows = target.history().query(&opened.session, &sql, &[(&service, Type::TEXT), (&limit, Type::INT8)]).await?;
    opened.session.close().await;
    let decoded: Vec<(LoggedEvent, String, String)> = rows.iter().map(|row| decode(&service, row)).collect();
    let events = decoded
        .iter()
        .enumerate()
        .map(|(index, (event, previous, hash))| {
            let before = match decoded.get(index + 1) {
                Some((event, _, hash)) => Some(ChainLink { seq: event.seq, hash: hash.clone().into() }),
                None if event.seq == 1 => Some(FIRST_LINK),
                None => None,
            };
            let intact = before.map(|before| {
                let link = before.next(&event.record);
                link.seq == event.seq && *previous == before.hash && *hash == link.hash
            });
            LoggedEvent { intact, ..event.clone() }
        })
        .collect();
    Ok(Log { service, database, events })
}

fn decode(service: &str, row: &Row) -> (LoggedEvent, String, String) {
    let record = EventRecord {
        service: service.to_owned(),
        at: Timestamp::from_microsecond(row.get(1)).unwrap_or(Timestamp::UNIX_EPOCH),
        kind: row.get(2),
        version: row.get(3),
        name: row.get(4),
        checksum: row.get(5),
        actor: row.get(6),
        reason: row.get(7),
        detail: row.get(8),
    };
    (LoggedEvent { seq: row.get(0), record, duration_ms: row.get(9), intact: None }, row.get(10), row.get(11))
}
