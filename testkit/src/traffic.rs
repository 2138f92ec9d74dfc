//! What the clients of one version of an application do to a table, without a pause, while the table is changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::Connection;

/// How one version of an application speaks of a value.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// The table, as SQL.
    pub table: String,
    /// The column that tells rows apart, a bigint.
    pub key: String,
    /// The column of the value, as SQL.
    pub column: String,
    /// A number as a value of the column, as its text.
    pub value: fn(u64) -> String,
    /// Further columns that an INSERT has to write, with their values: `, clinic` and `, 1`.
    pub also: (String, String),
    /// Whether the relation takes COPY.
    pub copies: bool,
}

/// Clients at work, each with a connection and keys of its own.
#[derive(Debug)]
pub struct Traffic {
    stop: Arc<AtomicBool>,
    /// Statements that were answered.
    answered: Arc<AtomicU64>,
    clients: Vec<JoinHandle<ClientReport>>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct TrafficReport {
    /// Statements that were answered.
    pub statements: u64,
    /// Statements that failed, and rows that were not what was written, in words.
    pub errors: Vec<String>,
    /// The longest that a client waited for an answer.
    pub longest: Duration,
    /// The number behind each key's value, of every row that is there: what was acknowledged.
    pub rows: BTreeMap<u64, u64>,
}

#[derive(Debug, Default)]
struct ClientReport {
    statements: u64,
    errors: Vec<String>,
    longest: Duration,
    rows: BTreeMap<u64, u64>,
}

/// Keys of one client, more than any writes.
const KEYS: u64 = 1_000_000;

/// More errors than these say nothing more.
const MOST_ERRORS: usize = 5;

impl Traffic {
    /// Starts so many clients, whose keys begin at `from`.
    #[must_use]
    pub fn start(url: &str, dialect: &Dialect, clients: u64, from: u64) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let start = |client: u64| {
            let (url, dialect) = (url.to_owned(), dialect.clone());
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            let worker = move || Client::new(&url, dialect, from + client * KEYS).work(&stop, &answered);
            std::thread::spawn(worker)
        };
        Self { clients: (0..clients).map(start).collect(), stop, answered }
    }

    /// Waits until so many statements more were answered, or no client is at work any more.
    pub fn until(&self, statements: u64) {
        let wanted = self.answered.load(Ordering::Relaxed) + statements;
        while self.answered.load(Ordering::Relaxed) < wanted && self.clients.iter().any(|it| !it.is_finished()) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets the clients finish what they are at, and tells what came of it.
    ///
    /// # Panics
    /// A client's thread panicked.
    #[must_use]
    pub fn stop(self) -> TrafficReport {
        self.stop.store(true, Ordering::Relaxed);
        let mut report = TrafficReport::default();
        for client in self.clients {
            let came = client.join().expect("a client ends");
            report.statements += came.statements;
            report.errors.extend(came.errors);
            report.longest = report.longest.max(came.longest);
            report.rows.extend(came.rows);
        }
        report
    }
}

struct Client {
    connection: Connection,
    dialect: Dialect,
    from: u64,
    next: u64,
    report: ClientReport,
}

impl Client {
    fn new(url: &str, dialect: Dialect, from: u64) -> Self {
        Self { connection: Connection::open(url), dialect, from, next: 0, report: ClientReport::default() }
    }

    fn work(mut self, stop: &AtomicBool, answered: &AtomicU64) -> ClientReport {
        let mut turn = 0;
        while !stop.load(Ordering::Relaxed) && self.report.errors.len() < MOST_ERRORS {
            let before = self.report.statements;
            self.turn(turn);
            answered.fetch_add(self.report.statements - before, Ordering::Relaxed);
            turn += 1;
        }
        self.report
    }

