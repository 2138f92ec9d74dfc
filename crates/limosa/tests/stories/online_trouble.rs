//! Online changes of what cannot be changed so, or is changed by somebody else meanwhile: said before anything happens,
//! or as soon as it is seen, with the rows and objects named.

use limosa_testkit::{Connection, Database};

use crate::outcome::Outcome;
use crate::place::{on_servers, rows};
use crate::project::Project;

const SETUP: &str = "\
CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, age text, note text);
CREATE INDEX patient_name_idx ON patient (name);
INSERT INTO patient SELECT i, 'name ' || i, i % 90, NULL FROM generate_series(1, 500) i;
";

/// A project with its first migration applied, and this as its second.
fn begun(database: &Database, setup: &str, up: &str) -> Project {
    let project = Project::on(database).with("migrations/001_setup.sql", format!("{SETUP}{setup}"));
    project.limosa("up").exits(0);
    project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{up}"));
    project
}

/// That `up` refuses, says these things, and has changed nothing.
fn refused(database: &Database, setup: &str, up: &str, says: &[&str]) -> Outcome {
    let project = begun(database, setup, up);
    let before = project.limosa("snapshot").exits(0).stdout;
    let mut said = project.limosa("up").fails();
    for text in says {
        said = said.says(text);
    }
    assert_eq!(project.limosa("snapshot").exits(0).stdout, before, "{up}");
    let left = rows(database, "SELECT (SELECT count(*) FROM limosa.online), (SELECT count(*) FROM patient)");
    assert_eq!(left, ["0|500"], "after {up}");
    said
}

#[test]
fn rows_for_which_an_expression_fails_are_named_and_counted() {
    on_servers(|database| {
        refused(
            database,
            "UPDATE patient SET age = 'old' WHERE id IN (7, 300, 451);\n",
            "ALTER TABLE patient ALTER COLUMN age TYPE int;\n",
            &["fails for 3 rows of patient", "id = 7: invalid input syntax", "id = 451: ", "-- limosa: quarantine"],
        )
        .never_says("an expression fails");
    });
    on_servers(|database| {
        refused(
            database,
            "ALTER TABLE patient DROP CONSTRAINT patient_pkey, ADD PRIMARY KEY (name, id);\n\
             UPDATE patient SET age = 0 WHERE id = 9;\n",
            "-- limosa: forward 10 / age::int\nALTER TABLE patient ADD COLUMN part int;\n",
            &["fails for 6 rows of patient", "name, id = (\"name 90\",90): division by zero"],
        );
    });
}

#[test]
fn rows_for_which_an_expression_fails_are_kept_apart() {
    on_servers(|database| {
        let project = begun(
            database,
            "UPDATE patient SET age = 'old' WHERE id IN (7, 300);\n",
            "-- limosa: quarantine\nALTER TABLE patient ALTER COLUMN age TYPE int;\n",
        );
        project.limosa("up").exits(0).says("fails for 2 rows of patient, and they stay as they are: id = 7: ");
        // Clients of the old version go on writing what they like.
        database.execute("UPDATE patient SET age = 'older' WHERE id = 8; UPDATE patient SET age = '41' WHERE id = 300");
        project
            .limosa("contract --quiet-window 50ms")
            .fails()
            .says("2 rows of public.patient in quarantine, such as 7, 8")
            .says("--allow quarantined");
        project.limosa("contract --quiet-window 50ms --allow quarantined").exits(0).says("limosa.quarantine: 2 rows");
        let kept = rows(database, "SELECT relation, row_key, old_values FROM limosa.quarantine ORDER BY row_key");
        assert_eq!(
            kept,
            [r#""public"."patient"|7|{"age": "old"}"#, r#""public"."patient"|8|{"age": "older"}"#],
            "what the rows held is gone"
        );
        assert_eq!(
            rows(database, "SELECT id, age FROM patient WHERE id IN (7, 8, 300) ORDER BY id"),
            ["7|NULL", "8|NULL", "300|41"]
        );
        project.limosa("drift").exits(0);
        database.execute("UPDATE patient SET age = 80 WHERE id = 8; INSERT INTO patient VALUES (501, 'late', NULL)");
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(
            rows(database, "SELECT id, age FROM patient WHERE id IN (7, 8, 300, 501) ORDER BY id"),
            ["7|old", "8|80", "300|41", "501|NULL"],
            "they hold what they held, where nobody has given them anything else"
        );
        project.limosa("drift").exits(0);
    });
}

#[test]
fn what_was_kept_of_rows_comes_back_by_keys_of_several_columns() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE TABLE \"a visit\" (\"on\" date, room int, tags text[], PRIMARY KEY (\"on\", room));\n\
             INSERT INTO \"a visit\" VALUES ('2024-02-29', 1, '{1,two}'), ('2024-02-29', 2, '{3}');\n",
            "-- limosa: quarantine\n\
             ALTER TABLE \"a visit\" ALTER COLUMN tags TYPE int[] USING tags::int[];\n",
        );
        project.limosa("up").exits(0).says("fails for 1 row of \"a visit\"");
        project.limosa("contract --quiet-window 50ms --allow quarantined").exits(0);
        assert_eq!(rows(database, "SELECT room, tags FROM \"a visit\" ORDER BY room"), ["1|NULL", "2|{3}"]);
        project.limosa("down").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        assert_eq!(rows(database, "SELECT room, tags FROM \"a visit\" ORDER BY room"), ["1|{1,two}", "2|{3}"]);
    });
}

