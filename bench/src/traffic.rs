//! What other clients feel meanwhile: single-row updates at a steady rate, and how long each of them takes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limosa_testkit::Connection;

/// Clients at once.
const CLIENTS: usize = 8;
/// Updates in a second, of all clients together.
const RATE: usize = 200;

/// Keeps a processor busy without touching a table, for as long as others are measured beside nothing: what clients
/// feel then is what any work costs them on a machine with few processors.
pub(crate) const BUSY: &str = "
    DO $$
    DECLARE until timestamptz := clock_timestamp() + '10 s';
    BEGIN
        WHILE clock_timestamp() < until LOOP NULL; END LOOP;
    END $$";

/// How long updates took.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// The duration below which so large a share of them lies.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
        let index = (self.0.len() as f64 * share) as usize;
        self.0.get(index.min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// `p50 0.5  p99 5.5  longest 39.8 ms (2,400 updates)`.
    pub(crate) fn describe(&self) -> String {
        let of = |share: f64| self.quantile(share).as_secs_f64() * 1e3;
        format!("p50 {:.1}  p99 {:.1}  longest {:.1} ms ({} updates)", of(0.5), of(0.99), of(1.0), self.0.len())
    }
}

/// Does something while clients update single rows of these keys, and tells how long the updates took, which wait for
/// nobody but each other's place in the table. An update is due at its time and not after the one before it: one that
/// hangs makes those behind it late, as it would those of real users.
pub(crate) fn during(url: &str, keys: &[String], work: impl FnOnce()) -> Latencies {
    let ended = AtomicBool::new(false);
    let interval = Duration::from_secs(1) * u32::try_from(CLIENTS).unwrap() / u32::try_from(RATE).unwrap();
    let took = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let ended = &ended;
                scope.spawn(move || {
                    let connection = Connection::open(url);
                    let begun = Instant::now() + interval * u32::try_from(client).unwrap() / 8;
                    let mut took = Vec::new();
                    for (number, key) in keys.iter().cycle().skip(client * 997).step_by(61).enumerate() {
                        let due = begun + interval * u32::try_from(number).unwrap();
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        if ended.load(Ordering::SeqCst) {
                            break;
                        }
                        connection.execute(&format!("UPDATE patient SET seen = seen + 1 WHERE id = '{key}'"));
                        took.push(due.elapsed());
                    }
                    took
                })
            })
            .collect();
        work();
        ended.store(true, Ordering::SeqCst);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let mut took: Vec<Duration> = took;
    took.sort();
    Latencies(took)
}
