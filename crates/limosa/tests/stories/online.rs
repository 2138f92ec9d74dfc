//! Migrations under `-- limosa: online`: old and new clients work side by side until `contract`, and `abort` takes it
//! back.

use limosa_testkit::{Connection, Database};

use crate::place::{everywhere, on_servers};
use crate::project::Project;

pub(crate) const SETUP: &str = "\
CREATE TABLE clinic (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE patient (
    id bigint PRIMARY KEY,
    full_name varchar(80) NOT NULL DEFAULT 'nobody',
    email text UNIQUE,
    age int CHECK (age >= 0),
    clinic int REFERENCES clinic,
    note text DEFAULT 'none'
);
CREATE INDEX patient_name_idx ON patient (full_name, clinic) WHERE age > 3;
COMMENT ON COLUMN patient.full_name IS 'as in the passport';
";

pub(crate) const ROWS: &str = "\
INSERT INTO clinic VALUES (1, 'north');
INSERT INTO patient SELECT i, 'name ' || i, 'p' || i || '@example.org', i % 90, 1, NULL FROM generate_series(1, 500) i;
";

/// A reader of the table, which keeps PostgreSQL from changing a type under it.
pub(crate) const VIEW: &str = "CREATE VIEW grown_up AS SELECT id, full_name, age FROM patient WHERE age >= 18;\n";

