//! What is dropped is set aside, comes back with its values, and goes for good when it is due.

use limosa_testkit::Database;

use crate::place::{Place, on_servers};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE clinic (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE patient (
    id int PRIMARY KEY,
    ssn text NOT NULL UNIQUE CHECK (ssn <> ''),
    clinic int REFERENCES clinic,
    note text DEFAULT 'none' NOT NULL,
    no int GENERATED ALWAYS AS IDENTITY,
    tag serial,
    short text GENERATED ALWAYS AS (left(ssn, 3)) STORED
);
CREATE INDEX patient_note_idx ON patient (note) WHERE note <> '';
CREATE TABLE visit (id int PRIMARY KEY, patient int NOT NULL REFERENCES patient, at date);
COMMENT ON COLUMN patient.ssn IS 'secret';
CREATE STATISTICS patient_stats ON note, clinic FROM patient;
INSERT INTO clinic VALUES (1, 'north');
INSERT INTO patient (id, ssn, clinic) SELECT i, 'ssn' || i, 1 FROM generate_series(1, 50) i;
INSERT INTO visit SELECT i, i, now() FROM generate_series(1, 50) i;
";

/// A project whose second migration this is, with the first one applied.
fn begun(database: &Database, up: &str, down: Option<&str>) -> Project {
    let project = Project::on(database)
        .with("migrations/001_setup.sql", SETUP)
        .with("migrations/001_setup.down.sql", "DROP TABLE visit, patient, clinic;\n");
    project.limosa("up").exits(0);
    project.write("migrations/002_drop.sql", up);
    if let Some(down) = down {
        project.write("migrations/002_drop.down.sql", down);
    }
    project
}

/// All that the tables hold, in words, with the fingerprint of the schema.
fn state(project: &Project, database: &Database) -> String {
    let rows = |sql: &str| format!("{:?}", database.execute(sql));
    let snapshot = project.limosa("snapshot").exits(0).stdout;
    let fingerprint = snapshot.lines().next().unwrap_or_default().to_owned();
    let patients = rows("SELECT id, ssn, clinic, note, no, tag, short FROM patient ORDER BY id");
    format!("{fingerprint}\n{patients}\n{}", rows("SELECT * FROM visit ORDER BY id"))
}

/// Applies and takes back, and compares.
fn round_trip(database: &Database, up: &str, down: Option<&str>) {
    let project = begun(database, up, down);
    let before = state(&project, database);
    project.limosa("up").exits(0).says("aside");
    project.limosa("drift").exits(0);
    project.limosa("status").exits(0).says("set aside in");
    project.limosa("down").exits(0).says("came back");
    assert_eq!(state(&project, database), before, "after {up}");
    project.limosa("status").exits(0).never_says("set aside in");
    project.limosa("drift").exits(0);
    // And once more, with new names.
    project.limosa("up").exits(0);
    project.limosa("down").exits(0);
    assert_eq!(state(&project, database), before, "after {up}, twice");
}

fn aside(statement: &str) -> String {
    format!("-- limosa: set-aside 30d\n{statement};\n")
}

#[test]
fn columns_come_back_with_their_values() {
    for column in ["note", "no", "tag", "clinic", "short"] {
        on_servers(|database| round_trip(database, &aside(&format!("ALTER TABLE patient DROP COLUMN {column}")), None));
    }
}

#[test]
fn what_depends_on_a_column_refuses_the_drop_or_goes_and_comes_along() {
    on_servers(|database| {
        let project = begun(database, &aside("ALTER TABLE patient DROP COLUMN ssn"), None);
        let refused = project.limosa("up").exits(2);
        assert!(refused.stderr.contains("other objects depend on it"), "{refused}");
        assert!(refused.stderr.contains("column short of table patient depends on column ssn"), "{refused}");
        project.write("migrations/002_drop.sql", aside("ALTER TABLE patient DROP COLUMN ssn CASCADE"));
        let before = state(&project, database);
        project.limosa("up").exits(0);
        project.limosa("down").exits(0);
        assert_eq!(state(&project, database), before);
    });
}

#[test]
fn a_key_and_a_view_come_back_with_their_column() {
    on_servers(|database| {
        database.execute("CREATE SCHEMA report");
        let up = "ALTER TABLE patient DROP COLUMN id CASCADE";
        let project = begun(database, &aside(up), None);
        database
            .execute("CREATE VIEW report.names AS SELECT id, note FROM patient; COMMENT ON VIEW report.names IS 'n'");
        project.limosa("up --allow drift").exits(0);
        let views = "SELECT to_regclass('report.names') IS NULL";
        assert_eq!(database.execute(views)[0][0].as_deref(), Some("t"));
        project.limosa("down").exits(0);
        let rows = database.execute("SELECT count(*) FROM report.names JOIN visit ON visit.patient = names.id");
        assert_eq!(rows[0][0].as_deref(), Some("50"));
        let keys = "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype IN ('p', 'f')";
        let keys = database.execute(keys)[0][0].clone().unwrap();
        for key in ["patient_pkey", "visit_patient_fkey", "patient_clinic_fkey"] {
            assert!(keys.contains(key), "{keys}");
        }
    });
}

#[test]
fn a_down_script_is_the_way_back() {
    on_servers(|database| {
        let down = "ALTER TABLE patient ADD COLUMN note text, ADD COLUMN extra int;\n\
                    CREATE INDEX IF NOT EXISTS patient_note_idx ON patient (note) WHERE note <> '';\n\
                    ALTER TABLE patient DROP COLUMN extra;\n";
        round_trip(
            database,
            &aside("ALTER TABLE patient DROP COLUMN note, ADD COLUMN kind text, DROP COLUMN no"),
            Some(&format!("{down}ALTER TABLE patient DROP COLUMN kind;\n")),
        );
    });
}

#[test]
fn tables_come_back_with_all_that_is_in_them() {
    on_servers(|database| {
        let up = "DROP TABLE visit, patient";
        let down = "CREATE TABLE patient (id int PRIMARY KEY);\nCREATE INDEX patient_note_idx ON patient (note);\n\
                    CREATE TABLE visit (id int PRIMARY KEY);\n";
        round_trip(database, &aside(up), Some(down));
    });
    on_servers(|database| {
        let project = begun(database, &aside("DROP TABLE patient"), None);
        project.limosa("up").exits(2).says("visit_patient_fkey");
        project.write("migrations/002_drop.sql", aside("DROP TABLE patient CASCADE"));
        let before = state(&project, database);
        project.limosa("up").exits(0).says("visit_patient_fkey");
        database.execute("INSERT INTO visit VALUES (51, 999, now())");
        database.execute("DELETE FROM visit WHERE id = 51");
        database.execute("DELETE FROM clinic");
        database.execute("INSERT INTO clinic VALUES (1, 'north')");
        project.limosa("down").exits(0);
        assert_eq!(state(&project, database), before);
    });
}

#[test]
fn partitions_triggers_policies_and_publications_come_back() {
    on_servers(|database| {
        let setup = "\
CREATE TABLE log (at date NOT NULL, what text, PRIMARY KEY (at, what)) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO log VALUES ('2025-05-05', 'a'), ('2026-05-05', 'b');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE log ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON log USING (what <> '');
GRANT SELECT ON log TO PUBLIC;
COMMENT ON TABLE log IS 'what was';
CREATE PUBLICATION all_logs FOR TABLE log;
";
        let project = Project::on(database)
            .with("migrations/001_setup.sql", setup)
            .with("migrations/002_drop.sql", aside("DROP TABLE log") + "DROP FUNCTION touch();\n")
            .with(
                "migrations/002_drop.down.sql",
                "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS \
                   'BEGIN RETURN NEW; END';\nCREATE TABLE log (at date);\n",
            );
        project.limosa("up --steps 1").exits(0);
        let snapshot = || project.limosa("snapshot").exits(0).stdout;
        let before = snapshot();
        project.limosa("up").exits(0);
        assert_ne!(snapshot(), before);
        project.limosa("down").exits(0);
        assert_eq!(snapshot(), before);
        let rows = database.execute("SELECT string_agg(what, '' ORDER BY at) FROM log");
        assert_eq!(rows[0][0].as_deref(), Some("ab"));
    });
}

#[test]
fn a_column_comes_back_in_its_table_and_in_what_was_parted_from_it_and_in_no_copy() {
    on_servers(|database| {
        let setup = "\
CREATE TABLE log (at date NOT NULL, what text NOT NULL, PRIMARY KEY (at)) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX log_what_idx ON log (what);
INSERT INTO log VALUES ('2025-05-05', 'a'), ('2026-05-05', 'b');
CREATE TABLE a_person (id int);
CREATE TABLE person (id int, name text);
CREATE TABLE child () INHERITS (person);
INSERT INTO person VALUES (1, 'c');
INSERT INTO child VALUES (2, 'd');
";
        let project = Project::on(database)
            .with("migrations/001_setup.sql", setup)
            .with(
                "migrations/002_log.sql",
                "-- limosa: set-aside 30d\n\nALTER TABLE log DROP COLUMN what;\nDROP TABLE log_1;\n",
            )
            .with(
                "migrations/003_person.sql",
                "-- limosa: set-aside 30d\n\nALTER TABLE person DROP COLUMN name;\nDROP TABLE child;\n",
            );
        project.limosa("up --steps 1").exits(0);
        // A child that was parted from its parent has its columns as its own, too, when it is one again.
        let snapshot = || {
            let rows = database.execute(
                "SELECT string_agg(it, ', ' ORDER BY it) FROM \
                 (SELECT concat_ws(' ', attrelid::regclass, attname, attinhcount) AS it FROM pg_attribute \
                 WHERE attnum > 0 AND NOT attisdropped AND attrelid::regclass::text \
                 ~ '^(log|log_1|log_2|person|child|log_what_idx|log_1_what_idx)$') its",
            );
            rows[0][0].clone()
        };
        let before = snapshot();
        project.limosa("up").exits(0);
        // A table that is older than the one whose column it copies.
        database.execute("ALTER TABLE a_person ADD limosa_aside_3_name text");
        project.limosa("down --steps 2").exits(0);
        assert_eq!(database.execute("SELECT limosa_aside_3_name FROM a_person").len(), 0);
        assert_eq!(snapshot(), before);
        let rows = "SELECT (SELECT string_agg(what, '' ORDER BY at) FROM log) \
                    || (SELECT string_agg(name, '' ORDER BY id) FROM person)";
        assert_eq!(database.execute(rows)[0][0].as_deref(), Some("abcd"));
        // What is purged of the whole is purged of its parts, so that these fit when they come back.
        project.limosa("up --steps 1").exits(0);
        database.execute("CREATE TABLE copy AS SELECT * FROM log");
        project.limosa("purge 5 --allow deletes-data").exits(0);
        project.write("migrations/002_log.down.sql", "CREATE TABLE log_1 PARTITION OF log DEFAULT;\n");
        project.limosa("down").exits(0);
        assert_eq!(database.execute("SELECT at::text FROM log ORDER BY at").len(), 2);
        assert_eq!(database.execute("SELECT limosa_aside_5_what FROM copy").len(), 1);
    });
}

#[test]
fn rows_that_come_meanwhile_are_named_before_a_not_null_comes_back() {
    on_servers(|database| {
        let setup = "CREATE TABLE p (id int PRIMARY KEY, ssn text NOT NULL, note text NOT NULL DEFAULT '-');\n\
                     INSERT INTO p VALUES (1, 'a');\n";
        let project = Project::on(database)
            .with("migrations/001_setup.sql", setup)
            .with("migrations/002_drop.sql", aside("ALTER TABLE p DROP COLUMN ssn, DROP COLUMN note"));
        project.limosa("up").exits(0);
        database.execute("INSERT INTO p (id) VALUES (2), (3)");
        let refused = project.limosa("down").exits(1);
        assert!(refused.stderr.contains("2 rows of public.p that came later have no ssn"), "{refused}");
        assert!(refused.stderr.contains("id = 2; 3"), "{refused}");
        assert!(refused.stderr.contains("--allow missing-values"), "{refused}");
        project.limosa("down --allow missing-values").exits(0);
        let rows = database.execute("SELECT string_agg(coalesce(ssn, '?') || note, ' ' ORDER BY id) FROM p");
        assert_eq!(rows[0][0].as_deref(), Some("a- ?- ?-"));
    });
}

#[test]
fn what_is_due_is_purged_and_nothing_else() {
    on_servers(|database| {
        let up = "ALTER TABLE patient DROP COLUMN note; -- limosa: set-aside 1h\n\
                  DROP TABLE visit; -- limosa: set-aside 8w\n";
        let project = begun(database, up, None);
        project.limosa("up").exits(0);
        project.limosa("purge").exits(0).says("nothing that is set aside is to go");
        database.execute("UPDATE limosa.aside SET due_at = now() WHERE id = 1");
        project.limosa("purge --dry-run").exits(0).says("public.patient.note").never_says("public.visit");
        project.limosa("purge").exits(2).says("--allow deletes-data");
        project.limosa("purge --allow deletes-data").exits(0).says("public.patient.note is gone");
        let column = "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'limosa_aside%'";
        assert_eq!(database.execute(column)[0][0].as_deref(), Some("0"));
        project.limosa("purge 7").exits(2).says("unknown-aside");
        project.limosa("purge 2 --allow deletes-data --reason 'asked for'").exits(0).says("public.visit is gone");
        assert_eq!(database.execute("SELECT to_regnamespace('limosa_aside_2') IS NULL")[0][0].as_deref(), Some("t"));
        project.limosa("log").exits(0).says("purge");
        project.limosa("down").exits(1).says("has no way back");
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_drop_that_would_lose_rows_is_refused_until_somebody_says_so() {
    on_servers(|database| {
        database.execute("CREATE SCHEMA old; CREATE TABLE old.none (); CREATE TABLE old.some AS SELECT 1 AS a");
        let project = begun(database, "DROP TABLE visit;\n", None);
        let refused = project.limosa("up").exits(1);
        assert!(refused.stderr.contains("error[deletes-data]: this would lose the rows of visit"), "{refused}");
        assert!(refused.stderr.contains("migrations/002_drop.sql:1:1"), "{refused}");
        assert!(
            refused.stderr.contains("set-aside 30d") && refused.stderr.contains("--allow deletes-data"),
            "{refused}"
        );
        project.write("migrations/002_drop.sql", "DROP SCHEMA old CASCADE;\n");
        project.limosa("up").exits(1).says("the rows of some");
        project.write("migrations/002_drop.sql", "TRUNCATE visit;\n");
        project.limosa("up").exits(1).says("deletes-data");
        project.write("migrations/002_drop.sql", "ALTER TABLE visit DROP COLUMN at;\n");
        project.limosa("up").exits(1).says("the values of visit.at");
        database.execute("UPDATE visit SET at = NULL");
        project.limosa("up").exits(0);
        project.write("migrations/003_drop.sql", "DROP TABLE visit;\n");
        project.limosa("up --allow deletes-data").exits(0);
        project.write("migrations/004_drop.sql", "-- limosa: allow deletes-data\n\nALTER TABLE patient DROP note;\n");
        project.limosa("up").exits(0);
        // What a run makes, it may drop.
        let fresh = "CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER TABLE t DROP a; DROP TABLE t;\n";
        project.write("migrations/005_fresh.sql", fresh);
        project.limosa("up").exits(0);
    });
}

#[test]
fn a_project_can_set_everything_aside() {
    on_servers(|database| {
        let project = begun(database, "DROP TABLE visit;\n", None).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[run]\nset_aside = \"90d\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n",
        );
        project.limosa("up").exits(0).says("visit is kept as limosa_aside_1.visit");
        project.limosa("down").exits(0);
        assert_eq!(database.execute("SELECT count(*) FROM visit")[0][0].as_deref(), Some("50"));
        project.write("migrations/002_drop.sql", "DROP TABLE visit; -- limosa: allow deletes-data\n");
        project.limosa("up").exits(0).never_says("is kept");
    });
}

#[test]
fn a_column_that_is_only_called_as_if_it_were_kept_is_seen() {
    on_servers(|database| {
        let project = begun(database, "SELECT 1;\n", None);
        project.limosa("up").exits(0);
        database.execute("ALTER TABLE visit ADD limosa_aside_9_x int");
        project.limosa("drift").exits(1).says("limosa_aside_9_x");
    });
}

#[test]
fn the_server_inside_the_program_keeps_things_as_well() {
    let place = Place::Embedded;
    let project = Project::new()
        .with("limosa.toml", "[project]\nname = \"clinic\"\n")
        .with("migrations/001_setup.sql", SETUP)
        .with("migrations/002_drop.sql", aside("ALTER TABLE patient DROP COLUMN note") + &aside("DROP TABLE visit"));
    project.limosa("up").exits(0).says("kept as");
    project.limosa("drift").exits(0);
    project.limosa("down").exits(0).says("came back");
    let sql = "SELECT count(*) FROM patient JOIN visit ON visit.patient = patient.id WHERE note = 'none'";
    assert_eq!(place.query(&project, "clinic", sql)[0][0].as_deref(), Some("50"));
    project.limosa("up").exits(0);
    project.limosa("purge --all --allow deletes-data").exits(0).says("public.visit is gone");
    project.limosa("status").exits(0).never_says("set aside in");
}
