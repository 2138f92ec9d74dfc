//! Running a statement and seeing what it locks, reads and writes.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use limosa_catalog::Catalog;
use limosa_plan::lock::{LockFact, LockMode, Part, Work};
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Connection, Rows, Server};

use crate::case::{Case, Layout};

/// The rows of each table of the fixture; half of them have to be read for a table to count as read.
const ROWS: i64 = 1000;
/// An index with no entries has one page.
const EMPTY_INDEX_BYTES: i64 = 8192;

/// Every relation with what may change: its file, how much that holds, and how many of its rows were read.
const RELATIONS: &str = "
    SELECT c.oid, c.relname, c.relkind, t.relname, pg_relation_filenode(c.oid),
           CASE WHEN c.relkind IN ('r', 'i', 'm') THEN pg_relation_size(c.oid) ELSE 0 END,
           {read}
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.oid >= 16384 AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.relname";
const READ_HERE: &str = "pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)";
const READ_EVER: &str = "pg_stat_get_tuples_returned(c.oid) + pg_stat_get_tuples_fetched(c.oid)";

/// Helpers of a parallel build count what they read for themselves.
const SETTINGS: &str = "SET client_min_messages = warning; SET synchronous_commit = off;
    SET max_parallel_maintenance_workers = 0; SET max_parallel_workers_per_gather = 0";

struct Relation {
    name: String,
    kind: String,
    /// The table of an index.
    table: Option<String>,
    file: Option<String>,
    bytes: i64,
    read: i64,
}

/// Makes what belongs to the whole server.
pub(crate) fn prepare(server: &Server) {
    let connection = Connection::open(server.url());
    connection.execute(
        "DO $$ BEGIN CREATE ROLE measuring; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
    );
    connection.execute("SET allow_in_place_tablespaces = on");
    if let Err(error) = connection.query("CREATE TABLESPACE measuring LOCATION ''") {
        assert!(error.message.contains("already exists"), "{error}");
    }
}

/// Makes the tables that a case begins with.
pub(crate) fn lay_out(url: &str, layout: Layout) {
    let (partitioning, partition) = match layout {
        Layout::Plain => ("", ""),
        Layout::Partitioned => {
            ("PARTITION BY RANGE (id)", "CREATE TABLE partitions PARTITION OF subject FOR VALUES FROM (0) TO (100000);")
        }
    };
    let text = include_str!("fixture.sql").replace("{partitioning}", partitioning).replace("{partition}", partition);
    let session = Connection::open(url);
    session.execute(SETTINGS);
    session.execute(
        "DO $$ BEGIN CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;
         EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    );
    session.execute(&text);
}

/// What was seen of one case.
pub(crate) struct Seen {
    /// By the parts that relations play.
    pub(crate) facts: BTreeSet<LockFact>,
    /// By the names of relations other than indexes.
    pub(crate) named: BTreeMap<String, LockMode>,
    /// The database before the statement, where it was read and the statement ran in a transaction.
    pub(crate) catalog: Option<Catalog>,
}

/// What one case locks.
pub(crate) fn measure(url: &str, case: &Case, reads_catalog: bool) -> Result<Seen, String> {
    let session = Connection::open(url);
    session.execute(SETTINGS);
    for sql in &case.setup {
        session.query(sql).map_err(|error| format!("{error}\n  in {sql}"))?;
    }
    let catalog = if reads_catalog && case.behind.is_none() { Some(catalog(url)?) } else { None };
    let (before, locks, after) = match &case.behind {
        None => in_a_transaction(&session, case)?,
        Some(behind) => behind_another(url, &session, case, behind)?,
    };
    let mut facts: BTreeMap<Part, LockFact> = BTreeMap::new();
    for (oid, relation) in &before {
        let Some(part) = part(relation, case) else { continue };
        let work = work(relation, after.get(oid));
        let mode = locks.get(oid).copied();
        let Some(mode) = mode else { continue };
        let fact = facts.entry(part).or_insert(LockFact { part, mode, work });
        *fact = LockFact { part, mode: fact.mode.max(mode), work: fact.work.max(work) };
    }
    // Who comes to an index comes to its table first, so that a lock that is no stronger holds nobody up.
    let tables = [Part::Subject, Part::Partitions, Part::View];
    let of_table = tables.iter().filter_map(|part| facts.get(part)).map(|fact| fact.mode).max();
    let holds_nobody_up = |fact: &LockFact| {
        let is_index = matches!(fact.part, Part::Index | Part::Indexes);
        is_index && fact.work == Work::None && (Some(fact.mode) <= of_table || fact.mode < LockMode::RowExclusive)
    };
    let facts = facts.into_values().filter(|fact| !holds_nobody_up(fact)).collect();
    let tables = before.iter().filter(|(_, relation)| !relation.kind.eq_ignore_ascii_case("i"));
    let named = tables.filter_map(|(oid, relation)| Some((relation.name.clone(), *locks.get(oid)?)));
    Ok(Seen { facts, named: named.collect(), catalog })
}

