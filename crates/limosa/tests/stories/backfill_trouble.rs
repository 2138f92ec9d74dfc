//! Backfills of tables and rows that give trouble.

use std::sync::atomic::{AtomicBool, Ordering};

use limosa_testkit::Connection;

use crate::backfill::{project, value};
use crate::place::{on_servers, rows};

#[test]
fn a_table_without_a_key_needs_rows_that_tell_that_they_are_done() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE visit (code text, n int DEFAULT 0);
             INSERT INTO visit SELECT 'X' || i FROM generate_series(1, 20000) i; ANALYZE visit",
        );
        project.limosa("backfill run --table visit --set 'n = n + 1'").exits(2).says("error[no-order]");
        project.limosa("backfill run --table visit --set 'n = n + 1' --where 'n = 0'").exits(0).says("20000 rows");
        project.limosa("backfill run --table visit --set 'code = lower(code)'").exits(0).says("20000 rows");
        assert_eq!(value(database, "SELECT count(*) FROM visit WHERE n = 1 AND code = lower(code)"), "20000");
    });
}

#[test]
fn a_partitioned_table_without_a_key_is_changed_partition_by_partition() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE visit (n int, note text) PARTITION BY RANGE (n);
             CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM (0) TO (100);
             INSERT INTO visit SELECT i, 'x' FROM generate_series(0, 99) i",
        );
        let run = |table: &str| project.limosa(&format!("backfill run --table {table} --set 'note = upper(note)'"));
        run("visit").exits(2).says("error[no-order]: `visit` is partitioned").says("name its partitions");
        run("visit_1").exits(0).says("100 rows");
        project.write("migrations/002_note.sql", "-- limosa: backfill\nUPDATE visit SET note = 'y' || n;\n");
        project.limosa("up").fails().says("name its partitions");
        project.write("migrations/002_note.sql", "-- limosa: backfill\nUPDATE visit_1 SET note = 'y' || n;\n");
        project.limosa("up").exits(0);
        assert_eq!(value(database, "SELECT count(*) FROM visit WHERE note = 'y' || n"), "100");
    });
}

#[test]
fn a_query_to_hold_by_that_fails_or_writes_is_told_before_a_job_begins() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, email text); INSERT INTO patient VALUES (1, 'A');
             CREATE TABLE load (why text); INSERT INTO load VALUES ('busy')",
        );
        for (query, says) in [
            ("SELECT no_such()", "no_such() does not exist"),
            ("SELECT 1/0", "division by zero"),
            ("DELETE FROM load RETURNING why", "read-only transaction"),
        ] {
            let run = format!("backfill run --table patient --set 'email = lower(email)' --hold-while '{query}'");
            project.limosa(&run).exits(2).says("error[hold-while]").says(says).says("only reads");
        }
        project.limosa("backfill status").exits(0).never_says("patient");
        assert_eq!(value(database, "SELECT count(*) FROM load"), "1");
    });
}

#[test]
fn a_job_that_cannot_go_on_says_so_and_of_several_one_has_to_be_named() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE visit (n int); INSERT INTO visit SELECT 0 FROM generate_series(1, 1000);
             INSERT INTO visit VALUES (7);
             CREATE TABLE patient (id int PRIMARY KEY, email text); INSERT INTO patient VALUES (1, 'x')",
        );
        // Whether rows tell that they are done is known when such a row is tried; the first ones do.
        let by_itself = "backfill run --table visit --set 'n = n + 1' --where 'n <> 1'";
        project.limosa(by_itself).exits(2).says("error[no-order]");
        project.limosa("backfill run --table patient --set 'email = email::int'").exits(3);
        let status = project.limosa("--json backfill status").exits(0).json();
        assert_eq!(status[1]["state"], "failed");
        assert!(status[1]["error"].as_str().is_some_and(|error| error.contains("has no key")), "{status}");
        for verb in ["pause", "cancel", "resume"] {
            let refused = project.limosa(&format!("backfill {verb}")).exits(2);
            refused.says("error[several-jobs]").says("jobs 1 and 2 have not ended").says("backfill status");
        }
        project.limosa("backfill cancel 1").exits(0);
        project.limosa("backfill cancel").exits(0).says("job 2");
    });
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_done() {
    on_servers(|database| {
        let project = project(database);
        database.execute("CREATE TABLE patient (id int PRIMARY KEY, email text); CREATE VIEW people AS TABLE patient");
        for (words, code) in [
            ("--table patent --set 'email = 1::text'", "error[no-table]"),
            ("--table people --set 'email = 1::text'", "error[no-table]"),
            ("--table patient --set 'mail = 1::text'", "it has email, id"),
            ("--table patient --set 'email = lowr(email)'", "lowr"),
            ("--table patient --set 'email = lower(email)' --where 'x = 1'", "column \"x\" does not exist"),
            ("--table patient --set email", "is no assignment"),
            ("--table patient --set 'email = 1); DROP TABLE patient; --'", "syntax error"),
            ("--table patient --generate email=cuid3", "did you mean `cuid2`?"),
            ("--table patient", "--set"),
        ] {
            project.limosa(&format!("backfill run {words}")).exits(2).says(code);
        }
        project.limosa("backfill resume").exits(2).says("error[no-job]");
        project.limosa("backfill pause 7").exits(2).says("there is no job 7");
        assert_eq!(value(database, "SELECT count(*) FROM limosa.backfill"), "0");
    });
}

