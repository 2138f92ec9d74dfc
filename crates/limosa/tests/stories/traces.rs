//! Traces: what migrations lock, read and write, seen in a shadow of the target's major version.

use std::env;

use limosa_testkit::{Database, binary_search};

use crate::place::on_servers;
use crate::project::Project;

/// A project on a database in which its first migration is applied, with server binaries of the same major version.
fn project(database: &Database) -> Project {
    let found = binary_search().find(Some(database.server().major())).unwrap();
    let project = Project::on(database)
        .with(
            "migrations/001_create.sql",
            "CREATE TABLE patient (id bigserial PRIMARY KEY, name text NOT NULL, age int CHECK (age < 150));\n\
             CREATE TABLE visit (id bigserial PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patient);\n\
             CREATE TABLE room (id int PRIMARY KEY);\n",
        )
        .variable("LIMOSA_PG_BIN", env::join_paths([found.folder()]).unwrap().to_str().unwrap());
    project.limosa("up").exits(0);
    project.write(
        "migrations/002_change.sql",
        "CREATE INDEX visit_patient ON visit (patient_id);\nALTER TABLE visit ALTER patient_id TYPE int;\n\
         DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'room' || ' ADD note text'; END $$;\n",
    );
    project.write("migrations/003_index.sql", "CREATE INDEX CONCURRENTLY patient_name ON patient (name);\n");
    project
}

#[test]
fn what_is_pending_is_traced_and_the_target_is_left_alone() {
    on_servers(|database| {
        let project = project(database);
        let traced = project.limosa("trace --rows 500 --svg locks.svg").exits(0);
        let major = database.server().major();
        for line in [
            format!("clinic  PostgreSQL {major}.").as_str(),
            "500 rows per table",
            "public.visit  SHARE  held",
            "blocks writes, schema changes",
            "builds index public.visit_patient of public.visit",
            "reads all of public.visit, 500 rows",
            "rewrites public.visit, 500 rows",
            "a column's type is stored differently",
            "public.room  ACCESS EXCLUSIVE",
            "public.patient  SHARE UPDATE EXCLUSIVE",
            "4 statements traced\n",
        ] {
            assert!(traced.stdout.contains(line), "{line:?} is missing in {traced}");
        }
        assert!(!traced.all().contains("not as in limosa's table"), "{traced}");
        let picture = project.read("locks.svg");
        assert!(picture.starts_with("<svg xmlns=") && picture.contains("ACCESS EXCLUSIVE"), "{picture}");
        project.limosa("status").exits(0).says("• pending");
        let ours = database.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'limosa_trace'");
        assert!(ours.is_empty(), "the target is not the shadow");
    });
}

#[test]
fn a_plan_shows_what_a_trace_saw_as_long_as_it_is_of_the_same_text() {
    on_servers(|database| {
        let project = project(database);
        project.limosa("plan").exits(0).says("locks unknown");
        project.limosa("trace").exits(0);
        project.limosa("plan").exits(0).says("blocks all: room (traced)").never_says("locks unknown");
        project.limosa("plan -v").exits(0).says("with 1000 rows per table").says("rewrites public.visit");
        project.limosa("plan --steps 1").exits(0).says("blocks all: room (traced)");
        let plan = project.limosa("--json plan").exits(0).json();
        let traced = &plan["targets"][0]["migrations"][0]["statements"][1]["traced"];
        assert_eq!((&traced["rows"], &traced["work"][0]["kind"]), (&1000.into(), &"rewritten".into()), "{plan}");
        assert!(traced["duration_us"].as_u64().is_some_and(|it| it > 0), "{traced}");
        project.write("plan.json", plan.to_string());
        project.write("migrations/002_change.sql", "DO $$ BEGIN EXECUTE 'ALTER TABLE patient ADD x int'; END $$;\n");
        project.limosa("plan").exits(0).never_says("traced");
    });
}

#[test]
fn a_plan_with_traced_facts_can_be_approved() {
    on_servers(|database| {
        let project = project(database);
        project.limosa("trace").exits(0);
        let plan = project.limosa("--json plan").exits(0);
        assert!(plan.stdout.contains("\"traced\""), "{plan}");
        project.write("plan.json", &plan.stdout);
        project.limosa("up --plan plan.json").exits(0);
        project.limosa("trace").exits(0).says("nothing is pending");
    });
}

#[test]
fn files_are_traced_in_their_place() {
    on_servers(|database| {
        let project = project(database);
        project.write("later.sql", "ALTER TABLE room ALTER note SET NOT NULL;\n");
        let json = project.limosa("--json trace migrations/001_create.sql").exits(0).json();
        assert_eq!(json[0]["tables"].as_array().map(Vec::len), Some(0), "nothing comes before the first: {json}");
        let json = project.limosa("--json trace migrations/003_index.sql").exits(0).json();
        let traced = &json[0]["migrations"];
        assert_eq!(traced.as_array().map(Vec::len), Some(1), "{json}");
        assert_eq!(traced[0]["transactions"][0]["statements"][0]["locks"][0]["seen"], "held-up", "{json}");
        // It wants a column of the second migration, which has rows by then.
        let json = project.limosa("--json trace --rows 50 later.sql").exits(0).json();
        let statement = &json[0]["migrations"][0]["transactions"][0]["statements"][0];
        assert_eq!((&statement["work"][0]["kind"], &statement["work"][0]["rows"]), (&"scanned".into(), &50.into()));
        assert_eq!(statement["locks"][0]["probed"]["reads"], "blocked", "{json}");
    });
}

#[test]
fn what_fails_is_a_finding_and_the_rest_is_traced() {
    on_servers(|database| {
        let project = project(database);
        project.write("wrong.sql", "ALTER TABLE nobody ADD x int;\nALTER TABLE patient ADD x int;\n");
        let traced = project.limosa("trace wrong.sql").exits(1);
        for line in ["fails: relation \"nobody\" does not exist (42P01)", "2 statements traced, 1 failed"] {
            assert!(traced.stdout.contains(line), "{line:?} is missing in {traced}");
        }
        project.write("torn.sql", "CREATE TABLE x (\n");
        project.limosa("trace torn.sql").exits(1).says("torn.sql:1");
        project.limosa("trace nowhere.sql").exits(2).says("`nowhere.sql` cannot be read");
        project.limosa("trace --rows many").exits(2);
    });
}

#[test]
fn files_of_a_project_with_several_services_belong_to_one_of_them() {
    on_servers(|database| {
        let project = project(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n\
                 [service.auth]\nmigrations = \"auth\"\n[service.api]\nmigrations = \"api\"\n",
            )
            .with("auth/001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n")
            .with("api/001_b.sql", "CREATE TABLE b (id int PRIMARY KEY);\n")
            .with("loose.sql", "ALTER TABLE b ADD x int;\n");
        project.limosa("trace loose.sql").exits(2).says("limosa --service auth trace");
        project.limosa("--service api trace loose.sql").exits(0).says("public.b  ACCESS EXCLUSIVE");
        project.limosa("trace api/001_b.sql").exits(0).says("CREATE TABLE b");
    });
}
