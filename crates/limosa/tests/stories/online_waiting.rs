//! Online changes beside transactions that do not end: who holds what is said, nobody is ended, and the same command
//! goes on when they are over.

use limosa_testkit::{Connection, Database};

use crate::outcome::Outcome;
use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, age int);
CREATE VIEW named AS SELECT id, age FROM patient;
INSERT INTO patient SELECT i, 'name ' || i, i % 90 FROM generate_series(1, 200) i;
";

const RENAME: &str = "ALTER TABLE patient RENAME COLUMN name TO title;\n";

/// A project with little patience.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database)
        .with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[run]\npatience = \"1500ms\"\n",
        )
        .with("migrations/001_setup.sql", SETUP);
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// A prepared transaction, which is rolled back with this value: it would outlive the database's test.
struct Prepared<'a>(&'a Database, String);

impl<'a> Prepared<'a> {
    fn of(database: &'a Database, statement: &str) -> Self {
        let gid = format!("of {}", database.name().as_str());
        database.execute(&format!("BEGIN; {statement}; PREPARE TRANSACTION '{gid}'"));
        Self(database, gid)
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        self.0.execute(&format!("ROLLBACK PREPARED '{}'", self.1));
    }
}

/// That a command waits for it in vain, tells of it, and has left what it can go on from.
fn waits_for(prepared: &Prepared<'_>, what: &str, run: impl Fn() -> Outcome) {
    let waited = run().exits(4);
    let waited = waited.says(&format!("prepared transaction '{}'", prepared.1)).says(what).says("user postgres");
    waited.says("COMMIT PREPARED").says("locks-not-free");
    let still_there = format!("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '{}'", prepared.1);
    assert_eq!(rows(prepared.0, &still_there), ["1"]);
}

#[test]
fn a_prepared_transaction_is_named_with_what_it_holds() {
    on_servers(|database| {
        let project = begun(database, RENAME);
        let write = "UPDATE patient SET age = 7 WHERE id = 7";
        {
            let prepared = Prepared::of(database, write);
            waits_for(&prepared, "ROW EXCLUSIVE on patient", || project.limosa("up"));
        }
        project.limosa("up").exits(0);
        {
            let prepared = Prepared::of(database, write);
            waits_for(&prepared, "ROW EXCLUSIVE on patient", || project.limosa("contract --quiet-window 50ms"));
            waits_for(&prepared, "ROW EXCLUSIVE on patient", || project.limosa("abort 002"));
        }
        project.limosa("status").exits(0).says("002");
        project.limosa("abort 002").exits(0);
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_is_looked_at_before_anything_changes_waits_for_a_lock_as_well() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n");
        {
            let prepared = Prepared::of(database, "LOCK TABLE patient IN ACCESS EXCLUSIVE MODE");
            waits_for(&prepared, "ACCESS EXCLUSIVE on patient", || project.limosa("up"));
            assert_eq!(rows(database, "SELECT count(*) FROM limosa.online"), ["0"]);
        }
        project.limosa("up").exits(0);
        {
            let prepared = Prepared::of(database, "LOCK TABLE patient IN ACCESS EXCLUSIVE MODE");
            waits_for(&prepared, "ACCESS EXCLUSIVE on patient", || project.limosa("contract --quiet-window 50ms"));
        }
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn rows_that_a_prepared_transaction_holds_are_waited_for() {
    on_servers(|database| {
        let project = begun(database, "-- limosa: backfill\nUPDATE patient SET age = 8;\n");
        {
            let prepared = Prepared::of(database, "UPDATE patient SET age = 7 WHERE id = 7");
            project.limosa("up").exits(4).says("rows-locked").says(&prepared.1);
        }
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM patient WHERE age = 8"), ["200"]);
    });
}

#[test]
fn an_index_waits_for_older_transactions_and_says_whose() {
    on_servers(|database| {
        let project = begun(database, "CREATE INDEX by_age ON patient (age);\n");
        let neighbour = Connection::open(database.url());
        neighbour.execute("SET application_name = 'nightly'; BEGIN ISOLATION LEVEL REPEATABLE READ; TABLE patient");
        let waited = project.limosa("up").exits(4).says("application nightly").says("an older transaction");
        waited.says("idle in transaction").says("locks-not-free");
        neighbour.execute("COMMIT");
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_age'::regclass"), ["t"]);
        assert_eq!(rows(database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), ["0"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn an_index_waits_for_prepared_transactions_and_says_which() {
    on_servers(|database| {
        let project = begun(database, "CREATE INDEX by_age ON patient (age);\n");
        {
            let prepared = Prepared::of(database, "UPDATE patient SET age = 7 WHERE id = 7");
            waits_for(&prepared, "prepared", || project.limosa("up"));
        }
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
    });
}