fn catalog(url: &str) -> Result<Catalog, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let settings = ConnectionSettings::resolve(url, &ClientContext::default()).map_err(|it| it.to_string())?;
        let session = Session::connect(&settings).await.map_err(|error| error.to_string())?;
        let catalog = session.catalog(&[]).await.map_err(|error| error.to_string())?;
        session.close().await;
        Ok(catalog)
    })
}

type Measured = (BTreeMap<String, Relation>, BTreeMap<String, LockMode>, BTreeMap<String, Relation>);

fn in_a_transaction(session: &Connection, case: &Case) -> Result<Measured, String> {
    session.execute("BEGIN");
    let before = relations(session, READ_HERE);
    // Looking at sizes takes locks of its own, so it begins anew.
    session.execute("ROLLBACK; BEGIN");
    session.query(&case.statement).map_err(|error| error.to_string())?;
    let locks = locks(&session.execute(
        "SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid() AND granted",
    ));
    let after = relations(session, READ_HERE);
    session.execute("ROLLBACK");
    Ok((before, locks, after))
}

/// Runs the statement while another session is in its way, and looks at its locks until it has waited.
fn behind_another(url: &str, session: &Connection, case: &Case, behind: &str) -> Result<Measured, String> {
    session.execute("SELECT pg_stat_force_next_flush()");
    let before = relations(session, READ_EVER);
    let pid = session.execute("SELECT pg_backend_pid()")[0][0].clone().unwrap();
    let other = Connection::open(url);
    other.execute("BEGIN");
    other.execute(behind);
    let watching = Connection::open(url);
    let (result, locks) = thread::scope(|scope| {
        let running = scope.spawn(|| session.query(&case.statement).map_err(|error| error.to_string()));
        let begun = Instant::now();
        let seen = loop {
            let waits = watching
                .execute(&format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'"));
            if !waits.is_empty() {
                break locks(&watching.execute(&format!(
                    "SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = {pid}"
                )));
            }
            if running.is_finished() || begun.elapsed() > Duration::from_secs(20) {
                break BTreeMap::new();
            }
            thread::sleep(Duration::from_millis(2));
        };
        other.execute("ROLLBACK");
        (running.join().unwrap(), seen)
    });
    result?;
    if locks.is_empty() {
        return Err("it did not wait for the other session".to_owned());
    }
    session.execute("SELECT pg_stat_force_next_flush()");
    Ok((before, locks, relations(session, READ_EVER)))
}

fn relations(session: &Connection, read: &str) -> BTreeMap<String, Relation> {
    let rows: Rows = session.execute(&RELATIONS.replace("{read}", read));
    let number = |text: &Option<String>| text.as_ref().map_or(0, |text| text.parse().unwrap());
    rows.into_iter()
        .map(|row| {
            let relation = Relation {
                name: row[1].clone().unwrap(),
                kind: row[2].clone().unwrap(),
                table: row[3].clone(),
                file: row[4].clone(),
                bytes: number(&row[5]),
                read: number(&row[6]),
            };
            (row[0].clone().unwrap(), relation)
        })
        .collect()
}

/// The strongest mode on each relation.
fn locks(rows: &Rows) -> BTreeMap<String, LockMode> {
    let mut locks = BTreeMap::new();
    for row in rows {
        let mode = LockMode::of_pg_locks(row[1].as_deref().unwrap()).unwrap();
        let known = locks.entry(row[0].clone().unwrap()).or_insert(mode);
        *known = mode.max(*known);
    }
    locks
}

/// What was done with the rows of a relation.
fn work(before: &Relation, after: Option<&Relation>) -> Work {
    let Some(after) = after else { return Work::None };
    let is_new_file = before.file != after.file && after.file.is_some();
    if is_new_file && after.bytes > EMPTY_INDEX_BYTES {
        Work::Writes
    } else if matches!(before.kind.as_str(), "r" | "m") && after.read - before.read >= ROWS / 2 {
        Work::Reads
    } else {
        Work::None
    }
}

/// The part that a relation of the fixture plays; `None` for what plays none.
fn part(relation: &Relation, case: &Case) -> Option<Part> {
    if relation.kind.eq_ignore_ascii_case("i") {
        let is_named = case.statement.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == relation.name);
        let table = relation.table.as_deref()?;
        return match table {
            "subject" | "partitions" | "partition" | "default_partition" if is_named => Some(Part::Index),
            "subject" | "partitions" | "partition" | "default_partition" | "kept" => Some(Part::Indexes),
            _ => None,
        };
    }
    Some(match relation.name.as_str() {
        "subject" => Part::Subject,
        "partitions" => Part::Partitions,
        "partition" => Part::Partition,
        "default_partition" => Part::DefaultPartition,
        "parent" => Part::Parent,
        "referenced" | "other" => Part::Referenced,
        "referencing" => Part::Referencing,
        "viewing" | "kept" => Part::View,
        "counting" => Part::Sequence,
        _ => return None,
    })
}
