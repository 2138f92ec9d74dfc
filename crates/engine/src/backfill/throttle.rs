//! When a job holds back, since others are more important.

use std::time::{Duration, Instant};

use super::desk::Desk;
use super::error::BackfillError;

/// What a job watches between batches. What other sessions do is seen with the rights of `pg_monitor`; without them,
/// only sessions of the same role are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Throttle {
    /// How long each batch is followed by nothing.
    pub pause: Duration,
    /// It holds while a standby is further behind than this.
    pub most_lag: Option<Duration>,
    /// It holds while more sessions than this are busy.
    pub most_active: Option<u32>,
    /// It holds while the server writes more WAL than this, in bytes a second.
    pub most_wal: Option<u64>,
    /// It holds while a transaction is older than this: what batches leave behind is cleared away only when it is over.
    pub oldest_transaction: Option<Duration>,
    /// Whether it holds while an autovacuum is at work on the table that has as many dead rows as begin one.
    pub yields_to_autovacuum: bool,
    /// It holds while the first column of this query's first row is true, or a text, which is then the reason.
    pub hold_while: Option<String>,
}

/// What is asked of the server's statistics, in one go.
const SQL: &str = include_str!("throttle.sql");

/// The server's other guests, as one look sees them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Look {
    pub(super) lag: Option<Duration>,
    standby: String,
    active: u32,
    wal: u64,
    oldest: Option<Duration>,
    oldest_session: String,
    dead_rows: Option<u64>,
}

impl Look {
    fn decode(row: &[Option<String>]) -> Self {
        let text = |index: usize| row.get(index).and_then(Option::as_deref);
        let seconds = |index: usize| text(index)?.parse().ok().and_then(|it: f64| Duration::try_from_secs_f64(it).ok());
        Self {
            lag: seconds(0),
            standby: text(1).unwrap_or_default().to_owned(),
            active: text(2).and_then(|it| it.parse().ok()).unwrap_or_default(),
            wal: text(3).and_then(|it| it.parse().ok()).unwrap_or_default(),
            oldest: seconds(4),
            oldest_session: text(5).unwrap_or_default().to_owned(),
            dead_rows: text(6).and_then(|it| it.parse().ok()),
        }
    }
}

/// A look and the one before it.
#[derive(Debug, Default)]
pub(super) struct Looks {
    before: Option<(Look, Instant)>,
}

impl Throttle {
    /// Why to hold now, if there is a reason. `own` are the server processes of this run.
    pub(super) async fn reason(
        &self,
        desk: &Desk<'_>,
        relation: u32,
        own: &[i32],
        looks: &mut Looks,
    ) -> Result<(Option<String>, Option<Duration>), BackfillError> {
        let mut lag = None;
        if self.asks_statistics() {
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            let sql = SQL.replace("{relation}", &relation.to_string()).replace("{own}", &own.join(", "));
            let rows = desk.ask(&sql).await?;
            let (now, at) = (rows.first().map(|row| Look::decode(row)).unwrap_or_default(), Instant::now());
            lag = now.lag;
            let reason = self.decide(&now, looks.before.as_ref().map(|(look, then)| (look, at - *then)));
            looks.before = Some((now, at));
            if reason.is_some() {
                return Ok((reason, lag));
            }
        }
        Ok((self.ask_to_hold(desk).await?, lag))
    }

    /// Asks the user's query, if there is one.
    pub(super) async fn ask_to_hold(&self, desk: &Desk<'_>) -> Result<Option<String>, BackfillError> {
        let Some(query) = &self.hold_while else { return Ok(None) };
        let rows = match desk.read(query).await {
            Ok(rows) => rows,
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            Err(error) => return Err(BackfillError::HoldWhile { error }),
        };
        Ok(match rows.first().and_then(|row| row.first()?.as_deref()) {
            None | Some("f" | "") => None,
            Some("t") => Some("the query of `hold-while` says so".to_owned()),
            Some(reason) => Some(reason.to_owned()),
        })
    }

    fn asks_statistics(&self) -> bool {
        self.most_lag.is_some()
            || self.most_active.is_some()
            || self.most_wal.is_some()
            || self.oldest_transaction.is_some()
            || self.yields_to_autovacuum
    }

    /// Why to hold, by what was seen now and some time before.
    fn decide(&self, now: &Look, before: Option<(&Look, Duration)>) -> Option<String> {
        let over = |seen: Option<Duration>, most: Option<Duration>| seen.zip(most).filter(|(seen, most)| seen > most);
        if let Some((lag, _)) = over(now.lag, self.most_lag) {
            return Some(format!("standby {} is {:.1} s behind", now.standby, lag.as_secs_f64()));
        }
        if self.most_active.is_some_and(|most| now.active > most) {
            return Some(format!("{} sessions are busy", now.active));
        }
        if let (Some(most), Some((then, passed))) = (self.most_wal, before) {
            #[expect(clippy::cast_precision_loss, reason = "for people, and for a comparison of rates")]
            let (rate, most) = (now.wal.saturating_sub(then.wal) as f64 / passed.as_secs_f64().max(1e-3), most as f64);
            if rate > most {
                return Some(format!("the server writes {:.1} MB of WAL a second", rate / 1e6));
            }
        }
        if let Some((age, _)) = over(now.oldest, self.oldest_transaction) {
            let (seconds, session) = (age.as_secs(), &now.oldest_session);
            return Some(format!(
                "a transaction of {session} is {seconds} s old, and keeps dead rows from being cleared"
            ));
        }
        match now.dead_rows {
            Some(dead) if self.yields_to_autovacuum => Some(format!("autovacuum clears {dead} dead rows of the table")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_throttle_holds_for_its_own_reason() {
        let none = Throttle::default();
        let seconds = Duration::from_secs;
        let busy = Look {
            lag: Some(seconds(12)),
            standby: "east".into(),
            active: 9,
            wal: 60_000_000,
            oldest: Some(seconds(700)),
            oldest_session: "report (pid 7)".into(),
            dead_rows: Some(4_000),
        };
        let before = Look { wal: 20_000_000, ..Look::default() };
        let calm = Look { wal: 20_000_100, ..Look::default() };
        for (throttle, reason) in [
            (Throttle { most_lag: Some(seconds(10)), ..none.clone() }, "standby east is 12.0 s behind"),
            (Throttle { most_active: Some(8), ..none.clone() }, "9 sessions are busy"),
            (Throttle { most_wal: Some(10_000_000), ..none.clone() }, "the server writes 20.0 MB of WAL a second"),
            (
                Throttle { oldest_transaction: Some(seconds(600)), ..none.clone() },
                "a transaction of report (pid 7) is 700 s old, and keeps dead rows from being cleared",
            ),
            (Throttle { yields_to_autovacuum: true, ..none.clone() }, "autovacuum clears 4000 dead rows of the table"),
        ] {
            assert!(throttle.asks_statistics());
            assert_eq!(throttle.decide(&busy, Some((&before, seconds(2)))).as_deref(), Some(reason));
            assert_eq!(throttle.decide(&calm, Some((&before, seconds(2)))), None, "{reason}");
        }
        assert_eq!(none.decide(&busy, Some((&before, seconds(2)))), None);
        // At first there is nothing to tell a rate from.
        assert_eq!(Throttle { most_wal: Some(1), ..none }.decide(&busy, None), None);
    }
}
