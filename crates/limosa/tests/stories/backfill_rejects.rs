//! Rows that cannot be changed, which a job names, or leaves as they are.

use crate::backfill::{project, value};
use crate::place::on_servers;

/// The keys on record, as a list.
const REJECTS: &str = "SELECT string_agg(key || ' ' || sqlstate, ', ' ORDER BY at, key) FROM limosa.backfill_reject
     WHERE job = (SELECT max(job) FROM limosa.backfill)";

#[test]
fn what_a_row_becomes_is_not_worked_out_again_when_it_is_left_out() {
    on_servers(|database| {
        let project = project(database);
        let run = "backfill run --table visit --set 'number = code::int' --batch-rows 400 --on-error skip";
        for pages in ["1", "100"] {
            database.execute(&format!(
                "CREATE TABLE visit (id int PRIMARY KEY, code text, number int, pad text);
                 INSERT INTO visit SELECT i, CASE WHEN i % 500 = 0 THEN 'bad' ELSE i::text END, NULL,
                         repeat('x', 2 * {pages}) FROM generate_series(1, 3000) i;
                 ANALYZE visit"
            ));
            let said = project.limosa(run).exits(0).says("2994 rows").says("none is left").all();
            for id in [500, 1000, 1500, 2000, 2500, 3000] {
                assert_eq!(said.matches(&format!("the row with id = {id} is left as it is")).count(), 1, "{said}");
            }
            assert_eq!(value(database, "SELECT count(*) FROM visit WHERE number = id"), "2994");
            database.execute("DROP TABLE visit");
        }
        // Values of another table, and a condition that fails by itself.
        database.execute(
            "CREATE TABLE code (visit int PRIMARY KEY, code text);
             INSERT INTO code SELECT i, CASE WHEN i = 700 THEN 'bad' ELSE i::text END FROM generate_series(1, 1000) i;
             CREATE TABLE visit (id int PRIMARY KEY, number int); INSERT INTO visit SELECT visit FROM code;
             ANALYZE code; ANALYZE visit",
        );
        let joined = "backfill run --table visit --set 'number = c.code::int' --from 'code c' \
                      --where 'c.visit = visit.id' --on-error skip";
        project.limosa(joined).exits(0).says("999 rows").says("none is left");
        assert_eq!(value(database, REJECTS), "[\"700\"] 22P02");
        let asks = "backfill run --table code --set 'code = 0' --where 'code::int > 0' --on-error skip";
        project.limosa(asks).exits(0).says("999 rows").says("none is left");
        assert_eq!(value(database, REJECTS), "[\"700\"] 22P02");
    });
}

#[test]
fn of_rows_that_only_fail_together_the_later_one_is_named_or_left() {
    on_servers(|database| {
        let project = project(database);
        // In the order of the key, and, where a column wide enough makes it many pages, in strides.
        for width in [1, 2000] {
            database.execute(&format!(
                "CREATE TABLE visit (id int PRIMARY KEY, code text UNIQUE, pad text);
                 ALTER TABLE visit ALTER pad SET STORAGE PLAIN;
                 INSERT INTO visit SELECT i, NULL, repeat('x', {width}) FROM generate_series(1, 1000) i; ANALYZE visit"
            ));
            // Four rows on a page: these two come in one pass.
            let set = "--set 'code = CASE WHEN id % 100 = 4 THEN id - 4 ELSE id END'";
            let run = format!("backfill run --table visit {set} --where 'code IS NULL'");
            project.limosa(&run).exits(3).says("duplicate key value").says("it is the row with id =");
            let skipped = project.limosa(&format!("{run} --on-error skip")).exits(0);
            skipped.says("991 rows").says("is left as it is").says("none is left");
            let pairs = "SELECT count(DISTINCT code) || ' of ' || count(*) FROM visit WHERE code IS NOT NULL";
            assert_eq!(value(database, pairs), "991 of 991");
            let left = "SELECT count(*) FROM visit WHERE code IS NULL AND id % 100 IN (0, 4)";
            assert_eq!(value(database, left), "9");
            database.execute("DROP TABLE visit");
        }
        // Nothing tells that a row is done, and each is to be changed once.
        database.execute(
            "CREATE TABLE visit (id int PRIMARY KEY, code int UNIQUE, n int DEFAULT 0);
             INSERT INTO visit SELECT i, i * 10 FROM generate_series(1, 1000) i; ANALYZE visit",
        );
        let once = "backfill run --table visit --set 'code = code + CASE id % 100 WHEN 0 THEN 10001 WHEN 1 THEN 9991 \
                    ELSE 10000 END' --set 'n = n + 1' --on-error skip --batch-rows 150";
        project.limosa(once).exits(0).says("each visited once").says("991 rows");
        assert_eq!(value(database, "SELECT max(n) || ' ' || sum(n) FROM visit"), "1 991");
    });
}

#[test]
fn without_a_key_a_row_is_named_by_its_place_and_cannot_be_left() {
    on_servers(|database| {
        let project = project(database).with(
            "migrations/002_number.sql",
            "-- limosa: backfill on-error skip\nUPDATE visit SET number = code::int WHERE number IS NULL;\n",
        );
        database.execute(
            "CREATE TABLE visit (code text, number int, short text UNIQUE);
             INSERT INTO visit SELECT CASE i WHEN 700 THEN 'q' ELSE i::text END FROM generate_series(1, 3000) i;
             ANALYZE visit",
        );
        let run = "backfill run --table visit --set 'number = code::int' --where 'number IS NULL'";
        let skip = format!("{run} --on-error skip");
        for refused in [skip.as_str(), &format!("{skip} --dry-run")] {
            project.limosa(refused).exits(2).says("error[no-key-to-skip-by]").says("give it a primary key");
        }
        project.limosa("backfill status").exits(0).says("there was no backfill yet");
        project.limosa("up").fails().says("error[no-key-to-skip-by]").says("002_number.sql:2");
        assert_eq!(value(database, "SELECT count(*) FROM limosa.backfill"), "0");

        let place = value(database, "SELECT ctid FROM visit WHERE code = 'q'");
        let named = format!("it is the row with ctid = {place}, code = q");
        project.limosa(run).exits(3).says("invalid input syntax").says(&named).never_says("on-error");
        project.limosa("backfill resume --on-error skip").exits(2).says("error[no-key-to-skip-by]");
        database.execute("UPDATE visit SET code = '700' WHERE code = 'q'");
        project.limosa("backfill resume").exits(0).says("3000 rows");
        // Of two that get the same, the first is changed, and the second one named.
        let pair = "backfill run --table visit --set 'short = code::int / 2' --where 'short IS NULL'";
        project.limosa(pair).exits(3).says("duplicate key value").says("it is the row with ctid = ").says("code = ");
    });
}
