//! A declared schema: what it differs in, the migrations generated from it, drift, and proofs.

use crate::place::on_servers;
use crate::project::Project;

const TOML: &str = "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                    [service.clinic]\nmigrations = \"migrations\"\nschema = \"schema\"\n";

/// A service that declares a table, a view on it in a file that comes first, and a privilege of a role that no shadow
/// has.
fn declared(project: Project) -> Project {
    let project = project
        .with("limosa.toml", TOML)
        .with("schema/1_views.sql", "CREATE VIEW adult AS SELECT id FROM patient WHERE age > 17;\n")
        .with("schema/2_tables.sql", "CREATE TABLE patient (id bigint PRIMARY KEY, age int NOT NULL);\n");
    std::fs::create_dir(project.path().join("migrations")).unwrap();
    project
}

#[test]
fn migrations_are_generated_from_the_declared_schema_and_lead_there_and_back() {
    on_servers(|database| {
        let project = declared(Project::on(database));
        project.limosa("generate create_patient").exits(0).says("_create_patient.sql").says("_create_patient.down.sql");
        project.limosa("generate create_patient_again").exits(0).says("nothing to generate");
        project.limosa("up").exits(0);
        project.limosa("diff db schema").exits(0).says("no difference");

        project.write(
            "schema/2_tables.sql",
            "CREATE TABLE patient (id bigint PRIMARY KEY, age bigint NOT NULL, name text);\n\
             CREATE INDEX patient_name ON patient (name);\n",
        );
        let differs = project.limosa("diff db schema").exits(1);
        assert!(differs.stdout.contains("DROP VIEW \"public\".\"adult\""), "{differs}");
        assert!(differs.stdout.contains("CREATE INDEX CONCURRENTLY \"patient_name\""), "{differs}");
        assert!(!differs.stdout.contains("DROP TABLE"), "{differs}");
        database.execute("INSERT INTO patient VALUES (1, 40)");
        project.limosa("generate widen_age").exits(0);
        project.limosa("up").exits(0);
        project.limosa("diff db schema").exits(0);
        let rows = database.execute("SELECT (SELECT count(*) FROM adult), (SELECT age FROM patient)");
        assert_eq!(rows, [["1", "40"].map(|text| Some(text.to_owned()))], "the row is there, and the view sees it");
        project.limosa("down").exits(0);
        project.limosa("diff db migrations").exits(1).says("patient_name");
        project.limosa("up").exits(0);
        project.limosa("prove").exits(0).says("2 of 2 migrations proven");
    });
}

#[test]
fn what_somebody_changed_by_hand_is_drift() {
    on_servers(|database| {
        let project = declared(Project::on(database));
        project.limosa("drift").exits(0).says("no run has left a snapshot");
        project.limosa("generate create_patient").exits(0);
        project.limosa("up").exits(0);
        project.limosa("drift").exits(0).says("no drift");

        // A migration that is pending is none.
        project.write("migrations/20990101000000_add_note.sql", "ALTER TABLE patient ADD note text;\n");
        project.limosa("drift").exits(0).says("no drift");

        database.execute(
            "ALTER TABLE patient ADD by_hand text; CREATE TABLE queue_1 (id int); COMMENT ON TABLE patient IS 'x'",
        );
        let drift = project.limosa("drift").exits(1);
        for line in ["column public.patient.by_hand was added", "table public.queue_1 was added", "comment"] {
            assert!(drift.stdout.contains(line), "{line:?} is missing in {drift}");
        }
        let json = project.limosa("--json drift").exits(1).json();
        assert_eq!(json[0]["state"], "drifted");
        assert_eq!(json[0]["changes"].as_array().map(Vec::len), Some(3), "{json}");
        project.limosa("up").exits(1).says("error[drift]").says("--allow drift");
        let ignored =
            format!("{TOML}[drift]\nignore = [{{ object = \"table public.queue_*\", reason = \"a job's\" }}]\n");
        project.write("limosa.toml", ignored);
        project.limosa("drift").exits(1).never_says("queue_1");
        project.limosa("up --allow drift --reason 'hotfix of Friday'").exits(0);
        project.limosa("log").exits(0).says("drift").says("hotfix of Friday");
        project.limosa("drift").exits(0).says("no drift");
    });
}

#[test]
fn a_schema_comes_from_a_database_a_file_a_saved_catalog_or_a_command() {
    on_servers(|database| {
        let project = declared(Project::on(database));
        project.limosa("generate create_patient").exits(0);
        project.limosa("up").exits(0);
        project.write("then.json", project.limosa("snapshot").exits(0).stdout);
        database.execute("ALTER TABLE patient ADD note text");
        let same = "ALTER TABLE \"public\".\"patient\" ADD COLUMN \"note\" text;\n";
        for from in ["then.json", "schema", "migrations", "'cmd:cat schema/2_tables.sql schema/1_views.sql'"] {
            let found = project.limosa(&format!("diff {from} db")).exits(1);
            assert_eq!(found.stdout, same, "from {from}");
        }
        project.limosa("diff 'cmd:exit 3' db").exits(2).says("ended with exit status: 3");
        project.write("broken.json", "{}");
        project.limosa("diff broken.json db").exits(2).says("is no saved catalog");
    });
}

