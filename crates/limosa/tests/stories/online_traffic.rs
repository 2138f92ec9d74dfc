//! Clients of the old and the new version at work without a pause, while a migration is run online: not one of their
//! statements fails, and what was acknowledged is read by both.

use limosa_testkit::{Database, Dialect, Traffic, thorough};

use crate::place::on_servers;
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE visit (id bigint PRIMARY KEY, pms_type varchar(50), n int NOT NULL DEFAULT 0, note text);
CREATE INDEX visit_pms_type_idx ON visit (pms_type, n);
INSERT INTO visit SELECT i, 'SOE ' || i, i FROM generate_series(1, 20000) i;
";

/// What both versions do.
struct Change {
    up: &'static str,
    old: Dialect,
    new: Dialect,
    /// Whether there is a way back behind contract.
    goes_back: bool,
}

fn dialect(table: &str, column: &str, value: fn(u64) -> String) -> Dialect {
    Dialect {
        table: table.to_owned(),
        key: "id".to_owned(),
        column: column.to_owned(),
        value,
        also: (String::new(), String::new()),
        copies: true,
    }
}

fn name(number: u64) -> String {
    format!("SOE {number}")
}

fn number(number: u64) -> String {
    number.to_string()
}

/// What both versions say alike.
fn same() -> Dialect {
    dialect("visit", "pms_type", name)
}

/// Where the keys of the next clients begin; those of the rows that were there are below.
fn keys(round: u64) -> u64 {
    100_000_000 * (round + 1)
}

fn clients() -> u64 {
    if thorough() { 4 } else { 2 }
}

fn play(database: &Database, change: &Change) {
    println!("{}", change.up);
    let url = database.url();
    let project = Project::on(database).with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{}", change.up));
    let mut acknowledged = Vec::new();
    let both = |report: &limosa_testkit::TrafficReport, what: &str| {
        println!("{what}: {} statements, the longest took {:?}", report.statements, report.longest);
        report.must_be_in(url, &change.old);
        report.must_be_in(url, &change.new);
    };

    // Begun, and taken back.
    let old = Traffic::start(url, &change.old, clients(), keys(0));
    project.limosa("up").exits(0);
    let waits = "SELECT FROM limosa.online WHERE state = 'open' AND contract_sql <> ''";
    if database.execute(waits).is_empty() {
        // Nothing of the old version is to go, so there is nothing to abort.
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
    } else {
        project.limosa("abort 002").exits(0);
    }
    let report = old.stop();
    println!("old, while expanded and aborted: {} statements, longest {:?}", report.statements, report.longest);
    report.must_be_in(url, &change.old);

    // Begun, with both at work.
    let old = Traffic::start(url, &change.old, clients(), keys(1));
    project.limosa("up").exits(0);
    let new = Traffic::start(url, &change.new, clients(), keys(2));
    let neighbours = Traffic::start(url, &change.old, clients(), keys(3));
    std::thread::sleep(std::time::Duration::from_millis(300));
    for report in [old.stop(), neighbours.stop()] {
        both(&report, "old");
        acknowledged.push(report);
    }
    // The old version is gone.
    project.limosa("contract --quiet-window 50ms").exits(0);
    let report = new.stop();
    println!("new, through contract: {} statements, longest {:?}", report.statements, report.longest);
    acknowledged.push(report);
    for report in &acknowledged {
        report.must_be_in(url, &change.new);
    }
    if change.goes_back {
        let new = Traffic::start(url, &change.new, clients(), keys(4));
        project.limosa("down").exits(0);
        let old = Traffic::start(url, &change.old, clients(), keys(5));
        std::thread::sleep(std::time::Duration::from_millis(300));
        acknowledged.push(new.stop());
        project.limosa("contract --quiet-window 50ms").exits(0);
        acknowledged.push(old.stop());
        for report in &acknowledged {
            report.must_be_in(url, &change.old);
        }
    }
    project.limosa("drift").exits(0);
}

fn play_everywhere(change: &Change) {
    on_servers(|database| play(database, change));
}

#[test]
fn a_column_has_two_names() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit RENAME COLUMN pms_type TO integration_type;\n",
        old: same(),
        new: dialect("visit", "integration_type", name),
        goes_back: true,
    });
}

#[test]
fn a_column_has_two_types() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit ALTER COLUMN n TYPE bigint;\n",
        old: dialect("visit", "n", number),
        new: dialect("visit", "n", number),
        goes_back: true,
    });
}

#[test]
fn a_table_has_two_names() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit RENAME TO appointment;\n",
        old: same(),
        new: Dialect { copies: false, ..dialect("appointment", "pms_type", name) },
        goes_back: false,
    });
}

#[test]
fn constraints_and_indexes_come() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit ALTER COLUMN pms_type SET NOT NULL, ADD CONSTRAINT short CHECK (n >= 0);\n\
             CREATE INDEX visit_note_idx ON visit (note);\n",
        old: same(),
        new: same(),
        goes_back: true,
    });
}

#[test]
fn a_column_is_computed_from_another() {
    play_everywhere(&Change {
        up: "-- limosa: forward upper(pms_type)\nALTER TABLE visit ADD COLUMN kind text NOT NULL;\n",
        old: same(),
        new: Dialect { also: (", kind".to_owned(), ", 'PMS'".to_owned()), ..same() },
        goes_back: true,
    });
}

#[test]
fn a_column_takes_the_place_of_another() {
    play_everywhere(&Change {
        up: "-- limosa: forward substr(pms_type, 5)\nALTER TABLE visit ADD COLUMN code text;\n\
             -- limosa: back 'SOE ' || code\nALTER TABLE visit DROP COLUMN pms_type;\n",
        old: same(),
        new: dialect("visit", "code", number),
        goes_back: false,
    });
}
