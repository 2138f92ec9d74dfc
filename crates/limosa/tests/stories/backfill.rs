//! Many rows, changed in batches.

use limosa_testkit::{Connection, Database};

use crate::place::{Place, everywhere, on_servers};
use crate::project::Project;

pub(crate) fn project(database: &Database) -> Project {
    Project::on(database).with("migrations/001_a.sql", "SELECT 1;\n")
}

pub(crate) fn value(database: &Database, sql: &str) -> String {
    database.execute(sql)[0][0].clone().unwrap_or_default()
}

#[test]
fn every_row_is_changed_once_whatever_the_key() {
    on_servers(|database| {
        let project = project(database);
        for (key, columns) in [
            ("id uuid PRIMARY KEY DEFAULT gen_random_uuid()", ""),
            ("id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ""),
            (
                "\"Day\" date DEFAULT '2024-01-01'::date + (random() * 50)::int, \
                 \"it's\" text DEFAULT gen_random_uuid() \
              COLLATE \"C\"",
                ", PRIMARY KEY (\"Day\", \"it's\")",
            ),
            ("at timestamptz DEFAULT clock_timestamp() + random() * interval '1 year' UNIQUE NOT NULL", ""),
            ("id numeric DEFAULT random() PRIMARY KEY", ""),
        ] {
            database.execute(&format!(
                "CREATE TABLE patient ({key}, number int, visits int DEFAULT 0, seen bool DEFAULT false {columns});
                 INSERT INTO patient (number) SELECT number FROM generate_series(1, 30000) number;
                 ANALYZE patient"
            ));
            // Nothing in a row tells that its visit was counted, so it is visited once, by its key.
            let counted = project.limosa("backfill run --table patient --set 'visits = visits + 1'").exits(0);
            counted.says("each visited once").says("30000 rows of \"public\".\"patient\" changed");
            // Here a row tells.
            let counted = project.limosa(
                "backfill run --table public.patient --set 'visits = visits + 1' --set 'seen = true' \
                 --where 'NOT seen'",
            );
            counted.exits(0).says("none is left").says("in windows of pages, strided");
            let visits = value(database, "SELECT min(visits) || ' ' || max(visits) || ' ' || count(*) FROM patient");
            assert_eq!(visits, "2 2 30000", "with {key}");
            database.execute("DROP TABLE patient");
        }
    });
}

#[test]
fn rows_that_are_right_already_are_left_alone() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => Project::on(database),
            Place::Embedded => Project::new(),
        };
        let project = project.with(
            "migrations/001_patient.sql",
            "CREATE TABLE patient (id int PRIMARY KEY, email text);\n\
             INSERT INTO patient SELECT i, CASE i % 3 WHEN 0 THEN 'A@B' END FROM generate_series(1, 3000) i;\n",
        );
        project.limosa("backfill run --table patient --set 'email = 1'").exits(2);
        project.limosa("up").exits(0);
        let look = project.limosa("backfill run --table patient --set 'email = lower(email)' --dry-run").exits(0);
        look.says("1000 rows of \"public\".\"patient\" would be changed").says("id = 3, email = A@B, email then = a@b");
        project.limosa("backfill status").exits(0).says("there was no backfill yet");
        project.limosa("backfill run --table patient --set 'email = lower(email)'").exits(0).says("1000 rows");
        project.limosa("backfill run --table patient --set 'email = lower(email)'").exits(0).says(": 0 rows");
        let jobs = project.limosa("--json backfill status").exits(0).json();
        assert_eq!(
            (jobs.as_array().unwrap().len(), &jobs[1]["rows"], &jobs[1]["state"]),
            (2, &1000.into(), &"done".into())
        );
        project.limosa("log").exits(0).says("backfill").says("\"public\".\"patient\"");
    });
}

