//! Clients of the old and the new version at work without a pause, each in its own schema of views.

use limosa_testkit::{Database, Dialect, Traffic, TrafficReport, thorough};

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
    /// Clients of the old version, on the table itself.
    base: Dialect,
    /// Those of the old version in its schema.
    old: Dialect,
    new: Dialect,
}

fn dialect(table: &str, column: &str, value: fn(u64) -> String) -> Dialect {
    Dialect {
        table: table.to_owned(),
        key: "id".to_owned(),
        column: column.to_owned(),
        value,
        also: (String::new(), String::new()),
        copies: !table.contains('.'),
    }
}

fn name(number: u64) -> String {
    format!("SOE {number}")
}

fn number(number: u64) -> String {
    number.to_string()
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
    project.write("migrations/002_change.sql", format!("-- limosa: online versioned-schemas\n\n{}", change.up));
    let told = |report: &TrafficReport, what: &str| {
        println!("{what}: {} statements, the longest took {:?}", report.statements, report.longest);
    };

    // Begun, and taken back.
    let base = Traffic::start(url, &change.base, clients(), keys(0));
    project.limosa("up").exits(0);
    project.limosa("abort 002").exits(0);
    let report = base.stop();
    told(&report, "on the table, while expanded and aborted");
    report.must_be_in(url, &change.base);

    // Begun, with all at work.
    let base = Traffic::start(url, &change.base, clients(), keys(1));
    project.limosa("up").exits(0);
    let old = Traffic::start(url, &change.old, clients(), keys(2));
    let new = Traffic::start(url, &change.new, clients(), keys(3));
    std::thread::sleep(std::time::Duration::from_millis(300));
    let mut acknowledged = Vec::new();
    for (report, what) in [(base.stop(), "on the table"), (old.stop(), "in the old schema")] {
        told(&report, what);
        for seen_by in [&change.base, &change.old, &change.new] {
            report.must_be_in(url, seen_by);
        }
        acknowledged.push(report);
    }
    // The old version is gone.
    project.limosa("contract --quiet-window 50ms").exits(0);
    let report = new.stop();
    told(&report, "in the new schema, through contract");
    acknowledged.push(report);
    for report in &acknowledged {
        report.must_be_in(url, &change.new);
    }
    project.limosa("drift").exits(0);

    // And back.
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
    project.limosa("drift").exits(0);
}

fn play_everywhere(change: &Change) {
    on_servers(|database| play(database, change));
}

#[test]
fn a_column_has_a_name_in_each_schema() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit RENAME COLUMN pms_type TO integration_type;\n",
        base: dialect("visit", "pms_type", name),
        old: dialect("public_v001.visit", "pms_type", name),
        new: dialect("public_v002.visit", "integration_type", name),
    });
}

#[test]
fn a_column_has_a_type_in_each_schema() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit ALTER COLUMN n TYPE bigint;\n",
        base: dialect("visit", "n", number),
        old: dialect("public_v001.visit", "n", number),
        new: dialect("public_v002.visit", "n", number),
    });
}

#[test]
fn a_table_has_a_name_in_each_schema() {
    play_everywhere(&Change {
        up: "ALTER TABLE visit RENAME TO appointment;\n",
        base: dialect("visit", "pms_type", name),
        old: dialect("public_v001.visit", "pms_type", name),
        new: dialect("public_v002.appointment", "pms_type", name),
    });
}

#[test]
fn a_column_is_known_in_one_schema_only() {
    play_everywhere(&Change {
        up: "-- limosa: forward upper(pms_type)\nALTER TABLE visit ADD COLUMN kind text NOT NULL;\n",
        base: dialect("visit", "pms_type", name),
        old: dialect("public_v001.visit", "pms_type", name),
        new: Dialect {
            also: (", kind".to_owned(), ", 'PMS'".to_owned()),
            ..dialect("public_v002.visit", "pms_type", name)
        },
    });
}