/// A project with its first migration applied and this as its second.
fn begun(database: &Database, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{ROWS}{VIEW}"));
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// The fingerprint of the schema as it really is.
fn schema(project: &Project) -> String {
    let snapshot = project.limosa("snapshot").exits(0).stdout;
    snapshot.lines().next().unwrap_or_default().to_owned()
}

fn rows(database: &Database) -> String {
    format!("{:?}", database.execute("SELECT * FROM patient ORDER BY id"))
}

/// The columns, constraints, indexes and triggers of a table, in the order of the table.
pub(crate) fn shape(database: &Database, table: &str) -> String {
    let sql = format!(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull, \
         (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum) \
         FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname;
         SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{table}'::regclass ORDER BY 1;
         SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index \
         WHERE indrelid = '{table}'::regclass ORDER BY indexrelid::regclass::text;
         SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal ORDER BY 1"
    );
    database.execute(&sql).iter().map(|row| format!("{row:?}\n")).collect()
}

/// What the plain statements lead to on empty tables, in a database of its own.
pub(crate) fn plainly(database: &Database, up: &str) -> String {
    let other = database.server().fresh_database();
    let project = Project::on(&other).with("migrations/001_setup.sql", SETUP).with("migrations/002_change.sql", up);
    project.limosa("up --allow deletes-data").exits(0);
    shape(&other, "patient")
}

/// Through to the end, and back where there is a way back.
fn there_and_back(database: &Database, up: &str, goes_back: bool) {
    println!("{up}");
    let project = begun(database, up);
    let (before, all) = (shape(database, "patient"), rows(database));
    project.limosa("up").exits(0);
    project.limosa("drift").exits(0);
    let waits = "SELECT FROM limosa.online WHERE state = 'open' AND contract_sql <> ''";
    if database.execute(waits).is_empty() {
        // Nothing of the old version goes, so nothing is left to do, and nothing to abort.
        project.limosa("abort 002").fails().says("no online change");
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
    } else {
        project.limosa("abort 002").exits(0).says("aborted");
    }
    assert_eq!(shape(database, "patient"), before, "after the abort of {up}");
    // A null that something has taken the place of is not to be had again.
    assert!(rows(database) == all || up.contains("forward 'nothing'"), "rows are others after the abort of {up}");
    project.limosa("status").exits(0).says("1");
    project.limosa("up").exits(0);
    project.limosa("contract --quiet-window 50ms").exits(0);
    assert_eq!(shape(database, "patient"), plainly(database, up), "after the contract of {up}");
    project.limosa("drift").exits(0);
    project.limosa("up").exits(0).says("up to date");
    let left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'limosa'::regnamespace";
    assert_eq!(database.execute(left)[0][0].as_deref(), Some("0"), "functions are left of {up}");
    if goes_back {
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(shape(database, "patient"), before, "after the way back of {up}");
        assert_eq!(rows_by_name(database), rows_by_name_of(&all), "after the way back of {up}");
        project.limosa("drift").exits(0);
    }
}

/// How many rows there are and a few values, whatever the order of the columns.
fn rows_by_name(database: &Database) -> String {
    format!("{:?}", database.execute("SELECT count(*) FROM patient"))
}

fn rows_by_name_of(all: &str) -> String {
    format!("{:?}", vec![vec![Some(all.matches("name ").count().to_string())]])
}

#[test]
fn a_column_is_renamed_there_and_back() {
    on_servers(|database| there_and_back(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n", true));
    on_servers(|database| there_and_back(database, "ALTER TABLE patient RENAME COLUMN email TO mail;\n", true));
    on_servers(|database| there_and_back(database, "ALTER TABLE patient RENAME COLUMN id TO number;\n", false));
}

#[test]
fn a_type_is_changed_there_and_back() {
    on_servers(|database| there_and_back(database, "ALTER TABLE patient ALTER COLUMN age TYPE bigint;\n", true));
    on_servers(|database| there_and_back(database, "ALTER TABLE patient ALTER COLUMN id TYPE text;\n", true));
    on_servers(|database| {
        let up = "-- limosa: back substr(full_name, 3)\n\
                  ALTER TABLE patient ALTER COLUMN full_name TYPE text USING ('x ' || full_name);\n";
        there_and_back(database, up, true);
    });
}

#[test]
fn constraints_and_indexes_come_while_the_table_is_in_use() {
    for (up, goes_back) in [
        ("ALTER TABLE patient ALTER COLUMN email SET NOT NULL;\n", true),
        ("-- limosa: forward 'nothing'\nALTER TABLE patient ALTER COLUMN note SET NOT NULL;\n", false),
        ("ALTER TABLE patient ADD CONSTRAINT short CHECK (length(full_name) < 70);\n", true),
        ("ALTER TABLE patient ADD CHECK (length(note) < 200);\n", true),
        ("ALTER TABLE patient ADD CONSTRAINT one_name UNIQUE (full_name, age);\n", true),
        ("ALTER TABLE patient ADD FOREIGN KEY (clinic) REFERENCES clinic (id);\n", false),
        ("CREATE INDEX patient_note_idx ON patient (note);\n", true),
        ("CREATE INDEX ON patient (lower(note), age);\n", false),
    ] {
        on_servers(|database| {
            if up.contains("lower") || up.contains("FOREIGN") {
                // The first has no name that could be known, the second one that is taken.
                begun(database, up).limosa("up").fails().says("cannot be done online");
            } else {
                there_and_back(database, up, goes_back);
            }
        });
    }
}

#[test]
fn columns_come_and_go() {
    for (up, goes_back) in [
        ("ALTER TABLE patient ADD COLUMN town text;\n", true),
        ("ALTER TABLE patient ADD COLUMN town text NOT NULL DEFAULT 'Riga';\n", true),
        ("ALTER TABLE patient ADD COLUMN code uuid DEFAULT gen_random_uuid();\n", true),
        ("-- limosa: forward upper(full_name)\nALTER TABLE patient ADD COLUMN loud text NOT NULL;\n", true),
        ("ALTER TABLE patient DROP COLUMN note;\n", false),
        ("ALTER TABLE patient ALTER COLUMN age SET DEFAULT 7;\n", true),
        ("ALTER TABLE patient ALTER COLUMN note DROP DEFAULT, DROP CONSTRAINT patient_age_check;\n", false),
    ] {
        on_servers(|database| there_and_back(database, up, goes_back));
    }
}

#[test]
fn what_contract_drops_is_set_aside_where_the_migration_says_so() {
    on_servers(|database| {
        let project = begun(
            database,
            "-- limosa: set-aside 90d\n\
             ALTER TABLE patient DROP COLUMN note;\n\
             -- limosa: set-aside\n\
             ALTER TABLE patient DROP COLUMN age CASCADE;\n\
             -- limosa: set-aside\n\
             DROP TABLE clinic CASCADE;\n",
        );
        let before = rows(database);
        project.limosa("up").exits(0);
        assert_eq!(rows(database), before, "nothing goes before contract");
        project.limosa("contract --quiet-window 50ms").exits(0);
        let left = database.execute("SELECT count(*) FROM pg_attribute WHERE attname IN ('note', 'age')");
        assert_eq!(left[0][0].as_deref(), Some("0"));
        let kept = database.execute("SELECT count(*) FROM limosa.aside WHERE state = 'kept'");
        assert_eq!(kept[0][0].as_deref(), Some("3"));
        project.limosa("drift").exits(0);
        project.limosa("down").exits(0);
        let of_all = "SELECT id, full_name, email, age, clinic, note FROM patient ORDER BY id";
        assert_eq!(format!("{:?}", database.execute(of_all)), before);
        database.execute("SELECT age FROM grown_up");
        assert_eq!(database.execute("SELECT name FROM clinic"), [[Some("north".to_owned())]]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn both_names_work_side_by_side() {
    everywhere(|place| {
        let crate::place::Place::Server(database) = place else { return };
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        project.limosa("up").exits(0).says("limosa contract 002");
        let one = |sql: &str| database.execute(sql).first().map(|row| row[0].clone().unwrap_or_default());
        let both = "SELECT full_name || '/' || name FROM patient WHERE id = ";
        // Rows that were there, rows by each name, and rows that say nothing.
        assert_eq!(one(&format!("{both} 7")).as_deref(), Some("name 7/name 7"));
        database.execute("INSERT INTO patient (id, full_name) VALUES (1001, 'old')");
        database.execute("INSERT INTO patient (id, name) VALUES (1002, 'new')");
        database.execute("INSERT INTO patient (id) VALUES (1003)");
        database.execute("INSERT INTO patient (id, full_name, name) VALUES (1004, 'same', 'same')");
        for (id, found) in [(1001, "old/old"), (1002, "new/new"), (1003, "nobody/nobody"), (1004, "same/same")] {
            assert_eq!(one(&format!("{both} {id}")).as_deref(), Some(found), "row {id}");
        }
        database.execute("UPDATE patient SET name = 'by new' WHERE id = 1001");
        database.execute("UPDATE patient SET full_name = 'by old' WHERE id = 1002");
        database.execute(
            "INSERT INTO patient (id, name) VALUES (1003, 'upsert') \
             ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
        );
        for (id, found) in [(1001, "by new/by new"), (1002, "by old/by old"), (1003, "upsert/upsert")] {
            assert_eq!(one(&format!("{both} {id}")).as_deref(), Some(found), "row {id}");
        }
        let refused = database.query("UPDATE patient SET name = 'a', full_name = 'b' WHERE id = 1001").unwrap_err();
        assert_eq!(refused.state.as_deref(), Some("22000"));
        assert!(refused.message.contains("full_name and name of patient"), "{refused}");
        let refused = database.query("INSERT INTO patient (id, name, full_name) VALUES (1005, 'a', 'b')").unwrap_err();
        assert_eq!(refused.state.as_deref(), Some("22000"));
        // Where triggers are silent otherwise.
        database.execute("SET session_replication_role = replica; UPDATE patient SET name = 'r' WHERE id = 1001");
        assert_eq!(one(&format!("{both} 1001")).as_deref(), Some("r/r"));
        project.limosa("status").exits(0).says("waits for contract").says("rename column public.patient.full_name");
        project.limosa("contract 002 --quiet-window 50ms").exits(0).says("contracted");
        assert_eq!(one("SELECT name FROM patient WHERE id = 1001").as_deref(), Some("r"));
        assert_eq!(one("SELECT full_name FROM grown_up WHERE id = 50").as_deref(), Some("name 50"));
        project.limosa("status").exits(0).never_says("waits for contract");
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("contract 002 --quiet-window 50ms").exits(1).says("no online change of version 002 is open");
        project.limosa("abort 002").exits(1);
    });
}

#[test]
fn a_name_is_split_and_merged() {
    on_servers(|database| {
        let project = begun(
            database,
            "-- limosa: forward split_part(full_name, ' ', 1)\n\
             ALTER TABLE patient ADD COLUMN first text;\n\
             -- limosa: forward split_part(full_name, ' ', 2)\n\
             ALTER TABLE patient ADD COLUMN last text;\n\
             -- limosa: back first || ' ' || last\n\
             ALTER TABLE patient DROP COLUMN full_name CASCADE;\n",
        );
        project.limosa("up").exits(0);
        let row = |id: u32| {
            let sql = format!("SELECT full_name || '/' || first || '/' || last FROM patient WHERE id = {id}");
            database.execute(&sql)[0][0].clone().unwrap_or_default()
        };
        assert_eq!(row(7), "name 7/name/7");
        database.execute("UPDATE patient SET full_name = 'Ada Lovelace' WHERE id = 7");
        assert_eq!(row(7), "Ada Lovelace/Ada/Lovelace");
        database.execute("UPDATE patient SET last = 'Byron' WHERE id = 7");
        assert_eq!(row(7), "Ada Byron/Ada/Byron");
        database.execute("INSERT INTO patient (id, first, last) VALUES (1001, 'Alan', 'Turing')");
        database.execute("INSERT INTO patient (id, full_name) VALUES (1002, 'Grace Hopper')");
        assert_eq!((row(1001), row(1002)), ("Alan Turing/Alan/Turing".into(), "Grace Hopper/Grace/Hopper".into()));
        project.limosa("contract --quiet-window 50ms").exits(0);
        let left = database.execute("SELECT first, last FROM patient WHERE id = 1002");
        assert_eq!(left, [[Some("Grace".to_owned()), Some("Hopper".to_owned())]]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_table_has_two_names() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME TO person;\n");
        project.limosa("up").exits(0);
        database.execute("INSERT INTO person (id, full_name) VALUES (1001, 'p') ON CONFLICT (id) DO NOTHING");
        database.execute("UPDATE patient SET age = 5 WHERE id = 1001; DELETE FROM person WHERE id = 3");
        project.limosa("drift").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let rows = database.execute("SELECT count(*) FROM person");
        assert_eq!(rows[0][0].as_deref(), Some("500"));
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        database.execute("SELECT FROM patient");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_cannot_be_done_online_is_said_before_anything_changes() {
    on_servers(|database| {
        for (up, says) in [
            ("ALTER TABLE patient RENAME COLUMN full_name TO age;\n", "has a column age already"),
            ("ALTER TABLE patient RENAME COLUMN fool_name TO name;\n", "has no column fool_name"),
            ("ALTER TABLE grown_up RENAME COLUMN age TO years;\n", "grown_up is a view"),
            ("ALTER TABLE patient ALTER COLUMN note SET NOT NULL;\n", "note of patient is null in a row"),
            ("ALTER TABLE patient ALTER COLUMN full_name TYPE int;\n", "fails for"),
            ("ALTER TABLE patient ALTER COLUMN full_name TYPE varchar(4);\n", "does not come back as it was"),
            ("ALTER TABLE patient ADD COLUMN n int GENERATED ALWAYS AS (age + 1) STORED;\n", "PostgreSQL 18"),
            ("ALTER TABLE patient ADD COLUMN must text NOT NULL;\n", "-- limosa: forward EXPRESSION"),
            ("ALTER TABLE patient ADD CONSTRAINT young CHECK (age < 50);\n", "does not meet the constraint"),
            ("ALTER TABLE patient ADD CONSTRAINT one UNIQUE (age);\n", "two rows of patient have the same key"),
            ("ALTER TABLE clinic ALTER COLUMN id TYPE text;\n", "limosa rekey"),
            ("CREATE INDEX patient_name_idx ON patient (age);\n", "is there already"),
            ("ALTER TABLE patient ADD COLUMN age int;\n", "has a column age already"),
            ("CREATE TABLE clinic (id int);\n", "table public.clinic is there already"),
            ("VACUUM patient;\n", "-- limosa: phase expand"),
        ] {
            let fresh = database.server().fresh_database();
            let project = begun(&fresh, up);
            let before = (shape(&fresh, "patient"), schema(&project));
            project.limosa("up").fails().says(says);
            assert_eq!((shape(&fresh, "patient"), schema(&project)), before, "{up}");
        }
    });
}

#[test]
fn on_a_new_database_it_is_the_plain_statements() {
    on_servers(|database| {
        let project = Project::on(database).with("migrations/001_setup.sql", SETUP).with(
            "migrations/002_change.sql",
            "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN full_name TO name;\n",
        );
        project.limosa("up").exits(0);
        database.execute("SELECT name FROM patient");
        assert!(database.query("SELECT full_name FROM patient").is_err());
        project.limosa("contract --quiet-window 50ms").exits(0).says("no online change");
    });
}

#[test]
fn several_changes_wait_at_once_and_later_migrations_go_on() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        project.limosa("up").exits(0);
        project.write(
            "migrations/003_more.sql",
            "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN email TO mail;\n",
        );
        project.write(
            "migrations/004_table.sql",
            "CREATE TABLE visit (id int PRIMARY KEY, patient bigint REFERENCES patient);\n",
        );
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
        database.execute("INSERT INTO patient (id, name, mail) VALUES (1001, 'n', 'm')");
        let row = database.execute("SELECT full_name, email FROM patient WHERE id = 1001");
        assert_eq!(row, [[Some("n".to_owned()), Some("m".to_owned())]]);
        project.limosa("abort 003").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0).says("002");
        project.limosa("drift").exits(0);
        // What came to hang on the copy of a column would go with it.
        project.limosa("up --order any").exits(0);
        database.execute("CREATE INDEX by_mail ON patient (mail)");
        project.limosa("contract --quiet-window 50ms").fails().says("by_mail");
        database.execute("DROP INDEX by_mail");
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn the_plan_shows_what_really_runs() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        let plan = project.limosa("plan -v").exits(0);
        assert!(plan.stdout.contains("online, in stages"), "{plan}");
        assert!(plan.stdout.contains("ADD COLUMN \"name\" character varying(80)"), "{plan}");
        let (expand, contract) = plan.stdout.split_once("limosa contract 002").unwrap();
        assert!(!expand.contains("RENAME COLUMN"), "{plan}");
        assert!(contract.contains("RENAME COLUMN \"full_name\" TO \"name\""), "{plan}");
        // Looking writes nothing.
        project.limosa("up").exits(0);
        assert_eq!(database.execute("SELECT count(*) FROM limosa.online")[0][0].as_deref(), Some("1"));
    });
}

#[test]
fn the_old_version_does_not_go_while_it_is_in_use() {
    on_servers(|database| {
        let project = begun(database, "ALTER TABLE patient RENAME COLUMN full_name TO name;\n");
        project.limosa("up").exits(0);
        let client = Connection::open(database.url());
        client.execute("SELECT name FROM patient WHERE id = 1");
        client.execute("SELECT p.full_name FROM patient AS p WHERE id = 1");
        let refused = project.limosa("contract --quiet-window 1h").exits(1);
        assert!(refused.stderr.contains("old-version-in-use"), "{refused}");
        assert!(refused.stderr.contains("SELECT p.full_name FROM patient"), "{refused}");
        project.limosa("contract --allow old-version-in-use").exits(0).says("contracted");
        client.execute("SELECT name FROM patient WHERE id = 1");
    });
}

#[test]
fn a_run_that_was_cut_off_goes_on_or_is_taken_back() {
    on_servers(|database| {
        let project = begun(
            database,
            "ALTER TABLE patient RENAME COLUMN full_name TO name;\n\
             -- limosa: phase expand\nSELECT 1 / count(*) FROM clinic WHERE name = 'go';\n\
             CREATE INDEX patient_note_idx ON patient (note);\n",
        );
        let before = shape(database, "patient");
        let change = project.read("migrations/002_change.sql");
        project.limosa("up").fails().says("division by zero");
        project.limosa("status").exits(0).says("expanding").says("half done");
        project.limosa("contract 002").exits(1).says("applied only in part");
        project.limosa("down").fails().says("limosa up");
        // What was begun is not what the file says now.
        project.write("migrations/002_change.sql", "-- limosa: online\n\nALTER TABLE patient DROP COLUMN note;\n");
        project.limosa("up").fails();
        project.limosa("abort 002").exits(0);
        assert_eq!(shape(database, "patient"), before);
        project.write("migrations/002_change.sql", change);
        project.limosa("up").fails();
        database.execute("INSERT INTO clinic VALUES (2, 'go')");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        database.execute("SELECT name FROM patient");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_migration_makes_what_it_uses() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE TABLE ward (id int PRIMARY KEY, name text);\n\
             CREATE INDEX ward_name_idx ON ward (name);\n\
             ALTER TABLE patient ADD COLUMN ward int;\n\
             ALTER TABLE patient ADD CONSTRAINT patient_ward_fkey FOREIGN KEY (ward) REFERENCES ward (id);\n\
             CREATE INDEX patient_ward_idx ON patient (ward);\n\
             ALTER TABLE patient RENAME COLUMN full_name TO name;\n",
        );
        let before = shape(database, "patient");
        project.limosa("up").exits(0);
        project.limosa("abort 002").exits(0);
        assert_eq!(shape(database, "patient"), before);
        assert!(database.query("SELECT FROM ward").is_err(), "the table is left");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        database.execute("SELECT patient.name FROM patient JOIN ward ON ward.id = patient.ward");
        project.limosa("drift").exits(0);
    });
}
