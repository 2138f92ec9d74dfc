//! A job's end in the log of events.

use limosa_postgres::ServerError;

use super::desk::Desk;
use super::error::BackfillError;
use super::job::Job;
use crate::clock::ServerClock;
use crate::history::{ChainLink, EventRecord, FIRST_LINK, Prepared, append_event};
use crate::server_words::code;
use crate::target::Target;

/// Others write events meanwhile; each of them makes one try fail.
const TRIES: usize = 20;

/// Adds an event `backfill` with what came of a job.
pub(super) async fn record(
    desk: &Desk<'_>,
    target: &Target,
    actor: &str,
    job: &Job,
    state: &str,
    error: Option<&str>,
) -> Result<(), BackfillError> {
    let schema = &target.history_schema;
    let last_sql = format!(
        "SELECT seq, hash, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM (SELECT 1) one \
         LEFT JOIN LATERAL (SELECT seq, hash FROM {schema}.event WHERE service = {} ORDER BY seq DESC LIMIT 1) last \
         ON true",
        limosa_catalog::Literal(&target.service)
    );
    let mut failure: Option<ServerError> = None;
    for _ in 0..TRIES {
        let rows = desk.ask(&last_sql).await?;
        let text = |index: usize| rows.first().and_then(|row| row.get(index)?.clone());
        let last = match (text(0).and_then(|seq| seq.parse().ok()), text(1)) {
            (Some(seq), Some(hash)) => ChainLink { seq, hash: hash.into() },
            _ => FIRST_LINK,
        };
        let clock = ServerClock::from_microseconds(text(2).and_then(|now| now.parse().ok()).unwrap_or_default());
        let event = EventRecord {
            service: target.service.clone(),
            at: clock.now(),
            kind: "backfill".to_owned(),
            version: None,
            name: Some(job.relation.clone()),
            checksum: None,
            actor: actor.to_owned(),
            reason: None,
            detail: Some(job.detail(state, error)),
        };
        match desk.ask(&append_event(schema, &last, &event, Prepared::No).0).await {
            Ok(_) => return Ok(()),
            Err(error) if code(&error) == Some("23505") => failure = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}