    fn turn(&mut self, turn: u64) {
        let Dialect { table, key, column, .. } = self.dialect.clone();
        let (also, also_values) = self.dialect.also.clone();
        let value_of = self.dialect.value;
        let text = |number: u64| format!("'{}'", value_of(number).replace('\'', "''"));
        let value = turn + 1;
        match turn % 10 {
            0 | 4 => {
                let id = self.fresh();
                let sql =
                    format!("INSERT INTO {table} ({key}, {column}{also}) VALUES ({id}, {}{also_values})", text(value));
                self.write(&sql, &[(id, Some(value))]);
            }
            1 => {
                let Some(id) = self.some_key(turn) else { return };
                let sql = format!("UPDATE {table} SET {column} = {} WHERE {key} = {id}", text(value));
                self.write(&sql, &[(id, Some(value))]);
            }
            2 => {
                // Now of a row that is there, now of one that is not.
                let id = if turn % 20 == 2 { self.some_key(turn).unwrap_or(self.from) } else { self.fresh() };
                let sql = format!(
                    "INSERT INTO {table} ({key}, {column}{also}) VALUES ({id}, {}{also_values}) \
                     ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}",
                    text(value)
                );
                self.write(&sql, &[(id, Some(value))]);
            }
            3 => {
                let (one, other) = (self.fresh(), self.fresh());
                let sql = format!(
                    "INSERT INTO {table} ({key}, {column}{also}) VALUES ({one}, {}{also_values}), \
                     ({other}, {}{also_values})",
                    text(value),
                    text(value + 1)
                );
                self.write(&sql, &[(one, Some(value)), (other, Some(value + 1))]);
            }
            5 if self.dialect.copies && also.is_empty() => {
                let id = self.fresh();
                let rows = format!("{id}\t{}\n", (self.dialect.value)(value));
                let begun = Instant::now();
                let copied = self.connection.copy_in(&format!("COPY {table} ({key}, {column}) FROM STDIN"), &rows);
                self.answered(begun);
                match copied {
                    Ok(_) => drop(self.report.rows.insert(id, value)),
                    Err(error) => self.report.errors.push(format!("COPY: {error}")),
                }
            }
            6 if turn % 20 == 6 => {
                let Some(id) = self.some_key(turn) else { return };
                self.write(&format!("DELETE FROM {table} WHERE {key} = {id}"), &[(id, None)]);
            }
            8 => {
                // A transaction over several rows, of which one is written twice.
                let (Some(one), Some(other)) = (self.some_key(turn), self.some_key(turn + 1)) else { return };
                let sql = format!(
                    "BEGIN; UPDATE {table} SET {column} = {} WHERE {key} = {one}; \
                     UPDATE {table} SET {column} = {} WHERE {key} IN ({one}, {other}); COMMIT",
                    text(value),
                    text(value + 1)
                );
                self.write(&sql, &[(one, Some(value + 1)), (other, Some(value + 1))]);
            }
            9 if also.is_empty() => {
                // An upsert that leaves the row as it is.
                let id = if turn % 20 == 9 { self.some_key(turn).unwrap_or(self.from) } else { self.fresh() };
                let is_there = self.report.rows.contains_key(&id);
                let sql = format!(
                    "INSERT INTO {table} ({key}, {column}) VALUES ({id}, {}) ON CONFLICT DO NOTHING",
                    text(value)
                );
                let then = if is_there { Vec::new() } else { vec![(id, Some(value))] };
                self.write(&sql, &then);
            }
            _ => self.read(turn),
        }
    }

    /// A row is as it was written.
    fn read(&mut self, turn: u64) {
        let Some(id) = self.some_key(turn) else { return };
        let Dialect { table, key, column, .. } = self.dialect.clone();
        let sql = format!("SELECT {column} FROM {table} WHERE {key} = {id}");
        let begun = Instant::now();
        let answer = self.connection.query(&sql);
        self.answered(begun);
        let expected = self.report.rows.get(&id).map(|number| (self.dialect.value)(*number));
        match answer {
            Ok(rows) => {
                let found = rows.first().and_then(|row| row.first().cloned().flatten());
                if found != expected {
                    self.report
                        .errors
                        .push(format!("row {id}: {expected:?} was written, {found:?} is read by {column}"));
                }
            }
            Err(error) => self.report.errors.push(format!("{sql}: {error}")),
        }
    }

    fn write(&mut self, sql: &str, then: &[(u64, Option<u64>)]) {
        let begun = Instant::now();
        let answer = self.connection.query(sql);
        self.answered(begun);
        if let Err(error) = answer {
            self.report.errors.push(format!("{sql}: {error}"));
            return;
        }
        for (id, value) in then {
            match value {
                Some(value) => drop(self.report.rows.insert(*id, *value)),
                None => drop(self.report.rows.remove(id)),
            }
        }
    }

    fn answered(&mut self, begun: Instant) {
        self.report.statements += 1;
        self.report.longest = self.report.longest.max(begun.elapsed());
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.from + self.next
    }

    fn some_key(&self, turn: u64) -> Option<u64> {
        let rows = self.report.rows.len() as u64;
        let at = turn.wrapping_mul(2_654_435_761).checked_rem(rows)?;
        self.report.rows.keys().nth(usize::try_from(at).ok()?).copied()
    }
}

impl TrafficReport {
    /// That every row that was acknowledged reads so in a dialect, and nothing else is there.
    ///
    /// # Panics
    /// A row is another, is missing, or is too many; a statement had failed.
    pub fn must_be_in(&self, url: &str, dialect: &Dialect) {
        assert!(self.errors.is_empty(), "{} statements, and: {:#?}", self.statements, self.errors);
        let (Some((first, _)), Some((last, _))) = (self.rows.first_key_value(), self.rows.last_key_value()) else {
            return;
        };
        let Dialect { table, key, column, .. } = dialect;
        let sql = format!("SELECT {key}, {column} FROM {table} WHERE {key} BETWEEN {first} AND {last} ORDER BY {key}");
        let found = Connection::open(url).execute(&sql);
        let mut expected = self.rows.iter();
        for row in &found {
            let (id, number) = expected.next().unwrap_or_else(|| panic!("{row:?} is too many in {table}"));
            let wanted = [Some(id.to_string()), Some((dialect.value)(*number))];
            assert_eq!(row.as_slice(), wanted, "in {table}, by {column}");
        }
        assert_eq!(expected.next(), None, "rows are missing in {table}");
    }
}
