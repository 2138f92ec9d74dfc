//! When a job holds back, since others are more important.

use std::time::Duration;

use limosa_postgres::ServerError;

use super::desk::Desk;

/// What a job watches between batches.
#[derive(Debug, Clone, PartialEq)]
pub struct Throttle {
    /// How long each batch is followed by nothing.
    pub pause: Duration,
    /// It holds while a standby is further behind than this. Needs the rights of `pg_monitor`; without them, no lag is
    /// seen.
    pub most_lag: Option<Duration>,
    /// It holds while more sessions than this are busy.
    pub most_active: Option<u32>,
    /// It holds while the first column of this query's first row is true, or a text, which is then the reason.
    pub hold_while: Option<String>,
}

impl Throttle {
    /// Why to hold now, if there is a reason.
    pub(super) async fn reason(&self, desk: &Desk<'_>) -> Result<Option<String>, ServerError> {
        if let Some(most) = self.most_lag {
            let sql = "SELECT extract(epoch FROM max(replay_lag)), \
                       (SELECT application_name FROM pg_catalog.pg_stat_replication \
                       ORDER BY replay_lag DESC NULLS LAST LIMIT 1) \
                       FROM pg_catalog.pg_stat_replication";
            let rows = desk.ask(sql).await?;
            let lag: Option<f64> = text(&rows, 0).and_then(|lag| lag.parse().ok());
            if let Some(lag) = lag.filter(|lag| *lag > most.as_secs_f64()) {
                return Ok(Some(format!("standby {} is {lag:.1} s behind", text(&rows, 1).unwrap_or_default())));
            }
        }
        if let Some(most) = self.most_active {
            let sql = "SELECT count(*) FROM pg_catalog.pg_stat_activity \
                       WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
            let active = super::desk::number(&desk.ask(sql).await?);
            if active > i64::from(most) {
                return Ok(Some(format!("{active} sessions are busy")));
            }
        }
        if let Some(query) = &self.hold_while {
            let rows = desk.ask(query).await?;
            return Ok(match text(&rows, 0) {
                None | Some("f" | "") => None,
                Some("t") => Some("the query of --hold-while says so".to_owned()),
                Some(reason) => Some(reason.to_owned()),
            });
        }
        Ok(None)
    }
}

fn text(rows: &super::desk::Rows, column: usize) -> Option<&str> {
    rows.first()?.get(column)?.as_deref()
}
