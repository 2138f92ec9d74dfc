//! What `plan` tells of locks, sizes and risks, and a plan that is written down, approved and run.

use limosa_testkit::Database;
use serde_json::Value;

use crate::place::{everywhere, on_servers};
use crate::project::Project;

/// Two environments on one database; a table with rows, and two migrations that are to come.
fn project(database: &Database) -> Project {
    let project = Project::new()
        .with(
            "limosa.toml",
            "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:URL\"\n[env.prod]\nurl = \"env:URL\"\n",
        )
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id bigint PRIMARY KEY, note text);\n")
        .variable("URL", database.url());
    project.limosa("up").exits(0);
    database.execute("INSERT INTO patient SELECT g, 'note' FROM generate_series(1, 5000) g");
    // On a connection of its own, for this is no transaction's business.
    database.execute("ANALYZE patient");
    project.write("migrations/002_fill.sql", "ALTER TABLE patient ALTER note SET NOT NULL;\n");
    project.write(
        "migrations/003_visit.sql",
        "CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);\n\
         CREATE INDEX visit_patient ON visit (patient_id);\n\
         ALTER TABLE patient DROP COLUMN note; -- limosa: allow deletes-data\n",
    );
    project
}

/// Writes the plan to `plan.json`.
fn plan(project: &Project, words: &str) -> Value {
    let planned = project.limosa(&format!("--json plan {words}")).exits(0);
    project.write("plan.json", &planned.stdout);
    planned.json()
}

fn versions(database: &Database) -> String {
    let sql = "SELECT string_agg(version, ' ' ORDER BY version) FROM limosa.migration";
    database.execute(sql)[0][0].clone().unwrap_or_default()
}

#[test]
fn a_plan_says_what_is_locked_how_large_it_is_and_what_is_lost() {
    on_servers(|database| {
        let project = project(database);
        let plan = plan(&project, "");
        assert_eq!(plan["format"], 2);
        let target = &plan["targets"][0];
        assert!(target["history"].as_str().is_some_and(|hash| hash.len() == 64), "{target}");
        let statements = |migration: usize| target["migrations"][migration]["statements"].clone();
        let fill = &statements(0)[0];
        let lock = &fill["locks"][0];
        assert_eq!((&lock["relation"], &lock["mode"]), (&"public.patient".into(), &"ACCESS EXCLUSIVE".into()));
        assert_eq!((&lock["keeps_out"], &lock["reads_rows"]), (&"readers and writers".into(), &true.into()));
        assert_eq!(lock["rows"], 5000);
        assert!(lock["bytes"].as_u64().is_some_and(|bytes| bytes > 100_000), "{lock}");
        assert!(fill["duration"]["to_ms"].as_u64() >= fill["duration"]["from_ms"].as_u64(), "{fill}");
        assert_eq!(fill["hazards"][0]["name"], "scans-table");
        // What the same run makes is nobody's yet; what it refers to is there.
        let visit = statements(1);
        assert_eq!(visit[0]["locks"][0]["mode"], "SHARE ROW EXCLUSIVE");
        assert_eq!(visit[0]["locks"][0]["relation"], "public.patient");
        assert_eq!(visit[1]["locks"], Value::Array(Vec::new()));
        assert_eq!(visit[2]["hazards"][0]["name"], "deletes-data");

        let told = project.limosa("plan").exits(0);
        told.says("blocks all: patient").says("reads 5000 rows").says("deletes-data");
        let told = project.limosa("plan -v").exits(0).says("ACCESS EXCLUSIVE, keeps out readers and writers");
        told.says("SHARE ROW EXCLUSIVE, keeps out writers").says("ALTER TABLE patient ALTER note SET NOT NULL");
    });
}

#[test]
fn an_approved_plan_runs_once_and_as_far_as_it_goes() {
    on_servers(|database| {
        let project = project(database);
        plan(&project, "--steps 1");
        project.limosa("up --plan plan.json").exits(0).says("1 migration applied");
        assert_eq!(versions(database), "001 002");
        project.limosa("up --plan plan.json").exits(2).says("plan-outdated").says("002 fill was planned");
        plan(&project, "");
        project.limosa("up --plan plan.json").exits(0).says("1 migration applied");
        plan(&project, "");
        project.limosa("up --plan plan.json").exits(0).says("up to date");
        assert_eq!(versions(database), "001 002 003");
    });
}

#[test]
fn a_plan_is_refused_when_anything_has_moved() {
    on_servers(|database| {
        let project = project(database);
        let up = || project.limosa("up --plan plan.json");
        plan(&project, "");

        let fill = project.read("migrations/002_fill.sql");
        project.write("migrations/002_fill.sql", format!("{fill}SELECT 1;\n"));
        up().exits(2).says("002 fill was edited").says("nothing was changed");
        project.write("migrations/002_fill.sql", &fill);

        project.write("migrations/004_more.sql", "SELECT 1;\n");
        up().exits(2).says("004 more was not planned");
        project.remove("migrations/004_more.sql");

        database.execute("CREATE TABLE by_hand (id int)");
        up().exits(2).says("schema is not the one that the plan was made for");
        database.execute("DROP TABLE by_hand");

        project.limosa("--env prod up --plan plan.json").exits(2).says("for the environment dev, not prod");
        let elsewhere = database.server().fresh_database();
        let words = format!("--url {} up --plan plan.json", elsewhere.url());
        project.limosa(&words).exits(2).says("plan-elsewhere");

        let written = project.read("plan.json");
        project.write("plan.json", written.replace("ALTER note SET", "ALTER  note SET"));
        up().exits(2).says("changed after it was written");
        project.write("plan.json", written.replace("\"format\":2", "\"format\":3"));
        up().exits(2).says("format 3").says("format 2");
        project.write("plan.json", "SELECT 1");
        up().exits(2).says("no plan document");
        project.limosa("up --plan nowhere.json").exits(2).says("nowhere.json");
        project.write("plan.json", &written);
        assert_eq!(versions(database), "001", "nothing was run");

        project.limosa("up --steps 1").exits(0);
        up().exits(2).says("has moved since the plan");
        project.write("migrations/002_fill.down.sql", "ALTER TABLE patient ALTER note DROP NOT NULL;\n");
        project.limosa("down").exits(0);
        up().exits(2).says("its history has other events");
        project.limosa("up --plan plan.json --steps 1").exits(2).says("cannot be used with");
        assert_eq!(versions(database), "001");
    });
}

#[test]
fn a_plan_for_a_database_that_is_yet_to_be_made_can_be_run() {
    everywhere(|place| {
        let project = match place {
            crate::place::Place::Server(database) => Project::on(database),
            crate::place::Place::Embedded => Project::new(),
        };
        project.write("migrations/001_create_patient.sql", "CREATE TABLE patient (id bigint PRIMARY KEY);\n");
        plan(&project, "");
        project.limosa("up --plan plan.json").exits(0).says("1 migration applied");
    });
}