#[test]
fn a_value_that_does_not_come_back_is_shown() {
    on_servers(|database| {
        refused(
            database,
            "UPDATE patient SET age = '007' WHERE id = 7;\n",
            "ALTER TABLE patient ALTER COLUMN age TYPE int;\n",
            &["a value of age of patient does not come back as it was", "such as 007", "-- limosa: back"],
        );
    });
}

#[test]
fn what_would_be_in_the_way_of_contract_is_refused_before() {
    for (setup, up, says) in [
        (
            "CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) FROM patient GROUP BY age;\n",
            "DROP MATERIALIZED VIEW ages;\nALTER TABLE patient ALTER COLUMN age TYPE text;\n\
             CREATE MATERIALIZED VIEW ages AS SELECT * FROM patient;\n",
            "`*` would take them as well",
        ),
        (
            "CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) FROM patient GROUP BY age;\n",
            "DROP MATERIALIZED VIEW ages;\nALTER TABLE patient ALTER COLUMN age TYPE text;\n\
             CREATE MATERIALIZED VIEW ages AS SELECT age FROM patient;\nCREATE INDEX ON ages (age);\n",
            "has no name",
        ),
        (
            "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';\n\
             CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION loud();\n",
            "ALTER TABLE patient RENAME COLUMN name TO title;\n",
            "reads or writes it before a row is stored",
        ),
        (
            "ALTER TABLE patient ADD COLUMN loud text GENERATED ALWAYS AS (upper(name)) STORED;\n",
            "ALTER TABLE patient ALTER COLUMN name TYPE varchar(40);\n",
            "it is computed from the column",
        ),
        (
            "CREATE TABLE kin (more int) INHERITS (patient);\n",
            "ALTER TABLE patient RENAME COLUMN name TO title;\n",
            "inherits from it",
        ),
    ] {
        on_servers(|database| drop(refused(database, setup, up, &[says])));
    }
}

