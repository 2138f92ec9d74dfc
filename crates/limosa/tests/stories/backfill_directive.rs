//! `-- limosa: backfill`: a statement of a migration that is run in batches.

use limosa_testkit::{Database, servers};

use crate::place::{Place, everywhere, on_servers};
use crate::project::Project;

/// Patients without a public id and without a lower-case mail address.
const PATIENTS: &str = "CREATE TABLE patient (id int PRIMARY KEY, email text, visits int DEFAULT 0);\n\
                        INSERT INTO patient SELECT i, 'P' || i || '@X' FROM generate_series(1, 40000) i;\n";

fn project(place: &Place) -> Project {
    match place {
        Place::Server(database) => project_on(database),
        Place::Embedded => Project::new()
            .with("limosa.toml", "[project]\nname = \"clinic\"\n")
            .with("migrations/001_create_patient.sql", PATIENTS),
    }
}

fn project_on(database: &Database) -> Project {
    Project::on(database).with("migrations/001_create_patient.sql", PATIENTS)
}

fn value(place: &Place, project: &Project, sql: &str) -> String {
    place.query(project, "clinic", sql)[0][0].clone().unwrap_or_default()
}

fn on(database: &Database, sql: &str) -> String {
    database.execute(sql)[0][0].clone().unwrap_or_default()
}

#[test]
fn rows_are_changed_between_the_statements_before_and_behind() {
    everywhere(|place| {
        let project = project(place)
            .with(
                "migrations/002_add_public_id.sql",
                "ALTER TABLE patient ADD COLUMN public_id text, ADD COLUMN mail text;\n\
                 -- limosa: backfill generate public_id=cuid2:pat_\n\
                 UPDATE patient SET public_id = DEFAULT WHERE public_id IS NULL;\n\
                 -- limosa: backfill batch-rows 50000\n\
                 UPDATE patient AS p SET mail = lower(p.email) WHERE p.mail IS NULL;\n\
                 ALTER TABLE patient ALTER COLUMN public_id SET NOT NULL, ALTER COLUMN mail SET NOT NULL;\n",
            )
            .with(
                "migrations/002_add_public_id.down.sql",
                "-- limosa: backfill\nUPDATE patient SET visits = 7 WHERE visits <> 7;\n\
                 ALTER TABLE patient DROP COLUMN public_id, DROP COLUMN mail;\n",
            );
        project.limosa("up --to 001").exits(0);
        let planned = project.limosa("plan").exits(0);
        planned.says("in batches").says("in stages, each recorded");
        project.limosa("up").exits(0).says("40000 rows in").says("none is left").says("1 migration applied");
        let made = "SELECT count(DISTINCT public_id) || ' ' || count(*) FILTER (WHERE mail = 'p' || id || '@x') \
                    FROM patient WHERE public_id LIKE 'pat_%'";
        assert_eq!(value(place, &project, made), "40000 40000");
        let jobs = project.limosa("--json backfill status").exits(0).json();
        let states: Vec<_> = jobs.as_array().unwrap().iter().map(|job| (&job["state"], &job["rows"])).collect();
        assert_eq!(states, [(&"done".into(), &40_000.into()), (&"done".into(), &40_000.into())]);
        project.limosa("status --check").exits(0);
        project.limosa("log").exits(0).says("backfill");
        project.limosa("down").exits(0).says("40000 rows in");
        assert_eq!(value(place, &project, "SELECT min(visits) || ' ' || max(visits) FROM patient"), "7 7");
        project.limosa("up").exits(0);
        project.limosa("redo").exits(0).says("40000 rows in");
    });
}

#[test]
fn the_same_statement_twice_is_two_jobs() {
    everywhere(|place| {
        let project = project(place)
            .with(
                "migrations/002_count_twice.sql",
                "-- limosa: backfill\nUPDATE patient SET visits = visits + 1;\n\
                 -- limosa: backfill\nUPDATE patient SET visits = visits + 1;\n",
            )
            .with("migrations/003_count_again.sql", "-- limosa: backfill\nUPDATE patient SET visits = visits + 1;\n");
        project.limosa("up").exits(0).says("each visited once");
        assert_eq!(value(place, &project, "SELECT min(visits) || ' ' || max(visits) FROM patient"), "3 3");
    });
}

