//! A database that somebody changed by hand, and the script that takes it back.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

/// A patient with an index, applied and then drifted: a column was renamed and one added with values in it, an index
/// dropped, a default changed, a table and a view made.
fn drifted(database: &Database) -> Project {
    let project = Project::on(database).with(
        "migrations/001_create_patient.sql",
        "CREATE TABLE patient (id bigint PRIMARY KEY, full_name text NOT NULL, born date DEFAULT now());\n\
         CREATE INDEX patient_born ON patient (born);\n",
    );
    project.limosa("up").exits(0);
    database.execute(
        "ALTER TABLE patient RENAME full_name TO name; ALTER TABLE patient ADD note text; \
         ALTER TABLE patient ALTER born DROP DEFAULT; DROP INDEX patient_born; \
         CREATE VIEW by_hand AS SELECT name FROM patient; CREATE TABLE kept (id int); INSERT INTO kept VALUES (7); \
         INSERT INTO patient VALUES (1, 'Ann', NULL, 'x')",
    );
    project
}

#[test]
fn a_fix_can_be_run_twice_and_drops_nothing_that_holds_data() {
    on_servers(|database| {
        let project = drifted(database);
        let rename = "--accept-rename patient.full_name=patient.name";
        project.limosa(&format!("drift --fix fix.sql {rename}")).exits(0).says("fix.sql").says("held back");
        project.limosa("drift --fix fix.sql").exits(2).says("never overwritten");
        let script = std::fs::read_to_string(project.path().join("fix.sql")).unwrap();
        for line in [
            "RENAME COLUMN \"name\" TO \"full_name\"",
            "-- held back: drop column public.patient.note, since it would lose",
            "--   DROP TABLE \"public\".\"kept\"",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS \"patient_born\"",
            "DROP VIEW IF EXISTS \"public\".\"by_hand\"",
        ] {
            assert!(script.contains(line), "{line:?} is missing in\n{script}");
        }
        for _ in 0..2 {
            project.write("migrations/002_fix.sql", script.clone());
            project.limosa("up --allow drift").exits(0);
            project.limosa("drift").exits(0);
            database.execute("DELETE FROM limosa.migration WHERE version = '002'");
        }
        let rows = database.execute("SELECT full_name, note, (SELECT id FROM kept) FROM patient");
        assert_eq!(rows, [["Ann", "x", "7"].map(|text| Some(text.to_owned()))]);
        let held = database.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'patient_born'");
        assert_eq!(held, [[Some("1".to_owned())]]);
    });
}

#[test]
fn without_drift_there_is_nothing_to_fix_and_a_rename_is_offered_where_there_is() {
    on_servers(|database| {
        let project = drifted(database);
        let fix = project.limosa("drift --fix -").exits(0);
        assert!(fix.stdout.contains("--   ALTER TABLE \"public\".\"patient\" DROP COLUMN \"name\""), "{fix}");
        assert!(fix.stdout.contains("is it `full_name` now (both are text)? then: --accept-rename"), "{fix}");
        let json = project.limosa("--json drift --fix -").exits(0).json();
        assert!(json["steps"].as_array().is_some_and(|steps| steps.len() > 4), "{json}");
        project.limosa("up").exits(0);
        let ignore = "--ignore 'table public.kept' --ignore 'view *' --ignore '* public.patient*' --ignore '*patient*'";
        project.limosa(&format!("drift {ignore}")).exits(0).says("ignored, by").says("no drift");
        project.limosa(&format!("drift --fix none.sql {ignore}")).exits(0).says("nothing was written");
        assert!(!project.path().join("none.sql").exists());
        let listed = "ignore = [{ object = \"table public.kept\", reason = \"another team's\" }]\n\
                      [project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";
        project.write("limosa.toml", listed);
        project.limosa("drift").exits(1).never_says("table public.kept").says("1 difference ignored, by 1 rule");
        project.limosa("diff db migrations").exits(1).never_says("\"kept\"").says("ignored, by 1 rule");
        project.limosa("-v drift --ignore 'table public.nowhere'").exits(1).says("nothing is called so");
    });
}

#[test]
fn a_difference_can_be_a_script_that_is_run_twice() {
    on_servers(|database| {
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[service.clinic]\nmigrations = \"migrations\"\nschema = \"schema.sql\"\n\
                 [env.dev]\nurl = \"env:DATABASE_URL\"\n",
            )
            .with("migrations/.keep", "")
            .with(
                "schema.sql",
                "CREATE TABLE patient (\n  id bigint PRIMARY KEY,\n  name text,  -- limosa: renamed from full_name\n\
                 \x20 born date\n);\nCREATE INDEX patient_born ON patient (born);\n",
            );
        database.execute(
            "CREATE TABLE patient (id bigint PRIMARY KEY, full_name text); INSERT INTO patient VALUES (1, 'Ann'); \
             CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)",
        );
        let script = project.limosa("diff db schema --idempotent").exits(1).says("1 of 4 steps are held back").stdout;
        for _ in 0..2 {
            project.write("migrations/001_fix.sql", &script);
            project.limosa("up").exits(0);
            database.execute("DELETE FROM limosa.migration");
        }
        let rows = database.execute("SELECT name, born, (SELECT id FROM kept) FROM patient");
        assert_eq!(rows, [[Some("Ann".to_owned()), None, Some("7".to_owned())]]);
        let again = project.limosa("--json diff db schema --idempotent").exits(1).json();
        let held_back: Vec<_> =
            again["steps"].as_array().unwrap().iter().map(|it| it["held_back"].is_string()).collect();
        assert_eq!(held_back, [true], "{again}");
        database.execute("DROP TABLE kept");
        project.limosa("diff db schema --idempotent").exits(0).says("no difference");
    });
}
