//! What other clients feel meanwhile: single-row updates at a steady rate, and how long each of them takes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limosa_testkit::{Connection, Database};

use crate::measured::{psql_command, run};

/// Clients at once.
const CLIENTS: usize = 8;
/// Updates in a second, of all clients together.
const RATE: usize = 200;

/// How long is measured what they feel beside nothing.
pub(crate) const IDLE: Duration = Duration::from_secs(15);

/// Keeps a processor busy without touching a table.
const BUSY: &str = "
    DO $$
    DECLARE until timestamptz := clock_timestamp() + '10 s';
    BEGIN
        WHILE clock_timestamp() < until LOOP NULL; END LOOP;
    END $$";

/// A busy processor: what clients feel beside it is what any work costs them on a machine with few of them.
pub(crate) fn busy(url: &str) -> Work {
    let command = psql_command(url, BUSY);
    Box::new(|| {
        run(command);
    })
}

/// How often everything is measured, by turns: what else the machine does meets all of them.
const TURNS: usize = 3;

/// What is done while others are at work, ready to begin.
pub(crate) type Work = Box<dyn FnOnce()>;

/// Makes that ready on the database of a URL.
pub(crate) type Prepared<'a> = &'a dyn Fn(&str) -> Work;

/// How long updates took, of all turns.
#[derive(Default)]
struct Latencies(Vec<Duration>);

impl Latencies {
    /// The duration in ms below which so large a share of them lies.
    fn quantile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
        let index = (self.0.len() as f64 * share) as usize;
        self.0[index.min(self.0.len() - 1)].as_secs_f64() * 1e3
    }
}

/// Tells what other clients feel beside each of these, and how many times what they feel beside the first one. Each
/// gets a table of its own, and its preparation is not felt.
pub(crate) fn compare(fresh: impl Fn() -> Database, works: &[(&str, Prepared<'_>)]) {
    println!("200 updates of single rows a second by 8 clients meanwhile, in {TURNS} turns\n");
    let mut felt: Vec<Latencies> = works.iter().map(|_| Latencies::default()).collect();
    for _ in 0..TURNS {
        for ((_, prepared), latencies) in works.iter().zip(&mut felt) {
            let database = fresh();
            let keys = database.execute("SELECT id FROM patient TABLESAMPLE system (1) LIMIT 5000");
            let keys: Vec<String> = keys.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
            let work = prepared(database.url());
            latencies.0.extend(during(database.url(), &keys, work));
        }
    }
    let mut first = None;
    for ((name, _), latencies) in works.iter().zip(&mut felt) {
        latencies.0.sort();
        let [p50, p99, longest] = [0.5, 0.99, 1.0].map(|share| latencies.quantile(share));
        let times = p99 / *first.get_or_insert(p99);
        let updates = latencies.0.len();
        println!("  {name:<30} p50 {p50:.1}  p99 {p99:.1} (× {times:.1})  longest {longest:.1} ms ({updates} updates)");
    }
    println!();
}

/// Does something while clients update single rows of these keys, and tells how long the updates took, which wait for
/// nobody but each other's place in the table. An update is due at its time and not after the one before it: one that
/// hangs makes those behind it late, as it would those of real users.
fn during(url: &str, keys: &[String], work: impl FnOnce()) -> Vec<Duration> {
    let ended = AtomicBool::new(false);
    let interval = Duration::from_secs(1) * u32::try_from(CLIENTS).unwrap() / u32::try_from(RATE).unwrap();
    std::thread::scope(|scope| {
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
    })
}