#[test]
fn psql_does_the_same_with_the_file() {
    let files = [
        PATIENTS.to_owned(),
        "CREATE TABLE person (patient int PRIMARY KEY, name text, old bool);\n\
         INSERT INTO person SELECT i, 'n' || i, i % 5 = 0 FROM generate_series(1, 40000, 2) i;\n\
         CREATE TABLE archive (id int PRIMARY KEY, email text);\n\
         INSERT INTO archive VALUES (7, 'kept');\n\
         ALTER TABLE patient ADD COLUMN name text, ADD COLUMN note text;\n\
         -- limosa: backfill batch-time 20ms\n\
         UPDATE patient p SET (name, note) = (q.name, 'of ' || p.email || $$;--$$) FROM person q\n\
           WHERE q.patient = p.id AND p.name IS DISTINCT FROM q.name; -- joined\n\
         -- limosa: backfill\n\
         INSERT INTO archive (id, email) SELECT s.id, lower(s.email) AS mail FROM patient AS s\n\
           WHERE s.id % 3 = 0 OR s.id = 7 ON CONFLICT DO NOTHING;\n\
         -- limosa: backfill\n\
         DELETE FROM person WHERE old /* all of them */;\n"
            .to_owned(),
    ];
    for server in servers() {
        let (ours, psql) = (server.fresh_database(), server.fresh_database());
        let project = Project::on(&ours);
        for (number, file) in files.iter().enumerate() {
            project.write(&format!("migrations/00{}_a.sql", number + 1), file);
            psql.execute(file);
        }
        project.limosa("up").exits(0);
        for (table, key) in [("patient", "id"), ("person", "patient"), ("archive", "id")] {
            let all = format!("SELECT count(*) || md5(string_agg(t::text, ';' ORDER BY t.{key})) FROM {table} t");
            assert_eq!(on(&ours, &all), on(&psql, &all), "{table} on PostgreSQL {}", server.major());
        }
    }
}