#[test]
fn ids_are_made_here_and_collisions_are_tried_again() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text,
                 public_id varchar(28) UNIQUE, short text UNIQUE, sortable uuid);
             INSERT INTO patient (name, public_id) SELECT i, CASE i WHEN 7 THEN 'pat_old' END
                 FROM generate_series(1, 20000) i;
             CREATE TABLE visit (day date, number int, id text, PRIMARY KEY (day, number))
                 PARTITION BY RANGE (day);
             CREATE TABLE visit_2023 PARTITION OF visit FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
             CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
        );
        database.execute(
            "INSERT INTO visit SELECT '2023-06-01'::date + i % 400, i FROM generate_series(1, 9000) i; ANALYZE",
        );
        project.limosa("backfill run --table patient --generate public_id=cuid2:pat_").exits(0).says("19999 rows");
        let kept = value(database, "SELECT count(*) FROM patient WHERE public_id = 'pat_old'");
        assert_eq!(kept, "1", "what has an id keeps it");
        let ids = database.execute("SELECT public_id FROM patient WHERE public_id <> 'pat_old'");
        let spec: limosa_ids::GeneratorSpec = "cuid2:pat_".parse().unwrap();
        for id in ids.iter().flatten().flatten() {
            assert_eq!(spec.check(id), Ok(()), "{id}");
        }
        // Of 238,328 ids 20,000 are taken, so that every batch but the first ones collides at first.
        let short = "backfill run --table patient --generate short=alnum-random:3 --batch-rows 100 --batch-time 1ms";
        project.limosa(short).exits(0).says("none is left");
        project.limosa("backfill run --table patient --generate sortable=uuid7").exits(0).says("20000 rows");
        let filled = "SELECT count(*) FROM patient WHERE short IS NOT NULL AND sortable IS NOT NULL";
        assert_eq!(value(database, filled), "20000");
        project.limosa("backfill run --table visit --generate id=ulid").exits(0).says("9000 rows");
        assert_eq!(value(database, "SELECT count(DISTINCT id) FROM visit"), "9000");
        database.execute("UPDATE patient SET name = NULL");
        let name = "backfill run --table patient --generate name=alnum:8:p_";
        project.limosa(name).exits(2).says("limosa id alnum:p_ --write");
        let function = "id alnum:8:p_ --write add_ids";
        project.limosa(function).exits(0);
        project.limosa("up --yes").exits(0);
        database.execute("INSERT INTO patient (name) SELECT ids.alnum_p() FROM generate_series(1, 3)");
        let next = value(database, "SELECT ids.alnum_p_of(3)");
        project.limosa(&format!("{name} --dry-run")).exits(0).says(&format!("name then = {next}"));
        project.limosa(&format!("{name} --parallel 2")).exits(0).says("20000 rows").says("2 workers");
        // The function and the client never make the same.
        database.execute("INSERT INTO patient (name) SELECT ids.alnum_p() FROM generate_series(1, 100)");
        assert_eq!(value(database, "SELECT count(DISTINCT name) || ' ' || max(length(name)) FROM patient"), "20103 10");
    });
}

#[test]
fn a_column_has_the_ids_that_the_project_says_and_the_run_is_logged() {
    on_servers(|database| {
        let project = project(database);
        let config = project.read("limosa.toml");
        let more = "[ids.column]\n\"patient.public_id\" = \"cuid2:pat_\"\n[log]\nbackfill = \"logs/backfill.log\"\n";
        project.write("limosa.toml", config.replacen("[env.dev]", "[env.dev]\nconfirm = true", 1) + more);
        database.execute("CREATE TABLE patient (id int PRIMARY KEY, public_id text); INSERT INTO patient VALUES (1)");
        let run = "backfill run --table public.patient --generate public_id";
        project.limosa(run).exits(2).says("--yes");
        project.limosa(&format!("{run}=cuid2:apt_ --yes")).exits(2).says("are `cuid2:pat_` in limosa.toml");
        project.limosa("backfill run --table patient --generate id --yes").exits(2).says("expected COLUMN=GENERATOR");
        project.limosa(&format!("{run} --yes")).exits(0).says("1 rows");
        assert!(value(database, "SELECT public_id FROM patient").starts_with("pat_"));
        let log = project.read("logs/backfill.log");
        assert!(log.contains("INFO  job 1: about 1 rows") && log.contains("none is left"), "{log}");
    });
}

