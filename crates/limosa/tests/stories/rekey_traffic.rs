//! Clients that know old ids and clients that know new ones at work without a pause, while a key is changed: not one of
//! their statements fails, and what was acknowledged is read by both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use limosa_testkit::{Connection, Database, thorough};

use crate::place::{on_servers, rows};
use crate::project::Project;
use crate::rekey::{GRAPH, REKEY, ROWS, begun};

/// Whose ids a client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Old,
    New,
}

/// Where clients of the new version find the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Views {
    /// In views that they make for themselves.
    Own,
    /// In the schema of their version.
    OfVersions,
}

impl Views {
    /// The schemas of those who know old ids, and new ones.
    fn schemas(self) -> [&'static str; 2] {
        match self {
            Self::Own => ["public", "v2"],
            Self::OfVersions => ["public_v001", "public_v002"],
        }
    }

    fn limosa_toml(self) -> String {
        let online = if self == Self::OfVersions { "online = \"versioned-schemas\"\n" } else { "" };
        format!("[project]\nname = \"clinic\"\n{online}[env.dev]\nurl = \"env:DATABASE_URL\"\n")
    }
}

impl Version {
    /// An id that nobody has yet.
    fn id(self, client: u64, number: u64) -> String {
        match self {
            Self::Old => format!("{client:08x}-0000-4000-8000-{number:012x}"),
            Self::New => format!("{client:02}{number:06}"),
        }
    }
}

/// Makes the views of the new version, which bind to columns and not to their names.
fn make_views(database: &Database) {
    let columns = |table: &str, names: &[&str]| {
        let one = |name: &&str| {
            let sql = format!(
                "SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND NOT attisdropped \
                 AND attname ~ '^limosa_online_[0-9]+_[0-9]+_{name}$'"
            );
            let found = rows(database, &sql);
            format!("{} AS {name}", found.first().map_or(*name, String::as_str))
        };
        names.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let mut sql = "CREATE SCHEMA v2;".to_owned();
    for (table, names) in [
        ("client", &["id", "tenant", "parent_id", "name"][..]),
        ("visit", &["id", "client_id", "reason"]),
        ("invoice", &["id", "client_id", "total"]),
        ("event", &["at", "client_id", "kind"]),
        ("note", &["id", "subject_type", "subject_id"]),
    ] {
        sql.push_str(&format!("CREATE VIEW v2.{table} AS SELECT {} FROM public.{table};", columns(table, names)));
    }
    database.execute(&sql);
}

struct Report {
    version: Version,
    errors: Vec<String>,
    statements: u64,
    longest: Duration,
    /// The ids of the rows that are there.
    ids: Vec<String>,
}

struct Clients {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Report>>,
}

impl Clients {
    fn start(url: &str, version: Version, schema: &'static str, from: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let count = if thorough() { 3 } else { 1 };
        let start = |client: u64| {
            let (url, stop) = (url.to_owned(), Arc::clone(&stop));
            std::thread::spawn(move || work(&url, (version, schema), from + client, &stop))
        };
        Self { threads: (0..count).map(start).collect(), stop }
    }

    fn stop(self) -> Vec<Report> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }
}

/// One client: rows come with what refers to them before and behind, change, and go.
fn work(url: &str, (version, schema): (Version, &str), client: u64, stop: &AtomicBool) -> Report {
    let connection = Connection::open(url);
    connection.execute(&format!("SET search_path = {schema}, public"));
    let mut report = Report { version, errors: Vec::new(), statements: 0, longest: Duration::ZERO, ids: Vec::new() };
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) && report.errors.is_empty() {
        number += 1;
        let (id, key) = (version.id(client, number), client * 1_000_000 + number);
        let mut done = |sql: String| {
            let begun = Instant::now();
            let answer = connection.query(&sql);
            report.statements += 1;
            report.longest = report.longest.max(begun.elapsed());
            match answer {
                Ok(rows) => rows,
                Err(error) => {
                    report.errors.push(format!("{version:?}: {sql}: {error}"));
                    Vec::new()
                }
            }
        };
        done(format!(
            "BEGIN; INSERT INTO invoice (id, client_id, total) VALUES ({key}, '{id}', 1); \
             INSERT INTO client (id, name) VALUES ('{id}', 'traffic'); \
             INSERT INTO visit (client_id, reason) VALUES ('{id}', 'a'), ('{id}', 'b'); COMMIT"
        ));
        done(format!("INSERT INTO event (at, client_id, kind) VALUES ('2026-01-02', '{id}', 't')"));
        done(format!(
            "INSERT INTO client (id, name) VALUES ('{id}', 'traffic') ON CONFLICT (id) \
             DO UPDATE SET name = EXCLUDED.name"
        ));
        done(format!("INSERT INTO note (id, subject_type, subject_id) VALUES ({key}, 'client', '{id}')"));
        if number % 5 != 1 && number % 3 == 0 {
            let before = version.id(client, number - 1);
            done(format!(
                "UPDATE visit SET client_id = '{before}', reason = 'moved' WHERE client_id = '{id}' AND reason = 'b'"
            ));
        }
        let seen =
            done(format!("SELECT name FROM client JOIN invoice ON client_id = client.id WHERE client.id = '{id}'"));
        let is_last = number % 5 == 0;
        if is_last {
            // It goes with its visits and events; its invoice stays.
            done(format!("DELETE FROM client WHERE id = '{id}'"));
        }
        if seen != [[Some("traffic".to_owned())]] {
            report.errors.push(format!("{version:?}: {id} is not read as it was written: {seen:?}"));
        }
        if !is_last {
            report.ids.push(id);
        }
    }
    report
}