#[test]
fn a_row_that_fails_stops_the_job_and_the_rest_goes_on_when_it_is_mended() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, born text, year int);
             INSERT INTO patient SELECT i, CASE i WHEN 4321 THEN 'unknown' ELSE '1980' END
                 FROM generate_series(1, 9000) i;
             ANALYZE patient",
        );
        // Without a condition, the row fails as soon as it is asked whether it is to be changed.
        let whole = "backfill run --table patient --set 'year = born::int' --batch-rows 50";
        project.limosa(whole).exits(3).says("error[batch-failed]").says("it is the row with id = 4321");
        project.limosa("backfill cancel").exits(0);
        database.execute("UPDATE patient SET year = NULL");
        let run = "backfill run --table patient --set 'year = born::int' --where 'year IS NULL' --batch-rows 500";
        let failed = project.limosa(run).exits(3).says("error[batch-failed]").says("invalid input syntax");
        failed.says("limosa backfill resume 2").says("it is the row with id = 4321");
        project.limosa("backfill status").exits(0).says("failed").says("unknown");
        database.execute("UPDATE patient SET born = '1981' WHERE born = 'unknown'");
        project.limosa("backfill resume").exits(0).says("9000 rows");
        assert_eq!(value(database, "SELECT sum(year) FROM patient"), (9000 * 1980 + 1).to_string());
    });
}

#[test]
fn rows_that_cannot_be_changed_are_left_and_put_on_record_where_that_is_wanted() {
    on_servers(|database| {
        let project = project(database);
        // In both orders: in strides, and, since nothing tells that a year was counted, by the key.
        for (set, where_) in [("year = born::int", "year IS NULL"), ("year = year + born::int", "true")] {
            database.execute(
                "CREATE TABLE patient (day date, number int, born text, year int, PRIMARY KEY (day, number),
                     CONSTRAINT born_lately CHECK (year <> 1850));
                 INSERT INTO patient SELECT '2024-01-01', i, CASE i % 4000 WHEN 7 THEN 'unknown' WHEN 9 THEN '1850'
                     ELSE '1980' END FROM generate_series(1, 9000) i; ANALYZE patient",
            );
            if where_ == "true" {
                database.execute("UPDATE patient SET year = 0");
            }
            let run = format!("backfill run --table patient --set '{set}' --where '{where_}' --on-error skip");
            let run = project.limosa(&run).exits(0).says("8994 rows");
            run.says("the row with day = 2024-01-01, number = 4007 is left as it is");
            let rejects = value(
                database,
                "SELECT string_agg(key || ' ' || sqlstate, ', ' ORDER BY key) FROM limosa.backfill_reject
                 WHERE job = (SELECT max(job) FROM limosa.backfill)",
            );
            let expected =
                ["4007\"] 22P02", "4009\"] 23514", "7\"] 22P02", "8007\"] 22P02", "8009\"] 23514", "9\"] 23514"];
            let expected = expected.map(|row| format!("[\"2024-01-01\", \"{row}")).join(", ");
            assert_eq!(rejects, expected);
            let shown = project.limosa("backfill rejects").exits(0);
            shown.says("2024-01-01, 4007").says("invalid input syntax").says("born_lately");
            let done = value(database, "SELECT count(*) FROM patient WHERE year = 1980");
            assert_eq!(done, "8994");
            database.execute("DROP TABLE patient");
        }
    });
}