#[test]
fn rows_are_deleted_in_batches() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE audit (at date, note text); CREATE TABLE visit (id int PRIMARY KEY);
             CREATE TABLE bill (visit int REFERENCES visit);
             INSERT INTO audit SELECT '2020-01-01'::date + i % 1000, 'x' FROM generate_series(1, 20000) i;
             INSERT INTO visit SELECT generate_series(1, 3000); INSERT INTO bill VALUES (2222); ANALYZE",
        );
        project.limosa("backfill run --table audit --delete").exits(2).says("--where");
        let old = "backfill run --table audit --delete --where 'at < $$2021-01-01$$'";
        project.limosa(&format!("{old} --dry-run")).exits(0).says("7320 rows");
        project.limosa(old).exits(0).says("7320 rows").says("none is left");
        assert_eq!(value(database, "SELECT count(*) || ' ' || min(at) FROM audit"), "12680 2021-01-01");
        let kept = project.limosa("backfill run --table visit --delete --where 'id > 1000' --on-error skip").exits(0);
        kept.says("the row with id = 2222 is left as it is").says("1999 rows");
        assert_eq!(value(database, "SELECT count(*) FROM visit"), "1001");
    });
}

#[test]
fn values_come_from_a_joined_table() {
    everywhere(|place| {
        let project = match place {
            Place::Server(database) => Project::on(database),
            Place::Embedded => Project::new(),
        };
        let project = project.with(
            "migrations/001_visit.sql",
            "CREATE TABLE clinic (id int PRIMARY KEY, name text, city text);
             CREATE TABLE visit (id int PRIMARY KEY, clinic int, city text, seen bool DEFAULT false);
             INSERT INTO clinic
                 SELECT i, 'c' || i, CASE WHEN i <> 7 THEN 'City ' || i END FROM generate_series(1, 50) i;
             INSERT INTO visit SELECT i, i % 60 FROM generate_series(1, 6000) i;
             CREATE TABLE keyless (clinic int, city text);
             INSERT INTO keyless SELECT i % 60 FROM generate_series(1, 6000) i;
             CREATE VIEW right_ones AS SELECT v.id FROM visit v JOIN clinic c ON c.id = v.clinic WHERE v.city = c.city;
             CREATE VIEW left_ones AS SELECT id FROM visit WHERE city IS NULL;
             CREATE FUNCTION must(what bool) RETURNS int LANGUAGE plpgsql AS
                 'BEGIN IF what THEN RETURN 1; END IF; RAISE EXCEPTION ''it is not so''; END';\n",
        );
        project.limosa("up").exits(0);
        let join = "--set 'city = c.city' --from 'clinic AS c -- the new home' --where 'c.id = v.clinic'";
        let look = project.limosa(&format!("backfill run --table visit --alias v {join} --dry-run")).exits(0);
        // Clinic 7 has no city to give, and 51 to 59 are not there.
        look.says("4900 rows of \"public\".\"visit\" would be changed").says("city then = City 1");
        let run = project.limosa(&format!("backfill run --table visit --alias v {join}")).exits(0);
        run.says("4900 rows").says("none is left");
        project.limosa(&format!("backfill run --table visit --alias v {join}")).exits(0).says(": 0 rows");
        project.limosa(&format!("backfill run --table keyless --alias v {join}")).exits(0).says("4900 rows");
        // An expression that is never done with: each row once.
        let added = "--set 'city = v.city || c.city' --from 'clinic c' --where 'c.id = v.clinic AND v.id < 120'";
        project.limosa(&format!("backfill run --table visit --alias v {added}")).exits(0).says("each visited once");
        let check = "(SELECT count(*) FROM right_ones) = 4802 AND (SELECT count(*) FROM left_ones) = 1100";
        let check = format!("backfill run --table clinic --set 'name = must({check})::text' --where 'id = 1'");
        project.limosa(&check).exits(0).says("1 rows");
    });
}

#[test]
fn of_several_joined_rows_any_gives_the_values_and_the_job_ends() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE child (id int PRIMARY KEY, parent int, a text);
             CREATE TABLE parent (id int, b text);
             INSERT INTO parent SELECT i % 10, i FROM generate_series(0, 19) i;
             INSERT INTO child SELECT i, i % 10 FROM generate_series(1, 3000) i; ANALYZE",
        );
        let run = "backfill run --table child --set 'a = p.b' --from 'parent p' --where 'p.id = child.parent'";
        project.limosa(run).exits(0).says("3000 rows").says("none is left");
        let wrong = "SELECT count(*) FROM child WHERE a IS NULL OR a::int % 10 <> parent";
        assert_eq!(value(database, wrong), "0");
    });
}

