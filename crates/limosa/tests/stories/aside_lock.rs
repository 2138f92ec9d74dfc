//! What is asked of the server while a table is locked from which something is set aside.

use limosa_testkit::{PrivateServer, PrivateServerOptions, server};

use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE clinic (id int PRIMARY KEY);
CREATE TABLE patient (id int PRIMARY KEY, ssn text UNIQUE, clinic int REFERENCES clinic, tag serial);
CREATE INDEX patient_ssn_idx ON patient (ssn) WHERE ssn <> '';
CREATE VIEW names AS SELECT id, ssn FROM patient;
CREATE TABLE visit (id int PRIMARY KEY, patient int REFERENCES patient);
INSERT INTO patient SELECT i, 'ssn' || i FROM generate_series(1, 5) i;
";
/// What begins a reading of the whole catalog in a transaction.
const READING: &str = "statement: SAVEPOINT limosa_catalog";

/// How often the catalog was read before a lock that is never let go before the end, and how often behind it.
fn readings(drop: &str, more: &str) -> (usize, usize) {
    let settings = vec![("log_statement".to_owned(), "all".to_owned())];
    let server = PrivateServer::start_with(
        server().major(),
        PrivateServerOptions { settings, ..PrivateServerOptions::default() },
    );
    let database = server.fresh_database();
    let project = Project::on(&database)
        .with("migrations/001_setup.sql", format!("{SETUP}{more}"))
        .with("migrations/002_drop.sql", format!("-- limosa: set-aside 30d\n{drop};\n"));
    project.limosa("up --steps 1").exits(0);
    let before = server.log().len();
    project.limosa("up").exits(0).says("kept as");
    let log = server.log().split_off(before);
    let (ahead, behind) = log.split_once("IN ACCESS EXCLUSIVE MODE").unwrap_or_else(|| panic!("no lock in {log}"));
    (ahead.matches(READING).count(), behind.matches(READING).count())
}

#[test]
fn no_catalog_is_read_behind_the_lock_of_a_drop() {
    for drop in [
        "ALTER TABLE patient DROP COLUMN tag",
        "ALTER TABLE patient DROP COLUMN ssn CASCADE",
        "DROP TABLE visit",
        "DROP TABLE patient CASCADE",
        "DROP TABLE visit, patient CASCADE",
    ] {
        assert_eq!(readings(drop, ""), (1, 0), "{drop}");
    }
}

#[test]
fn where_more_changes_than_goes_the_server_is_asked_behind_the_lock() {
    let child = "CREATE TABLE old_visit () INHERITS (visit);\n";
    assert_eq!(readings("ALTER TABLE visit DROP COLUMN patient", child), (0, 2));
    let identity = "ALTER TABLE visit REPLICA IDENTITY USING INDEX visit_pkey;\n";
    assert_eq!(readings("ALTER TABLE visit DROP COLUMN patient", identity), (0, 2));
}