#[test]
fn a_row_that_fails_is_named_with_its_place_in_the_file_and_the_rest_follows_when_it_is_mended() {
    everywhere(|place| {
        let project = project(place).with(
            "migrations/002_add_number.sql",
            "ALTER TABLE patient ADD COLUMN number int;\n\n\
             -- limosa: backfill batch-rows 1000\n\
             UPDATE patient SET number = substr(email, 2, position('@' in email) - 2)::int\n\
              WHERE number IS NULL;\nALTER TABLE patient ALTER COLUMN number SET NOT NULL;\n",
        );
        project.limosa("up --to 001").exits(0);
        place.query(&project, "clinic", "UPDATE patient SET email = 'Pxyz@X' WHERE id = 30123");
        let failed = project.limosa("up").exits(3);
        for line in [
            "error[batch-failed]",
            "invalid input syntax for type integer: \"xyz\"",
            "migrations/002_add_number.sql:4:1",
            "|____",
            "it is the row with id = 30123",
            "rows are done and stay so",
            "`limosa up` goes on behind the last batch",
            "done up to stage 1 of 3",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        project.limosa("status").says("002").says("1");
        project.limosa("down").exits(1).says("applied only in part");
        project.limosa("backfill resume").exits(2).says("`limosa up` goes on with it");
        place.query(&project, "clinic", "UPDATE patient SET email = 'P30123@X' WHERE id = 30123");
        project.limosa("up").exits(0).says("job 1").says("1 migration applied");
        assert_eq!(value(place, &project, "SELECT count(*) FROM patient WHERE number = id"), "40000");
        let jobs = value(place, &project, "SELECT count(DISTINCT job) || ' ' || sum(rows) FROM limosa.backfill_range");
        assert_eq!(jobs, "1 40000");
    });
}

#[test]
fn rows_that_fail_may_be_left_as_they_are() {
    on_servers(|database| {
        let project = project_on(database).with(
            "migrations/002_add_number.sql",
            "ALTER TABLE patient ADD COLUMN number int;\n-- limosa: backfill on-error skip\n\
             UPDATE patient SET number = substr(email, 2, position('@' in email) - 2)::int WHERE number IS NULL;\n",
        );
        project.limosa("up --to 001").exits(0);
        database.execute("UPDATE patient SET email = 'x' WHERE id IN (5, 17777)");
        project.limosa("up").exits(0).says("the row with id = 17777 is left as it is");
        assert_eq!(
            on(database, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM patient WHERE number IS NULL"),
            "5 17777"
        );
        assert_eq!(on(database, "SELECT count(*) FROM limosa.backfill_reject"), "2");
    });
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    on_servers(|database| {
        for (text, exit, words) in [
            ("-- limosa: backfill\nUPDATE patient SET email = 'x' RETURNING id;", 1, "nobody reads what a migration"),
            ("-- limosa: backfill batch-tim 5ms\nUPDATE patient SET email = 'x';", 1, "does not take `batch-tim`"),
            (
                "-- limosa: backfill generate email=cuid3\nUPDATE patient SET email = DEFAULT;",
                1,
                "did you mean `cuid2`",
            ),
            ("-- limosa: backfill\nUPDATE patient SET email = DEFAULT;", 1, "which value?"),
            ("BEGIN;\n-- limosa: backfill\nDELETE FROM patient;\nCOMMIT;", 1, "each of its batches commits by itself"),
            ("SELECT 1;\n-- limosa: backfill\n\n", 1, "no statement stands under this directive"),
            ("-- limosa: backfill\nUPDATE patient SET mail = lower(email);", 2, "column \"mail\" of relation"),
            ("-- limosa: backfill\nUPDATE patient SET email = lowr(email);", 2, "002_a.sql:2:28"),
        ] {
            let project = project_on(database);
            project.limosa("up").exits(0);
            project.write("migrations/002_a.sql", text);
            let refused = project.limosa("up").exits(exit);
            assert!(refused.all().contains(words), "{words:?} is missing in {refused}");
            let kept = "SELECT count(*) FROM limosa.migration WHERE version = '002'";
            assert_eq!(on(database, kept), "0", "{text}");
        }
    });
}

#[test]
fn an_edited_statement_goes_on_only_where_rows_tell_that_they_are_done() {
    on_servers(|database| {
        let stopper = format!("{PATIENTS}CREATE TABLE stopper AS SELECT 30000 AS id;\n");
        let project = Project::on(database).with("migrations/001_create_patient.sql", stopper);
        project.limosa("up").exits(0);
        let once = |by: u32| {
            format!(
                "-- limosa: backfill batch-rows 5000\n\
                 UPDATE patient SET visits = visits + {by} + 0 / (id - (SELECT s.id FROM stopper s)) WHERE id > 0;\n"
            )
        };
        project.write("migrations/002_count.sql", once(1));
        project.limosa("up").exits(3).says("it is the row with id = 30000");
        project.write("migrations/002_count.sql", once(2));
        let refused = project.limosa("up").exits(3);
        refused.says("error[edited-backfill]").says("limosa backfill cancel 1");
        database.execute("UPDATE stopper SET id = -1");
        project.write("migrations/002_count.sql", once(1));
        project.limosa("up").exits(0);
        assert_eq!(on(database, "SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");

        let told = |divisor: &str| {
            format!(
                "-- limosa: backfill batch-rows 5000\n\
                 UPDATE patient SET visits = 100 + 60 / {divisor} WHERE visits = 1;\n"
            )
        };
        project.write("migrations/003_divide.sql", told("(id - 30000)"));
        project.limosa("up").exits(3).says("division by zero");
        project.write("migrations/003_divide.sql", told("30"));
        project.limosa("up").exits(0).says("the statement was edited");
        assert_eq!(on(database, "SELECT count(*) FROM patient WHERE visits = 1"), "0");
        let states = "SELECT string_agg(state, ' ' ORDER BY job) FROM limosa.backfill";
        assert_eq!(on(database, states), "done cancelled done");
    });
}

#[test]
fn secrets_reach_the_rows_and_nothing_else() {
    on_servers(|database| {
        let project = project_on(database)
            .with(
                "migrations/002_a.sql",
                "-- limosa: backfill\nUPDATE patient SET email = '${env:PEPPER}' || id WHERE email LIKE 'P%';\n",
            )
            .with(
                "migrations/003_b.sql",
                "-- limosa: backfill\nUPDATE patient SET visits = ('${env:PEPPER}' || id)::int WHERE visits = 0;\n",
            )
            .variable("PEPPER", "s3cret");
        let failed = project.limosa("-v up").exits(3).never_says("s3cret").says("${env:PEPPER}");
        failed.says("003_b.sql:2:1");
        assert_eq!(on(database, "SELECT count(*) FROM patient WHERE email = 's3cret' || id"), "40000");
        for table in ["backfill", "backfill_reject", "event", "migration"] {
            let told = format!("SELECT count(*) FROM limosa.{table} t WHERE t::text LIKE '%s3cret%'");
            assert_eq!(on(database, &told), "0", "{table}");
        }
    });
}

#[test]
fn shadows_run_the_statement_as_it_stands_and_rules_know_of_its_batches() {
    on_servers(|database| {
        let project = project_on(database)
            .with(
                "migrations/002_add_public_id.sql",
                "INSERT INTO patient VALUES (0, 'zero');\n\
                 ALTER TABLE patient ADD COLUMN public_id text, ADD COLUMN mail text;\n\
                 -- limosa: backfill generate public_id=cuid2:pat_\n\
                 UPDATE patient SET public_id = DEFAULT WHERE public_id IS NULL;\n\
                 -- limosa: backfill\n\
                 UPDATE patient SET mail = lower(email) WHERE mail IS NULL;\n\
                 ALTER TABLE patient ALTER COLUMN mail SET NOT NULL, ALTER COLUMN public_id SET NOT NULL;\n",
            )
            .with(
                "migrations/002_add_public_id.down.sql",
                "ALTER TABLE patient DROP COLUMN public_id, DROP COLUMN mail;\nDELETE FROM patient WHERE id = 0;\n",
            );
        project.limosa("prove").never_says("error");
        project.limosa("lint migrations/002_add_public_id.sql").never_says("bulk-update");
        project.write(
            "migrations/002_add_public_id.sql",
            "ALTER TABLE patient ADD COLUMN mail text;\nUPDATE patient SET mail = lower(email);\n",
        );
        project.limosa("lint migrations/002_add_public_id.sql").says("bulk-update").says("-- limosa: backfill");
    });
}

#[test]
fn the_plan_document_holds_what_is_said_of_batches() {
    on_servers(|database| {
        let project = project_on(database).with(
            "migrations/002_lower.sql",
            "-- limosa: backfill batch-time 20ms parallel 2 max-wal 1GB on-error skip\n\
             UPDATE patient SET email = lower(email);\n",
        );
        project.limosa("up --to 001").exits(0);
        database.execute("ANALYZE patient");
        let planned = project.limosa("--json plan").exits(0);
        let statement = &planned.json()["targets"][0]["migrations"][0]["statements"][0];
        assert_eq!(statement["backfill"]["batch_time_ms"], 20);
        assert_eq!(statement["backfill"]["on_error"], "skip");
        assert_eq!(statement["backfill"]["parallel"], 2);
        assert_eq!(statement["backfill"]["max_wal"], 1_000_000_000);
        assert_eq!(statement["locks"][0]["mode"], "ROW EXCLUSIVE");
        assert_eq!(statement["locks"][0]["rows"], 40_000);
        project.write("plan.json", &planned.stdout);
        project.write("edited.json", planned.stdout.replace("\"batch_time_ms\":20", "\"batch_time_ms\":21"));
        project.limosa("up --plan edited.json").exits(2).says("digest");
        project.limosa("up --plan plan.json").exits(0);
        assert_eq!(on(database, "SELECT count(*) FROM patient WHERE email = lower(email)"), "40000");
    });
}

#[test]
fn what_nobody_says_of_batches_is_as_the_environment_says() {
    on_servers(|database| {
        let toml = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                    [env.dev.backfill]\nparallel = 3\nhold_while = \"SELECT why FROM hold\"\n";
        let project = project_on(database)
            .with("limosa.toml", toml)
            .with("migrations/002_create_hold.sql", "CREATE VIEW hold AS SELECT NULL::text AS why;\n");
        project.limosa("up").exits(0);
        let by_hand = "backfill run --table patient --set 'visits = visits + 1'";
        project.limosa(by_hand).exits(0).says("3 workers");
        project.limosa(&format!("{by_hand} --parallel 2")).exits(0).says("2 workers");
        project.write("migrations/003_a.sql", "-- limosa: backfill\nUPDATE patient SET visits = visits + 1;\n");
        project.limosa("up").exits(0).says("3 workers");
        project.write(
            "migrations/004_a.sql",
            "-- limosa: backfill parallel 2 yield-to-autovacuum max-transaction-age 1h\n\
             UPDATE patient SET visits = visits + 1;\n",
        );
        project.limosa("up").exits(0).says("2 workers");
        assert_eq!(on(database, "SELECT min(visits) || ' ' || max(visits) FROM patient"), "4 4");
        database.execute("DROP VIEW hold");
        project.limosa(by_hand).exits(2).says("\"hold\" does not exist");
        project.write("limosa.toml", toml.replace("parallel = 3", "parallel = 0\nmax_wal = \"much\""));
        project.limosa("status").exits(2).says("`parallel` is 0").says("`much` is no size");
    });
}

#[test]
fn ids_that_are_numbers_of_a_sequence_are_made_in_migrations_and_their_shadows() {
    on_servers(|database| {
        let project = Project::on(database)
            .with(
                "migrations/001_create_patient.sql",
                "CREATE TABLE patient (id int PRIMARY KEY, public_id text UNIQUE);\n\
                 INSERT INTO patient SELECT i FROM generate_series(1, 3000) i;\n",
            )
            .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n");
        project.limosa("id alnum:8:pat_ --write add_ids").exits(0);
        let fill = "-- limosa: backfill generate public_id=alnum:8:pat_ parallel 2\n\
                    UPDATE patient SET public_id = DEFAULT WHERE public_id IS NULL;\n";
        project.write("migrations/003_fill.sql", fill);
        project.write("migrations/003_fill.down.sql", "UPDATE patient SET public_id = NULL;\n");
        let proof = project.limosa("prove");
        assert!(proof.all().contains("✓ 003 fill"), "{proof}");
        project.limosa("up").exits(0).says("3000 rows in").says("2 workers");
        database.execute("INSERT INTO patient SELECT i, ids.alnum_pat() FROM generate_series(3001, 3100) i");
        let made = "SELECT count(DISTINCT public_id) || ' ' || min(length(public_id)) || ' ' || max(length(public_id)) \
                    FROM patient WHERE public_id LIKE 'pat\\_%'";
        assert_eq!(on(database, made), "3100 12 12");
        project.write("migrations/004_other.sql", fill.replace("alnum:8:pat_", "alnum:6:doc_"));
        let refused = project.limosa("up").exits(2);
        refused
            .says("there is no function")
            .says("limosa id alnum:6:doc_ --write")
            .says("migrations/004_other.sql:2:1");
    });
}