#[test]
fn rows_are_copied_into_another_table() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE audit (id bigint PRIMARY KEY, at date, note text);
             CREATE TABLE archive (id text, at date NOT NULL, note varchar(3), PRIMARY KEY (at, id));
             CREATE TABLE pile (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
             INSERT INTO audit SELECT i, '2020-01-01'::date + i % 1000, 'x' || i % 9 FROM generate_series(1, 20000) i;
             INSERT INTO archive SELECT 7, '2020-01-08', 'old'; ANALYZE",
        );
        let copy = "backfill run --table audit --alias a --into archive --set 'id = a.id::text' --set 'at = a.at' \
                    --set 'note = note' --where 'a.at < $$2021-01-01$$'";
        project.limosa(&format!("{copy} --dry-run")).exits(0).says("would be copied into archive").says("id there = 1");
        // As in a plain INSERT, a row that is there already is an error, unless it is said that there may be.
        let failed = project.limosa(copy).exits(3).says("error[batch-failed]").says("it is the row with id = 7");
        failed.says("limosa backfill resume");
        project.limosa("backfill cancel").exits(0);
        database.execute("DELETE FROM archive WHERE note <> 'old'");
        let copied = project.limosa(&format!("{copy} --skip-present")).exits(0);
        copied.says("7319 rows of \"public\".\"audit\" copied into \"public\".\"archive\"").says("none is left");
        assert_eq!(value(database, "SELECT count(*) || ' ' || max(at) FROM archive"), "7320 2020-12-31");
        assert_eq!(value(database, "SELECT note FROM archive WHERE id = '7'"), "old");

        // Nothing tells which rows this target has.
        let piled = project.limosa("backfill run --table audit --into pile --set 'note = note'").exits(0);
        piled.says("20000 rows").says("each visited once");
        assert_eq!(value(database, "SELECT count(*) FROM pile"), "20000");
        for (words, said) in [
            ("--table audit --into audit --set 'id = id'", "into-itself"),
            ("--table audit --into archives --set 'id = id'", "archives"),
            ("--table audit --into archive --set 'mail = id'", "mail"),
            ("--table audit --into archive --delete --where true", "cannot be used with"),
            ("--table audit --set 'note = p.note' --from 'pile p'", "--where"),
        ] {
            project.limosa(&format!("backfill run {words}")).exits(2).says(said);
        }
    });
}

#[test]
fn rows_written_meanwhile_are_covered() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number serial, email text,
                 n int DEFAULT 0);
             INSERT INTO patient (email) SELECT 'A' || i FROM generate_series(1, 30000) i; ANALYZE patient",
        );
        let url = database.url().to_owned();
        let writer = std::thread::spawn(move || {
            let session = Connection::open(&url);
            for round in 0..60 {
                session.execute(&format!(
                    "INSERT INTO patient (email) SELECT 'New' || i FROM generate_series(1, 50) i;
                     UPDATE patient SET email = 'Changed', n = n + 1 WHERE number % 97 = {round}"
                ));
            }
        });
        let run = project.limosa("backfill run --table patient --set 'email = lower(email)' --pause 2ms").exits(0);
        writer.join().unwrap();
        assert!(run.all().contains("none is left"), "{run}");
        // What came after the last look is not the job's; the next one finds it.
        project.limosa("backfill run --table patient --set 'email = lower(email)'").exits(0);
        assert_eq!(value(database, "SELECT count(*) FROM patient WHERE email <> lower(email)"), "0");
        assert_eq!(value(database, "SELECT count(*) FROM patient"), "33000");
        assert_eq!(
            value(database, "SELECT sum(n) FROM patient WHERE number <= 30000"),
            (0..60).map(|r| (30_000 - r + 96) / 97).sum::<i32>().to_string().as_str(),
            "no update of others is lost"
        );
    });
}