#[test]
fn a_partitioned_table_without_a_key_is_changed_partition_by_partition() {
    on_servers(|database| {
        let setup = "\
CREATE SCHEMA \"App\";
CREATE TABLE \"App\".\"Log\" (at date NOT NULL, \"What\" text, n int, why text, area int) PARTITION BY RANGE (at);
CREATE TABLE \"App\".\"Log 1\" PARTITION OF \"App\".\"Log\" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE \"App\".\"Log's\" PARTITION OF \"App\".\"Log\" DEFAULT PARTITION BY LIST (area);
CREATE TABLE \"App\".rest PARTITION OF \"App\".\"Log's\" DEFAULT;
INSERT INTO \"App\".\"Log\" SELECT date '2025-01-01' + i, 'w' || i, i FROM generate_series(1, 700) i;
";
        let change = "\
ALTER TABLE \"App\".\"Log\" RENAME COLUMN \"What\" TO \"Which\";
-- limosa: forward \"Log\".n * 2
-- limosa: back n / 2
ALTER TABLE \"App\".\"Log\" ALTER COLUMN n TYPE bigint;
ALTER TABLE \"App\".\"Log\" ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE \"App\".\"Log\" ADD COLUMN no bigserial;
-- limosa: forward 'none'
ALTER TABLE \"App\".\"Log\" ALTER COLUMN why SET NOT NULL;
";
        let project = Project::on(database).with("migrations/001_setup.sql", setup);
        project.limosa("up").exits(0);
        // What the rows of a partition are parted by is no more to be changed than what the whole is.
        for statement in ["RENAME COLUMN area TO place", "ALTER COLUMN area TYPE bigint", "DROP COLUMN area"] {
            let statement = format!("-- limosa: online\n\nALTER TABLE \"App\".\"Log\" {statement};\n");
            project.write("migrations/002_change.sql", statement);
            project.limosa("up").exits(1).says("area is what its partition \"Log's\" is partitioned by");
        }
        let statement = "-- limosa: online\n\nALTER TABLE \"App\".\"Log\" RENAME COLUMN at TO day;\n";
        project.write("migrations/002_change.sql", statement);
        project.limosa("up").exits(1).says("at is what the table is partitioned by");
        project.write("migrations/002_change.sql", format!("-- limosa: online\n\n{change}"));
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        let found = rows(
            database,
            "SELECT count(*), count(DISTINCT id), count(DISTINCT no), sum(n), max(why), count(\"Which\") \
             FROM \"App\".\"Log\"",
        );
        assert_eq!(found, ["700|700|700|490700|none|700"]);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn a_table_without_a_key_is_changed_all_the_same() {
    on_servers(|database| {
        let project = begun(
            database,
            "ALTER TABLE patient DROP CONSTRAINT patient_pkey;\n",
            "ALTER TABLE patient RENAME COLUMN name TO title;\nALTER TABLE patient ALTER COLUMN age TYPE varchar(5);\n",
        );
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM patient WHERE title = name"), ["500"]);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
    });
}

#[test]
fn routines_that_name_what_changes_are_named() {
    on_servers(|database| {
        let project = begun(
            database,
            "CREATE FUNCTION first_name(bigint) RETURNS text LANGUAGE sql AS \
             'SELECT split_part(name, '' '', 1) FROM patient WHERE id = $1';\n\
             CREATE FUNCTION other() RETURNS text LANGUAGE sql AS 'SELECT ''name''::text';\n",
            "ALTER TABLE patient RENAME COLUMN name TO title;\n",
        );
        let says = "public.first_name(bigint) may name name in its text";
        project.limosa("plan").exits(0).says(says).never_says("public.other()");
        project.limosa("up").exits(0).says(says);
    });
}

#[test]
fn what_somebody_else_does_midway_is_seen_at_contract() {
    for (done, says) in [
        ("DROP TABLE patient", "public.patient was dropped, or got another name"),
        ("ALTER TABLE patient RENAME TO person", "public.patient was dropped, or got another name"),
        ("ALTER TABLE patient RENAME COLUMN name TO full_name", "name of public.patient is no text any more"),
        ("ALTER TABLE patient ALTER COLUMN name TYPE varchar(100)", "name of public.patient is no text any more"),
    ] {
        on_servers(|database| {
            let project = begun(database, "", "ALTER TABLE patient RENAME COLUMN name TO title;\n");
            project.limosa("up").exits(0);
            // The server itself keeps a column from another type as long as a trigger looks at it.
            if database.query(done).is_err() {
                return;
            }
            project.limosa("contract --quiet-window 50ms").fails().says(says).says("limosa abort");
            if done.contains("RENAME TO") {
                project.limosa("abort 002").fails().says("public.person had another name when the change began");
                database.execute("ALTER TABLE person RENAME TO patient");
            }
            project.limosa("abort 002").exits(0);
            project.limosa("status").exits(0).never_says("waits for contract");
            let left = "SELECT count(*) FROM pg_attribute WHERE attname = 'title' AND NOT attisdropped";
            assert_eq!(rows(database, left), ["0"], "after {done}");
        });
    }
}

#[test]
fn what_somebody_else_does_midway_is_seen_when_it_goes_on() {
    on_servers(|database| {
        let up = "ALTER TABLE patient RENAME COLUMN name TO title;\n\
                  -- limosa: phase expand\nSELECT 1 / count(*) FROM patient WHERE note = 'go';\n";
        let project = begun(database, "", up);
        project.limosa("up").fails().says("division by zero");
        database.execute("DROP TABLE patient");
        project.limosa("up").fails().says("002 cannot go on: public.patient was dropped").says("limosa abort");
        project.limosa("abort 002").exits(0);
    });
}

#[test]
fn a_second_change_of_a_column_waits_for_the_contract_of_the_first() {
    on_servers(|database| {
        let project = begun(database, "", "ALTER TABLE patient RENAME COLUMN name TO title;\n");
        project.limosa("up").exits(0);
        for second in [
            "ALTER TABLE patient ALTER COLUMN name TYPE varchar(40)",
            "ALTER TABLE patient ALTER COLUMN title TYPE varchar(40)",
            "ALTER TABLE patient RENAME COLUMN title TO heading",
            "ALTER TABLE patient DROP COLUMN name",
        ] {
            project.write("migrations/003_second.sql", format!("-- limosa: online\n\n{second};\n"));
            project.limosa("up").fails().says("belongs to an online change that is open").says("limosa contract");
        }
        project.write("migrations/003_second.sql", "-- limosa: online\n\nALTER TABLE patient DROP COLUMN note;\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0).says("002").says("003");
    });
}

#[test]
fn a_second_run_waits_for_the_first() {
    on_servers(|database| {
        let project = begun(database, "", "ALTER TABLE patient RENAME COLUMN name TO title;\n");
        let neighbour = Connection::open(database.url());
        neighbour.execute("BEGIN; LOCK TABLE patient IN ACCESS SHARE MODE");
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                     AND wait_event_type = 'Lock'";
        std::thread::scope(|scope| {
            let first = scope.spawn(|| project.limosa("up"));
            while rows(database, waits) == ["0"] {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            project.limosa("up --wait 0s").fails().says("another run");
            project.limosa("abort 002 --wait 0s").fails();
            neighbour.execute("COMMIT");
            first.join().unwrap().exits(0);
        });
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn the_room_that_it_needs_is_said_and_held_to() {
    on_servers(|database| {
        let setup = "ALTER TABLE patient ADD COLUMN story text;\n\
                     UPDATE patient SET story = (SELECT string_agg(md5(id::text || i), '') \
                     FROM generate_series(1, 60) i);\n\
                     INSERT INTO patient SELECT i, 'n' || i, 1, NULL, (SELECT string_agg(md5(i::text || j), '') \
                     FROM generate_series(1, 40) j) FROM generate_series(501, 3000) i;\nANALYZE patient;\n";
        let up = "-- limosa: max-growth 300kB\n\nALTER TABLE patient RENAME COLUMN name TO title;\n";
        let project = begun(database, setup, up);
        project.limosa("plan").says("more on disk");
        project.limosa("up").exits(1).says("more on disk, and 300 kB are allowed").says("max-growth");
        let up = "-- limosa: online\n-- limosa: max-growth 1GB\n\nALTER TABLE patient RENAME COLUMN name TO title;\n";
        project.write("migrations/002_change.sql", up);
        project.limosa("up").exits(0).says("kB more on disk: ").says("kB for indexes");
    });
}

#[test]
fn limits_of_the_role_are_told_from_rows_that_do_not_fit() {
    on_servers(|database| {
        database.execute(&format!("ALTER DATABASE {} SET statement_timeout = '250ms'", database.name()));
        let setup = "CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS \
                     'BEGIN PERFORM pg_sleep(0.001); RETURN true; END';\n";
        let up = "ALTER TABLE patient ADD CONSTRAINT looked_at CHECK (slow(name));\n";
        let project = begun(database, setup, up);
        project.limosa("up").fails().says("cut a question off").says("-- limosa: statement-timeout 1h");
        project
            .write("migrations/002_change.sql", format!("-- limosa: online\n-- limosa: statement-timeout 1h\n\n{up}"));
        project.limosa("up").exits(0);
    });
}

#[test]
fn a_column_that_is_named_like_the_table_it_refers_to_is_renamed_alone() {
    on_servers(|database| {
        let setup = "CREATE TABLE clinic (id bigint PRIMARY KEY);\n\
                     ALTER TABLE patient ADD COLUMN clinic bigint REFERENCES clinic (id);\n";
        let up = "ALTER TABLE patient RENAME COLUMN clinic TO clinic_id;\n\
                  ALTER TABLE patient RENAME COLUMN id TO number;\n";
        let project = begun(database, setup, up);
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0);
        project.limosa("drift").exits(0);
        project.write("migrations/003_after.sql", "ALTER TABLE patient ADD COLUMN town text;\n");
        project.limosa("up").exits(0);
        let refers = "SELECT pg_get_constraintdef(oid) FROM pg_constraint \
                       WHERE contype = 'f' AND conrelid = 'patient'::regclass";
        assert_eq!(rows(database, refers), ["FOREIGN KEY (clinic_id) REFERENCES clinic(id)"]);
    });
}

#[test]
fn a_query_in_an_expression_is_underlined_before_anything_changes() {
    on_servers(|database| {
        let setup = "CREATE TABLE ward (id int PRIMARY KEY, name text);\nINSERT INTO ward VALUES (7, 'seven');\n";
        let query = "(SELECT w.name FROM ward AS w WHERE w.id = age::int)";
        for up in [
            format!("-- limosa: forward coalesce({query}, '')\nALTER TABLE patient ADD COLUMN told text;\n"),
            format!("-- limosa: forward coalesce({query}, '7')::int\nALTER TABLE patient ALTER COLUMN age TYPE int;\n"),
            format!("-- limosa: back {query}\nALTER TABLE patient DROP COLUMN note;\n"),
        ] {
            let database = database.server().fresh_database();
            let outcome = refused(&database, setup, &up, &["PostgreSQL takes no query", "CREATE FUNCTION"]);
            outcome.says(&"^".repeat(query.len()));
        }
        // Where the trigger need not ask by it, it stays.
        let up = "-- limosa: forward (SELECT max(w.name) FROM ward AS w)\nALTER TABLE patient ADD COLUMN told text;\n";
        let project = begun(database, setup, up);
        project.limosa("up").exits(0);
        database.execute("INSERT INTO patient (id, name) VALUES (1001, 'later')");
        assert_eq!(rows(database, "SELECT DISTINCT told FROM patient"), ["seven"]);
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn triggers_fire_in_the_order_of_the_changes() {
    on_servers(|database| {
        let project =
            begun(database, "", "-- limosa: forward upper(name)\nALTER TABLE patient ADD COLUMN loud text;\n");
        // The next numbers are 9 and 10, which as texts would be in another order.
        database.execute("SELECT setval(pg_get_serial_sequence('limosa.online', 'id'), 8)");
        project.limosa("up").exits(0);
        let second =
            "-- limosa: online\n\n-- limosa: forward loud || '!'\nALTER TABLE patient ADD COLUMN louder text;\n";
        project.write("migrations/003_louder.sql", second);
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT id FROM limosa.online ORDER BY 1"), ["9", "10"]);
        database.execute("INSERT INTO patient (id, name) VALUES (1001, 'anna')");
        database.execute("UPDATE patient SET name = 'bert' WHERE id = 2");
        let found = "SELECT louder FROM patient WHERE id IN (2, 1001) ORDER BY id";
        assert_eq!(rows(database, found), ["BERT!", "ANNA!"]);
        project.limosa("contract --quiet-window 50ms").exits(0);
    });
}

#[test]
fn what_would_hang_on_a_column_that_goes_waits_for_the_contract() {
    on_servers(|database| {
        let project = begun(database, "", "ALTER TABLE patient ALTER COLUMN note TYPE varchar(90);\n");
        project.limosa("up").exits(0);
        for second in [
            "CREATE INDEX patient_note ON patient (note)",
            "ALTER TABLE patient ADD CONSTRAINT noted CHECK (note <> '')",
            "ALTER TABLE patient ADD CONSTRAINT noted_once UNIQUE (note)",
            "ALTER TABLE patient ALTER COLUMN note SET NOT NULL",
            "ALTER TABLE patient RENAME TO person",
        ] {
            project.write("migrations/003_second.sql", format!("-- limosa: online\n\n{second};\n"));
            let refused = project.limosa("up").fails().says("belongs to an online change that is open");
            refused.says("`limosa contract 002`").says(second.split(' ').next().unwrap());
        }
        project.write("migrations/003_second.sql", "-- limosa: online\n\nCREATE INDEX patient_id ON patient (id);\n");
        project.limosa("up").exits(0);
        project.limosa("contract --quiet-window 50ms").exits(0).says("002");
    });
}

#[test]
fn a_table_whose_column_changes_gets_its_name_in_a_migration_of_its_own() {
    on_servers(|database| {
        let both = "ALTER TABLE patient ALTER COLUMN note TYPE varchar(90);\nALTER TABLE patient RENAME TO person;\n";
        let project = begun(database, "", both);
        project.limosa("up").fails().says("is another column until contract").says("a migration of its own");
    });
}
