//! Many migrations become one, for databases that have run all, some or none of them.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

fn clinic(project: Project) -> Project {
    project
        .with(
            "migrations/001_create_patient.sql",
            "CREATE TYPE blood AS ENUM ('A', 'B');\n\
             CREATE TABLE patient (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, blood blood);\n",
        )
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\nDROP TYPE blood;\n")
        .with(
            "migrations/002_create_plan.sql",
            "CREATE TABLE plan (code text PRIMARY KEY, title text);\n\
             INSERT INTO plan VALUES ('b', 'basic'), ('f', 'full');\n",
        )
        .with("migrations/002_create_plan.down.sql", "DROP TABLE plan;\n")
        .with(
            "migrations/003_link.sql",
            "ALTER TABLE patient ADD plan text REFERENCES plan;\n\
             CREATE INDEX CONCURRENTLY by_plan ON patient (plan);\n",
        )
        .with("migrations/003_link.down.sql", "ALTER TABLE patient DROP plan;\n")
        .with("migrations/004_view.sql", "CREATE VIEW planned AS SELECT name, plan FROM patient;\n")
        .with("migrations/004_view.down.sql", "DROP VIEW planned;\n")
}

fn history(database: &Database) -> Vec<String> {
    rows(database, "SELECT version || ' ' || name FROM limosa.migration ORDER BY version::numeric")
}

/// What can be told of the schema from outside, in a line each.
fn shape(database: &Database) -> Vec<String> {
    rows(
        database,
        "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 \
         AND NOT a.attisdropped ORDER BY 1",
    )
}

#[test]
fn a_plan_for_a_database_before_the_baseline_stops_where_the_archive_says() {
    on_servers(|database| {
        let past = database.server().fresh_database();
        let project = clinic(Project::on(database).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n[env.past]\nurl = \"env:PAST_URL\"\n",
        ))
        .variable("PAST_URL", past.url());
        project.limosa("--env past up").exits(0);
        project.limosa("up --to 001").exits(0);
        project.limosa("--yes --env past squash --to 003").exits(0);
        let plan = project.limosa("plan --to 002").exits(0);
        assert!(plan.stdout.contains("create_plan") && !plan.stdout.contains("003 link"), "{plan}");
        project.limosa("--env past up").exits(0);
        project.limosa("--env past plan --to 002").exits(1).says("there is no migration with version 002");
        project.limosa("up --to 002").exits(0).says("1 migration applied");
        assert_eq!(history(database), ["001 create_patient", "002 create_plan"]);
    });
}

#[test]
fn databases_that_ran_all_some_or_none_come_to_the_same_schema() {
    on_servers(|past| {
        let (before, fresh) = (past.server().fresh_database(), past.server().fresh_database());
        let project = clinic(Project::on(past).with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
             [env.before]\nurl = \"env:BEFORE_URL\"\n[env.fresh]\nurl = \"env:FRESH_URL\"\n",
        ))
        .variable("BEFORE_URL", before.url())
        .variable("FRESH_URL", fresh.url());
        project.limosa("up").exits(0).says("4 migrations applied");
        project.limosa("sum").exits(0);
        project.limosa("--env before up --to 002").exits(0);
        let applied_at = "SELECT max(applied_at)::text FROM limosa.migration WHERE version <= '003'";
        let when = rows(past, applied_at);

        project.limosa("squash --to 9").exits(1).says("no migration with version 9");
        project.limosa("squash --to 001").exits(1).says("nothing-to-squash");
        let text = project.limosa("squash --to 003 --dry-run").exits(0).stdout;
        assert!(text.starts_with("-- limosa: replaces 001, 002, 003\n"), "{text}");
        assert!(text.contains("INSERT INTO plan VALUES ('b', 'basic'), ('f', 'full');"), "{text}");
        assert!(!text.contains("CONCURRENTLY"), "{text}");
        project.limosa("squash --to 003").exits(2).says("--yes");
        let told = project.limosa("--yes squash --to 003").exits(0);
        told.says("migrations/003_baseline.sql in the place of 3 migrations").says("schema and rows are the same");
        assert_eq!(
            project.list("migrations"),
            ["003_baseline.sql", "004_view.down.sql", "004_view.sql", "archive", "limosa.sum"]
        );
        assert_eq!(project.list("migrations/archive").len(), 7, "three migrations, their ways back, a sum");
        project.limosa("sum --check").exits(0);
        project.limosa("squash --to 004").exits(1).says("archive-in-use");

        // A new database runs the baseline alone.
        project.limosa("--env fresh up").exits(0).says("2 migrations applied");
        assert_eq!(history(&fresh), ["003 baseline", "004 view"]);
        assert_eq!(shape(&fresh), shape(past));
        assert_eq!(rows(&fresh, "SELECT code FROM plan ORDER BY code"), ["b", "f"]);

        // One that is past gets it on record and runs nothing.
        project.limosa("status").exits(0).says("gets 003 baseline on record in the place of 3 migrations");
        project.limosa("status --check").exits(0);
        assert_eq!(history(past).len(), 4, "looking writes nothing");
        project.limosa("up").exits(0).says("up to date");
        assert_eq!(history(past), ["003 baseline", "004 view"]);
        assert_eq!(rows(past, applied_at), when, "it counts as applied when the last of them was");
        project.limosa("log").exits(0).says("squash");
        project.limosa("drift").exits(0);

        // One that has run some goes on with the archive.
        project.limosa("squash --remove-archive").exits(1).says("archive-needed").says("before has run only some");
        project.limosa("--env before status").exits(0).says("goes on with the migrations that 003 baseline replaces");
        project.limosa("--env before up").exits(0).says("2 migrations applied");
        assert_eq!(shape(&before), shape(past));
        project.limosa("--env before up").exits(0).says("up to date");
        assert_eq!(history(&before), ["003 baseline", "004 view"]);

        // When all have passed, the archive can go.
        project.limosa("--yes squash --remove-archive").exits(0).says("is removed");
        assert!(!project.list("migrations").contains(&"archive".to_owned()));
        for environment in ["dev", "before", "fresh"] {
            project.limosa(&format!("--env {environment} status --check")).exits(0);
        }
        project.limosa("squash --remove-archive").exits(0).says("there is no archive");
    });
}