#[test]
fn workers_side_by_side_change_each_row_once() {
    on_servers(|database| {
        let project = project(database);
        for key in
            ["id uuid PRIMARY KEY DEFAULT gen_random_uuid()", "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"]
        {
            database.execute(&format!(
                "CREATE TABLE patient ({key}, day date DEFAULT '2024-01-01', visits int DEFAULT 0,
                     seen bool DEFAULT false);
                 INSERT INTO patient (day) SELECT '2024-01-01' FROM generate_series(1, 40000);
                 CREATE TABLE copied (id text PRIMARY KEY); ANALYZE patient"
            ));
            let run = "backfill run --parallel 3 --table patient";
            let counted = project.limosa(&format!("{run} --set 'visits = visits + 1'")).exits(0);
            counted.says("each visited once").says("40000 rows").says("3 workers");
            let seen = project.limosa(&format!("{run} --set 'visits = visits + 1, seen = true' --where 'NOT seen'"));
            seen.exits(2);
            let seen = "--set 'visits = visits + 1' --set 'seen = true' --where 'NOT seen'";
            project.limosa(&format!("{run} {seen}")).exits(0).says("none is left").says("strided, 3 workers");
            let copy = "--into copied --set 'id = id::text' --skip-present";
            project.limosa(&format!("{run} {copy}")).exits(0).says("40000 rows").says("none is left");
            let ranges = value(
                database,
                "SELECT count(*) FROM limosa.backfill_range WHERE job = (
                SELECT max(job) FROM limosa.backfill) AND rows > 0",
            );
            assert_eq!(ranges, "12");
            let visits = "SELECT min(visits) || ' ' || max(visits) || ' ' || count(*) FROM patient JOIN copied
                ON copied.id = patient.id::text";
            assert_eq!(value(database, visits), "2 2 40000", "with {key}");
            database.execute("DROP TABLE patient, copied");
        }
    });
}

#[test]
fn a_dry_run_tells_what_it_would_cost_and_leaves_nothing_behind() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text);
             INSERT INTO patient (email) SELECT 'A' || i FROM generate_series(1, 30000) i; ANALYZE patient;
             CREATE VIEW written AS SELECT sum(hashtext(xmin::text || ctid::text || email)) FROM patient",
        );
        let before = value(database, "SELECT * FROM written");
        for change in ["--set 'email = lower(email)'", "--generate email=ulid --where true", "--delete --where true"] {
            let look = project.limosa(&format!("backfill run --table patient {change} --dry-run")).exits(0);
            let found = if change.contains("ulid") { "0 rows" } else { "of WAL" };
            look.says(found);
        }
        let look =
            project.limosa("--json backfill run --table patient --set 'email = lower(email)' --dry-run").exits(0);
        let look = look.json();
        assert_eq!((&look["rows"], &look["is_exact"]), (&30_000.into(), &true.into()));
        let tried = &look["trial"]["tried"];
        assert!(tried["wal"].as_u64() > Some(1_000_000) && tried["rows"].as_u64() > Some(300), "{look}");
        assert!(tried["least_ms"].as_f64() > Some(0.0), "{look}");
        assert_eq!(value(database, "SELECT * FROM written"), before);
        let fails =
            "backfill run --table patient --set 'email = (1 / (length(email) - 6))::text' --where true --dry-run";
        project.limosa(fails).exits(0).says("taken back failed: division by zero");
    });
}

#[test]
fn what_else_the_server_does_holds_a_job_back() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, email text);
             INSERT INTO patient SELECT i, 'A' FROM generate_series(1, 2000) i",
        );
        let run = "backfill run --table patient --set 'email = lower(email)' --log run.log";
        let url = database.url().to_owned();
        let (opened, is_open) = std::sync::mpsc::channel();
        let report = std::thread::spawn(move || {
            let session = Connection::open(&url);
            session.execute("BEGIN; SELECT txid_current()");
            opened.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(4));
            session.execute("COMMIT");
        });
        is_open.recv().unwrap();
        let held = project.limosa(&format!("{run} --max-transaction-age 1ms")).exits(0);
        held.says("holding: a transaction of").says("keeps dead rows from being cleared").says("going on");
        report.join().unwrap();
        let log = project.read("run.log");
        for word in ["WARN", "holding: a transaction of", "range 1: ", " rows in ", "2000 in all", "none is left"] {
            assert!(log.contains(word), "`{word}` is missing in {log}");
        }
        project.limosa(&format!("{run} --max-wal much")).exits(2).says("20MB");
    });
}