#[test]
fn a_declared_schema_is_what_a_command_prints() {
    on_servers(|database| {
        let toml = TOML.replace("schema = \"schema\"", "schema = \"cmd:cat tables.txt\"");
        let project = declared(Project::on(database)).with("limosa.toml", toml);
        project.write("tables.txt", "CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL);\n");
        project.limosa("generate create_patient").exits(0);
        project.limosa("up").exits(0);
        project.limosa("diff db schema").exits(0);
        project.limosa("check --only schema").exits(0).says("lead to what is declared");
        project.write("tables.txt", "CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL, note text);\n");
        project.limosa("check --only schema").exits(1).says("do not lead to `cmd:cat tables.txt`");
        project.limosa("generate add_note").exits(0);
        project.limosa("check --only schema").exits(0);
        project.write("tables.txt", "CREATE TABLE broken (");
        project.limosa("check --only schema").exits(1).says("cmd:cat tables.txt");
        project.write("limosa.toml", TOML.replace("schema = \"schema\"", "schema = \"cmd: \""));
        project.limosa("status").exits(2).says("behind `cmd:` stands the command");
    });
}

#[test]
fn an_upgrade_of_the_server_is_no_drift() {
    on_servers(|database| {
        let project = declared(Project::on(database));
        project.limosa("generate create_patient").exits(0);
        project.limosa("up").exits(0);
        // As if the server had been of the major version before.
        database.execute(
            "UPDATE limosa.snapshot SET server_major = server_major - 1, fingerprint = 'another', catalog = ''",
        );
        project.limosa("drift").exits(0).says("the next run looks again");
        project.limosa("up").exits(0).says("is up to date");
        project.limosa("drift").exits(0).says("no drift");
    });
}

#[test]
fn a_schema_that_does_not_load_is_shown_with_its_place() {
    let project = Project::new()
        .with("a.sql", "CREATE TABLE patient (id int);\n")
        .with("b.sql", "CREATE TABLE patient (id int);\nCREATE VIEW v AS SELECT nope\nFROM patient;\n");
    let failed = project.limosa("diff a.sql b.sql").exits(1);
    for line in ["column \"nope\" does not exist", "b.sql:2:25"] {
        assert!(failed.stderr.contains(line), "{line:?} is missing in {failed}");
    }
}

#[test]
fn files_and_statements_stand_in_any_order_each_under_its_own_settings() {
    let project = Project::new()
        .with(
            "wanted/1_views.sql",
            "SET search_path = clinic;\nBEGIN;\nCREATE VIEW adult AS SELECT id FROM patient WHERE is_adult(age);\n\
             GRANT SELECT ON adult TO reader;\nCOMMIT;\n",
        )
        .with(
            "wanted/2_functions.sql",
            "CREATE FUNCTION clinic.is_adult(int) RETURNS bool LANGUAGE sql RETURN $1 > (SELECT min(age) \
             FROM limits);\n",
        )
        .with(
            "wanted/3_tables.sql",
            "SELECT pg_catalog.set_config('search_path', 'clinic', false);\nCREATE TABLE visit (patient_id bigint \
             REFERENCES patient);\nCREATE TABLE patient (id bigint PRIMARY KEY, age int);\nCREATE SCHEMA clinic;\n\
             CREATE ROLE reader;\n",
        )
        .with("wanted/4_limits.sql", "CREATE TABLE limits (age int);\nCOPY limits FROM stdin;\n17\n\\.\n")
        .with(
            "same.sql",
            "CREATE ROLE reader; CREATE TABLE limits (age int); CREATE SCHEMA clinic; CREATE TABLE clinic.patient \
             (id bigint PRIMARY KEY, age int); CREATE TABLE clinic.visit (patient_id bigint REFERENCES \
             clinic.patient); \
             CREATE FUNCTION clinic.is_adult(int) RETURNS bool LANGUAGE sql RETURN $1 > (SELECT min(age) FROM limits); \
             CREATE VIEW clinic.adult AS SELECT id FROM clinic.patient WHERE clinic.is_adult(age); \
             GRANT SELECT ON clinic.adult TO reader;",
        );
    project.limosa("diff wanted same.sql").exits(0).says("no difference");
}

#[test]
fn a_schema_that_was_computed_is_not_computed_again() {
    let known = |project: &Project| std::fs::read_dir(project.home().join("cache/known")).unwrap().count();
    let project = Project::new()
        .with("a.sql", "CREATE TABLE patient (id int);\n")
        .with("b.sql", "CREATE TABLE patient (id int, name text);\n");
    let computed = project.limosa("diff a.sql b.sql").exits(1).stdout;
    assert_eq!(known(&project), 2, "one answer for each file");
    // A server that cannot be started shows that none is.
    let project = project.variable("TMPDIR", "/nowhere");
    assert_eq!(project.limosa("diff a.sql b.sql").exits(1).stdout, computed);
    project.limosa("--no-cache diff a.sql b.sql").exits(2);
    project.write("b.sql", "CREATE TABLE patient (id int, name text, age int);\n");
    project.limosa("diff a.sql b.sql").exits(2);
    let project = project.variable("TMPDIR", "/tmp");
    project.limosa("diff a.sql b.sql").exits(1).says("\"age\"");
    assert_eq!(known(&project), 3, "what was asked before is still known");
}