#[test]
fn a_table_that_changes_under_a_job_is_noticed() {
    on_servers(|database| {
        let project = project(database);
        let run = "backfill run --table patient --set 'year = born::int' --where 'year IS NULL' --batch-rows 500";
        for (change, said) in [
            ("ALTER TABLE patient DROP COLUMN year", "has no column `year`"),
            ("ALTER TABLE patient RENAME COLUMN born TO birth", "column \"born\" does not exist"),
            ("ALTER TABLE patient RENAME TO person", "there is no table"),
            (
                "CREATE TABLE other (LIKE patient INCLUDING ALL); DROP TABLE patient;
                 ALTER TABLE other RENAME TO patient",
                "other-table",
            ),
            (
                "ALTER TABLE patient DROP CONSTRAINT patient_pkey, ALTER id TYPE text, ADD PRIMARY KEY (number, id)",
                "other-key",
            ),
        ] {
            // In the order of the key, which has to mean something still.
            database.execute(
                "CREATE TABLE patient (id int PRIMARY KEY, number int DEFAULT 1, born text, year int);
                 INSERT INTO patient SELECT i, 1, CASE i WHEN 900 THEN 'unknown' ELSE '1980' END
                     FROM generate_series(1, 1000) i; ANALYZE patient",
            );
            project.limosa(run).exits(3).says("id = 900");
            database.execute(change);
            project.limosa("backfill resume").exits(2).says(said);
            project.limosa("backfill cancel").exits(0);
            database.execute("DROP TABLE IF EXISTS patient, person");
        }
    });
}

#[test]
fn batches_that_take_too_long_for_the_server_are_halved() {
    on_servers(|database| {
        let project = project(database);
        database.execute(&format!(
            "CREATE TABLE patient (id int PRIMARY KEY, n int DEFAULT 0);
             INSERT INTO patient SELECT generate_series(1, 1500);
             ALTER DATABASE {} SET statement_timeout = '700ms'",
            database.name()
        ));
        let run = "backfill run --table patient --set 'n = 1 + length(pg_sleep(0.005)::text)' --where 'n = 0'";
        let run = project.limosa(run).exits(0).says("a batch failed and is tried again: canceling statement");
        run.says("1500 rows").says("none is left");
    });
}

#[test]
fn a_unique_violation_in_the_middle_names_its_row_and_the_rest_can_go_on() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, email text, short text UNIQUE);
             INSERT INTO patient
                 SELECT i, 'mail' || CASE i WHEN 1700 THEN 300 ELSE i END FROM generate_series(1, 3000) i;
             ANALYZE patient",
        );
        let run = "backfill run --table patient --set 'short = email' --where 'short IS NULL' --batch-rows 500";
        project.limosa(run).exits(3).says("duplicate key value").says("limosa backfill resume 1");
        project.limosa("backfill resume --on-error skip").exits(0).says("2999 rows").says("is left as it is");
        let rejects = project.limosa("--json backfill rejects 1").exits(0).json();
        assert_eq!((&rejects[0]["sqlstate"], rejects.as_array().unwrap().len()), (&"23505".into(), 1), "{rejects}");
        project.limosa("backfill rejects 2").exits(0).says("no row was left");
    });
}

/// What the server says when its disk is full is said by a trigger: what it answers is the same.
#[test]
fn a_full_disk_stops_the_job_and_no_row_is_blamed_for_it() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, n int DEFAULT 0);
             INSERT INTO patient SELECT i FROM generate_series(1, 3000) i;
             CREATE TABLE disk AS SELECT true AS is_full;
             CREATE FUNCTION extend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.id > 1500 AND (SELECT is_full FROM disk) THEN
                     RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER extend BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION extend();
             ANALYZE patient",
        );
        let run = "backfill run --table patient --set 'n = 1' --where 'n = 0' --batch-rows 100 --on-error skip";
        project.limosa(run).exits(3).says("No space left on device").says("limosa backfill resume 1");
        assert_ne!(rows(database, "SELECT count(*) FROM patient WHERE n = 1"), ["3000"]);
        project.limosa("backfill rejects 1").exits(0).says("no row was left");
        database.execute("UPDATE disk SET is_full = false");
        project.limosa("backfill resume 1").exits(0).says("3000 rows");
        assert_eq!(rows(database, "SELECT count(*) FROM patient WHERE n = 1"), ["3000"]);
    });
}