#[test]
fn the_way_back_goes_behind_a_baseline() {
    on_servers(|database| {
        let project = clinic(Project::on(database));
        project.limosa("up").exits(0);
        project.limosa("--yes squash --to 003").exits(0);
        project.limosa("up").exits(0);
        assert_eq!(history(database), ["003 baseline", "004 view"]);
        project.limosa("down --steps 1").exits(0).says("1 migration reverted");
        project.limosa("down --to 001").exits(0).says("2 migrations reverted");
        assert_eq!(history(database), ["001 create_patient"]);
        project.limosa("up").exits(0).says("3 migrations applied");
        project.limosa("up").exits(0);
        assert_eq!(history(database), ["003 baseline", "004 view"]);
        project.limosa("down --all").exits(0);
        assert_eq!(shape(database), Vec::<String>::new());
        project.limosa("up").exits(0).says("2 migrations applied");
        project.limosa("down --all").exits(1).says("003 baseline has no way back");
        project.limosa("log -n 100").exits(0).never_says("broken-chain");
    });
}

#[test]
fn rows_are_written_where_their_statements_do_not_work_behind_the_schema() {
    on_servers(|database| {
        let fresh = database.server().fresh_database();
        let project = Project::on(database)
            .with("migrations/001_plan.sql", "CREATE TABLE plan (id serial PRIMARY KEY, name text, note text);\n")
            .with("migrations/002_rows.sql", "INSERT INTO plan (name) VALUES ('basic'), ('it''s full');\n")
            .with(
                "migrations/003_rename.sql",
                "ALTER TABLE plan RENAME name TO title;\nUPDATE plan SET note = upper(title);\n",
            )
            .with(
                "migrations/004_role.sql",
                "CREATE TABLE later (plan int REFERENCES plan);\nINSERT INTO later VALUES (2);\n",
            );
        project.limosa("up").exits(0);
        let told = project.limosa("--yes squash --to 004").exits(0);
        told.says("the 3 rows that they lead to stand behind the schema").says("warning[rows-as-they-are]");
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0).says("1 migration applied");
        let all = "SELECT id || title || note FROM plan ORDER BY id";
        assert_eq!(rows(&fresh, all), rows(database, all));
        assert_eq!(rows(&fresh, "INSERT INTO plan (title) VALUES ('new') RETURNING id"), ["3"]);
    });
}

#[test]
fn what_no_baseline_can_hold_is_told() {
    on_servers(|database| {
        let project = clinic(Project::on(database))
            .variable("SMTP", "secret-of-the-house")
            .with("migrations/005_role.sql", "DROP ROLE IF EXISTS nobody_here;\nSELECT 1;\n")
            .with("migrations/006_note.sql", "INSERT INTO plan VALUES ('s', '${env:SMTP}');\n")
            .with("migrations/007_comment.sql", "SELECT 1;\nCOMMENT ON TABLE plan IS '${env:SMTP}';\n");
        let told = project.limosa("squash --to 006 --dry-run").exits(0);
        assert!(told.stderr.contains("005_role.sql:1  DROP ROLE IF EXISTS nobody_here"), "{told}");
        assert!(told.stdout.contains("'${env:SMTP}'") && !told.stdout.contains("secret-of-the-house"), "{told}");
        project
            .limosa("squash --to 007 --dry-run")
            .exits(1)
            .says("007_comment.sql:2")
            .never_says("secret-of-the-house");
    });
}

#[test]
fn an_archive_that_was_changed_or_is_gone_too_early_is_told() {
    on_servers(|database| {
        let project = clinic(Project::on(database));
        project.limosa("up --to 002").exits(0);
        project.limosa("--yes squash --to 003").exits(0);
        let text = project.read("migrations/archive/003_link.sql");
        project.write("migrations/archive/003_link.sql", "SELECT 1;\n");
        project.limosa("up").exits(1).says("archive-changed");
        project.write("migrations/archive/003_link.sql", text);
        std::fs::rename(project.path().join("migrations/archive"), project.path().join("elsewhere")).unwrap();
        project.limosa("up").exits(1).says("archive-gone").says("has run 2 of the 3 migrations");
        std::fs::rename(project.path().join("elsewhere"), project.path().join("migrations/archive")).unwrap();
        project.limosa("up").exits(0).says("2 migrations applied");
    });
}