/// No statement failed.
fn hold(reports: &[Report], what: &str) {
    for report in reports {
        println!(
            "{what}, {:?}: {} statements, the longest took {:?}",
            report.version, report.statements, report.longest
        );
        assert!(report.errors.is_empty(), "{what}: {:#?}", report.errors);
    }
}

/// What was acknowledged is there: ids of a version are found by the version that reads now, through the map.
fn are_there(database: &Database, reports: &[Report], reads: Version) {
    for report in reports {
        let ids: Vec<String> = report.ids.iter().map(|id| format!("'{id}'")).collect();
        if ids.is_empty() {
            continue;
        }
        let found = match (report.version, reads) {
            (Version::Old, Version::Old) => format!("ARRAY[{}]::uuid[]", ids.join(", ")),
            (Version::New, Version::New) => format!("ARRAY[{}]::text[]", ids.join(", ")),
            // Those of the other version are known by the map.
            (Version::Old, Version::New) => format!(
                "ARRAY(SELECT new_id FROM limosa.map_client WHERE old_id = ANY (ARRAY[{}]::uuid[]))",
                ids.join(", ")
            ),
            (Version::New, Version::Old) => format!(
                "ARRAY(SELECT old_id FROM limosa.map_client WHERE new_id = ANY (ARRAY[{}]::text[]))",
                ids.join(", ")
            ),
        };
        let sql = format!(
            "SELECT count(*), count(i.id), count(n.id) FROM client c \
             LEFT JOIN invoice i ON i.client_id = c.id LEFT JOIN note n ON n.subject_id = c.id::text \
             AND n.subject_type = 'client' WHERE c.id = ANY ({found})"
        );
        let count = ids.len();
        assert_eq!(
            rows(database, &sql),
            [format!("{count}|{count}|{count}")],
            "{:?} read by {reads:?}",
            report.version
        );
    }
}

fn play(database: &Database, views: Views) {
    let project: Project = begun(database, GRAPH, ROWS, REKEY);
    project.write("limosa.toml", views.limosa_toml());
    let [old_schema, new_schema] = views.schemas();
    // A note refers by its text, and finds it by that.
    database.execute("CREATE INDEX ON note (subject_id); CREATE INDEX ON invoice (client_id)");
    let url = database.url();
    let pause = || std::thread::sleep(Duration::from_millis(300));

    let old = Clients::start(url, Version::Old, "public", 1);
    project.limosa("up --allow drift").exits(0);
    project.limosa("abort 002").exits(0);
    let aborted = old.stop();
    hold(&aborted, "expanded and aborted");

    let old = Clients::start(url, Version::Old, "public", 10);
    project.limosa("up").exits(0);
    if views == Views::Own {
        make_views(database);
    }
    let new = Clients::start(url, Version::New, new_schema, 20);
    pause();
    let mut all = old.stop();
    hold(&all, "expanded");
    // Those who choose their version by its schema, beside the new ones.
    let old = Clients::start(url, Version::Old, old_schema, 15);
    pause();
    all.extend(old.stop());
    hold(&all, "expanded, by their schema");
    // The old version is gone; the new one does not notice.
    project.limosa("contract --quiet-window 50ms").exits(0);
    pause();
    let came = new.stop();
    hold(&came, "through contract");
    all.extend(came);
    are_there(database, &all, Version::New);

    // The views would go with the new ids; the tables themselves have them by now.
    if views == Views::Own {
        database.execute("DROP SCHEMA v2 CASCADE");
    }
    let new = Clients::start(url, Version::New, "public", 30);
    project.limosa("down --allow drift").exits(0);
    let came = new.stop();
    hold(&came, "on the way back");
    all.extend(came);
    are_there(database, &all, Version::New);
    project.limosa("contract --quiet-window 50ms").exits(0);
    let old = Clients::start(url, Version::Old, "public", 40);
    pause();
    hold(&old.stop(), "back again");
    let orphans = "SELECT count(*) FROM visit LEFT JOIN client ON client.id = client_id WHERE client.id IS NULL \
                   UNION ALL SELECT count(*) FROM event LEFT JOIN client ON client.id = client_id \
                   WHERE client.id IS NULL";
    assert_eq!(rows(database, orphans), ["0", "0"]);
}

#[test]
fn clients_of_both_versions_notice_nothing() {
    on_servers(|database| play(database, Views::Own));
}

#[test]
fn clients_of_both_versions_notice_nothing_in_schemas_of_their_own() {
    on_servers(|database| play(database, Views::OfVersions));
}