#[test]
fn it_holds_while_a_query_says_so() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE patient (id int PRIMARY KEY, email text); INSERT INTO patient VALUES (1, 'A');
             CREATE TABLE load (until timestamptz); INSERT INTO load VALUES (clock_timestamp() + interval '1.5 s')",
        );
        let query = "SELECT ''the night run'' FROM load WHERE until > clock_timestamp()".replace("''", "$$");
        let run = format!("backfill run --table patient --set 'email = lower(email)' --hold-while '{query}'");
        project.limosa(&run).exits(0).says("holding: the night run").says("1 rows of");
    });
}

#[test]
fn the_owner_role_does_it_where_the_login_may_not() {
    on_servers(|database| {
        let role = format!("{}_owner", database.name().as_str());
        database.execute(&format!(
            "CREATE ROLE {role}; CREATE SCHEMA app AUTHORIZATION {role}; SET ROLE {role};
             CREATE TABLE app.patient (id int PRIMARY KEY, email text, \"by\" text);
             INSERT INTO app.patient SELECT i, 'A' FROM generate_series(1, 5000) i; RESET ROLE;
             GRANT CREATE ON DATABASE {} TO {role}",
            database.name()
        ));
        let project = project(database);
        let config = project.read("limosa.toml");
        let owned = format!("[project]\nowner_role = \"{role}\"\nschemas = [\"app\"]");
        project.write("limosa.toml", config.replacen("[project]", &owned, 1));
        let run = "backfill run --table patient --set 'email = lower(email)' --set '\"by\" = current_user'";
        project.limosa(run).exits(0).says("5000 rows of \"app\".\"patient\"");
        let by = value(
            database,
            "SELECT DISTINCT \"by\" = pg_get_userbyid(relowner) FROM app.patient, pg_class
             WHERE oid = 'limosa.backfill'::regclass",
        );
        assert_eq!(by, "t", "the owner owns the jobs and has changed the rows");
        database.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    });
}

#[test]
fn a_job_is_the_same_however_its_tables_are_spelled() {
    on_servers(|database| {
        let project = project(database);
        database.execute(
            "CREATE TABLE visit (id int PRIMARY KEY, n int DEFAULT 0, CHECK (id <> 500 OR n < 1));
             INSERT INTO visit SELECT generate_series(1, 1000); ANALYZE visit;
             CREATE TABLE archive (id int PRIMARY KEY CHECK (id <> 500));
             CREATE SCHEMA other; CREATE TABLE other.visit (id int PRIMARY KEY, n int DEFAULT 0)",
        );
        let run = |table: &str| format!("backfill run --table {table} --set 'n = n + 1' --batch-rows 100");
        for table in ["visit", "public.visit", "\"public\".\"visit\"", "PUBLIC.Visit"] {
            project.limosa(&run(table)).exits(3).says("batch of job 1 failed").says("id = 500");
        }
        // As older versions put it on record.
        database
            .execute("UPDATE limosa.backfill SET definition = jsonb_set(definition::jsonb, '{table}', '\"visit\"')");
        project.limosa(&run("public.visit")).exits(3).says("batch of job 1 failed");
        let other = format!("ALTER DATABASE {} SET search_path = other, public", database.name());
        database.execute(
            "UPDATE limosa.backfill SET definition = jsonb_set(definition::jsonb, '{table}', '\"public.visit\"')",
        );
        let copy =
            |into: &str| format!("backfill run --table public.visit --into {into} --set 'id = id' --batch-rows 100");
        for into in ["archive", "public.archive"] {
            project.limosa(&copy(into)).exits(3).says("batch of job 2 failed").says("id = 500");
        }
        database.execute(&other);
        database.execute("CREATE TABLE other.archive (id int PRIMARY KEY)");
        project.limosa(&run("public.visit")).exits(3).says("batch of job 1 failed");
        database.execute(
            "ALTER TABLE public.visit DROP CONSTRAINT visit_check;
             ALTER TABLE public.archive DROP CONSTRAINT archive_id_check",
        );
        project.limosa("backfill resume 1").exits(0).says("1000 rows");
        project.limosa("backfill resume 2").exits(0).says("1000 rows of \"public\".\"visit\" copied into \"public\"");
        assert_eq!(value(database, "SELECT max(n) || ' ' || sum(n) FROM public.visit"), "1 1000");
        assert_eq!(value(database, "SELECT count(*) FROM public.archive"), "1000");
    });
}
