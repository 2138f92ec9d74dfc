//! How far away the server is, and what that means for the length of batches.

use std::time::{Duration, Instant};

use limosa_postgres::{ServerError, Session};

use super::desk::Answered;

/// How long a batch takes where nothing is said. A client that wants one of its rows waits so long, and one that
/// commits waits until the log of what the batch has written so far is on disk: batches of 15 ms are 7 % faster, and
/// the longest wait beside them is five times as long (`limosa-bench backfill`).
const USUAL: Duration = Duration::from_millis(5);
/// How long while others are at work. Where they share few processors with it, they wait for the end of a batch at each
/// of their steps. A batch this short costs a third more; pauses behind longer ones help less, since a processor is
/// given first to who has slept.
const BESIDE_OTHERS: Duration = Duration::from_micros(500);
/// How long where the way to the server takes as long, since it stands idle meanwhile.
const FAR: Duration = Duration::from_millis(15);

/// How often is asked: the quickest answer counts, as the others waited for something.
pub(super) const ASKED: usize = 3;

/// How long an answer takes that costs the server nothing.
pub(super) async fn round_trip(session: &Session) -> Result<Duration, ServerError> {
    let mut quickest = Duration::MAX;
    for _ in 0..ASKED {
        let asked = Instant::now();
        session.flight("SELECT").await.map_err(|failure| failure.error)?;
        quickest = quickest.min(asked.elapsed());
    }
    Ok(quickest)
}

/// How long a batch is to take on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BatchTime {
    /// So long, whatever others do.
    Said(Duration),
    /// As is best for a server so far away, and for those who are at work on it.
    ByDistance(Duration),
}

impl BatchTime {
    pub(super) fn new(said: Option<Duration>, round_trip: Duration) -> Self {
        said.map_or(Self::ByDistance(round_trip), |said| Self::Said(said.max(Duration::from_millis(1))))
    }

    pub(super) fn while_others(self, work: bool) -> Duration {
        match self {
            Self::Said(said) => said,
            Self::ByDistance(round_trip) if work => round_trip.clamp(BESIDE_OTHERS, USUAL),
            Self::ByDistance(round_trip) => round_trip.clamp(USUAL, FAR),
        }
    }

    pub(super) fn answered(self, others_work: bool) -> Answered {
        if others_work && self.depends_on_others() { Answered::OnDisk } else { Answered::AtOnce }
    }

    pub(super) fn depends_on_others(self) -> bool {
        matches!(self, Self::ByDistance(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_longer_where_the_server_is_far_away_unless_it_is_said_how_long_they_are() {
        let ms = Duration::from_millis;
        for (said, round_trip, quiet, beside_others) in [
            (None, Duration::from_micros(80), ms(5), Duration::from_micros(500)),
            (None, ms(2), ms(5), ms(2)),
            (None, ms(9), ms(9), ms(5)),
            (None, ms(200), ms(15), ms(5)),
            (Some(ms(50)), ms(200), ms(50), ms(50)),
            (Some(ms(2)), ms(200), ms(2), ms(2)),
            (Some(Duration::ZERO), ms(1), ms(1), ms(1)),
        ] {
            let time = BatchTime::new(said, round_trip);
            let found = (time.while_others(false), time.while_others(true));
            assert_eq!(found, (quiet, beside_others), "{said:?}, {round_trip:?} away");
            let answered = if said.is_none() { Answered::OnDisk } else { Answered::AtOnce };
            assert_eq!((time.answered(false), time.answered(true)), (Answered::AtOnce, answered));
        }
    }
}