#[test]
fn a_unique_index_over_nullable_columns_is_no_order() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE visit (code text UNIQUE, n int DEFAULT 0);
             INSERT INTO visit SELECT CASE WHEN i > 10 THEN 'X' || i END FROM generate_series(1, 1000) i",
        );
        project.limosa("backfill run --table visit --set 'n = n + 1'").exits(2).says("error[no-order]");
        project.limosa("backfill run --table visit --set 'n = 1'").exits(0).says("1000 rows");
    });
}

#[test]
fn rows_that_others_write_all_the_time_are_changed_all_the_same() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, name text, visits int DEFAULT 0, email text);
             INSERT INTO patient SELECT i, 'Patient ' || i FROM generate_series(1, 20000) i;
             ANALYZE patient",
        );
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for hot in [7, 4000, 12_345] {
                let ended = &ended;
                scope.spawn(move || {
                    let client = Connection::open(database.url());
                    while !ended.load(Ordering::SeqCst) {
                        client.execute(&format!("UPDATE patient SET visits = visits + 1 WHERE id = {hot}"));
                    }
                });
            }
            let run = "backfill run --table patient --set 'email = lower(name)' --where 'email IS NULL'";
            let run = project.limosa(run);
            ended.store(true, Ordering::SeqCst);
            run.exits(0).says("in windows of pages, strided").says("none is left");
        });
        assert_eq!(value(database, "SELECT count(*) FROM patient WHERE email = lower(name)"), "20000");
    });
}

#[test]
fn a_key_that_is_changed_itself_is_no_order_and_that_is_said_before_a_job_begins() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY); INSERT INTO patient SELECT generate_series(1, 3000);
             CREATE TABLE visit (n int); INSERT INTO visit SELECT generate_series(1, 3000); ANALYZE",
        );
        let run = "backfill run --table patient --set 'id = id + 100000'";
        for run in [run, &format!("{run} --dry-run")] {
            let refused = project.limosa(run).exits(2).says("error[no-order]").never_says("no key");
            refused.says("the key of `patient` is itself changed").says("say with --where");
        }
        project.limosa("backfill run --table visit --set 'n = n + 1'").exits(2).says("`visit` has no key");
        project.limosa("backfill status").exits(0).says("there was no backfill yet");
        project.limosa(&format!("{run} --where 'id <= 100000'")).exits(0).says("3000 rows").says("none is left");
        assert_eq!(value(database, "SELECT min(id) || ' ' || count(*) FROM patient"), "100001 3000");
    });
}

/// What a slow disk, or a busy server, does to one batch.
#[test]
fn a_batch_that_stalls_does_not_make_those_behind_it_read_all_that_is_joined_row_by_row() {
    on_servers(|database| {
        database.execute(
            "CREATE TABLE practice (code text, name text);
             CREATE TABLE visit (id int PRIMARY KEY, code text, name text);
             CREATE TABLE planned (hashes text, jit text);
             CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF NEW.id = 3000 THEN PERFORM pg_sleep(0.4); END IF;
               IF NEW.id % 100 = 0 THEN
                 INSERT INTO planned VALUES (current_setting('enable_hashjoin'), current_setting('jit'));
               END IF;
               RETURN NEW; END $$;
             CREATE TRIGGER stall BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION stall();
             INSERT INTO practice SELECT 'c' || i, 'n' || i FROM generate_series(1, 500) i;
             INSERT INTO visit SELECT i, 'c' || i % 500 + 1 FROM generate_series(1, 8000) i;",
        );
        let project = project(database);
        project
            .limosa(
                "backfill run --table visit --set 'name = p.name' --from 'practice p' \
                 --where 'p.code = visit.code AND visit.name IS NULL' --parallel 1 --batch-time 1ms",
            )
            .exits(0)
            .never_says("found by indexes only");
        let planned = "SELECT DISTINCT hashes || ' ' || jit FROM planned";
        assert_eq!(rows(database, planned), ["on off"]);
        assert_eq!(rows(database, "SELECT count(*) FROM visit WHERE name IS NULL"), ["0"]);
    });
}
