//! Consumers: the queries of applications go together with the schema, before and after each migration.

use limosa_testkit::{binary_search, servers};

use crate::place::on_servers;
use crate::project::{Project, run};

/// Plays a story with a shadow of each version that the tests know and have binaries of, and with the embedded one.
fn in_shadows(story: impl Fn(&dyn Fn(Project) -> Project)) {
    for server in servers() {
        let Ok(found) = binary_search().find(Some(server.major())) else { continue };
        println!("in a shadow of PostgreSQL {}", found.version());
        story(&|project| project.variable("LIMOSA_PG_BIN", &found.folder().to_string_lossy()));
    }
    println!("in the embedded shadow");
    story(&|project| project);
}

fn clinic() -> Project {
    Project::new()
        .with("limosa.toml", "[project]\nname = \"clinic\"\n")
        .with(
            "migrations/001_create.sql",
            "CREATE TYPE mood AS ENUM ('ok');\n\
             CREATE TABLE patient (id uuid PRIMARY KEY, name text, fax text, mood mood);\n\
             CREATE TABLE visit (id int PRIMARY KEY, patient uuid REFERENCES patient, ward varchar(20));\n",
        )
        .with(
            "consumers/portal/patients.sql",
            "-- name: GetPatient :one\nSELECT id, name, fax, mood FROM patient WHERE id = @id;\n\n\
             -- name: AddVisit :exec\nINSERT INTO visit (id, patient, ward) VALUES ($1, sqlc.arg(patient), $3);\n",
        )
        .with(
            "consumers/reports/visits.sql",
            "/* @name Visits\n   @param wards -> (...) */\n\
             SELECT v.id, p.name, ':no'::text AS said FROM visit v JOIN patient p ON p.id = v.patient\n\
             WHERE v.ward IN :wards AND v.id > :after!::int;\n",
        )
}

fn commit(project: &Project) {
    let git = |words: &str| run(project.path(), "git", &words.split(' ').collect::<Vec<_>>());
    git("init -q -b main");
    git("config user.email ann@example.org");
    git("config user.name Ann");
    git("add .");
    git("commit -q -m first");
}

#[test]
fn a_query_that_a_pending_migration_breaks_is_named_with_the_migration() {
    in_shadows(|place| {
        let project = place(clinic());
        project.limosa("check --consumers").exits(0).says("3 queries hold in 1 state of the schema");
        commit(&project);
        project.write("migrations/002_add_phone.sql", "ALTER TABLE patient ADD phone text;\n");
        project.write("migrations/003_drop_fax.sql", "ALTER TABLE patient DROP fax;\n");
        project.write(
            "migrations/004_short_ids.sql",
            "ALTER TABLE visit DROP CONSTRAINT visit_patient_fkey;\n\
             ALTER TABLE visit ALTER patient TYPE varchar(8);\nALTER TABLE patient ALTER id TYPE varchar(8);\n",
        );
        let failed = project.limosa("check --consumers --base main").exits(1);
        for line in [
            "✗ consumers",
            "2 of 3 queries do not hold in 4 states of the schema",
            "the query `GetPatient` of `portal` cannot be run any more after 003 drop_fax: column \"fax\" does not",
            "consumers/portal/patients.sql:2:18",
            "the migration is `migrations/003_drop_fax.sql`",
            "the query `AddVisit` of `portal` takes or gives something else after 004 short_ids",
            "its parameter `patient` is varchar, and was uuid",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        failed.never_says("`Visits`");
        // Known, without a shadow; and anew with another text.
        project.limosa("check --consumers --base main").exits(1).says("003 drop_fax");
        project.remove("migrations/003_drop_fax.sql");
        project.remove("migrations/004_short_ids.sql");
        project.limosa("check --consumers --base main").exits(0).says("3 queries hold in 2 states of the schema");
    });
}

#[test]
fn code_and_database_that_disagree_are_told_with_a_place() {
    in_shadows(|place| {
        let project = place(clinic())
            .with(
                "consumers/portal/wrong.sql",
                "SELECT 1;\nSELECT name\nFROM patient\nWHERE phnoe = :phone AND :x > 1;\n",
            )
            .with("migrations/002_drop_ward.sql", "ALTER TABLE visit DROP ward;\n");
        let failed = project.limosa("check --consumers").exits(1);
        for line in [
            "3 of 5 queries do not hold",
            "the query of `portal` and the database disagree: column \"phnoe\" does not exist",
            "consumers/portal/wrong.sql:4:7",
            "no migration that is here makes a schema in which it can be run",
            "the query `Visits` of `reports` cannot be run any more after 002 drop_ward: column v.ward does not exist",
            "consumers/reports/visits.sql:4:7",
        ] {
            assert!(failed.all().contains(line), "{line:?} is missing in {failed}");
        }
        let json = project.limosa("--json check --consumers").exits(1).json();
        let section = &json["sections"][0];
        assert_eq!((section["section"].as_str(), section["result"].as_str()), (Some("consumers"), Some("findings")));
        let wrong = section["details"].as_array().unwrap().iter().filter(|it| it["result"] == "failed").count();
        assert_eq!(wrong, 3, "{json}");
    });
}

#[test]
fn what_is_applied_where_the_application_runs_is_where_it_begins() {
    on_servers(|database| {
        let project = clinic()
            .variable("DATABASE_URL", database.url())
            .with("limosa.toml", "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n");
        project.limosa("up").exits(0);
        project
            .write("migrations/002_drop_ward.sql", "ALTER TABLE visit DROP ward;\nALTER TABLE visit ADD ward int;\n");
        project.limosa("--env dev check --consumers").exits(1).says("after 002 drop_ward").says("`wards` is int4");
        // A new version of the application may already ask for what is to come, and the old one must go on.
        project.write("migrations/002_drop_ward.sql", "ALTER TABLE visit ADD bed int;\n");
        project.write("consumers/portal/new.sql", "SELECT bed FROM visit;\n");
        project.limosa("--env dev check --consumers").exits(0).says("4 queries hold in 2 states");
        assert_eq!(database.execute("SELECT count(*) FROM limosa.migration"), [[Some("1".to_owned())]]);
    });
}

#[test]
fn applications_say_who_they_are_and_what_they_mind() {
    let project = Project::new()
        .with(
            "migrations/001_create.sql",
            "CREATE SCHEMA app;\nCREATE TABLE app.a (id int);\nCREATE VIEW app.all_a AS SELECT * FROM app.a;\n",
        )
        .with("src/queries/a.sql", "SELECT * FROM a;\n")
        .with(
            "server/.sqlx/query-1.json",
            r#"{"db_name": "PostgreSQL", "query": "SELECT id AS \"id!\" FROM app.a WHERE id = $1",
                "describe": {"columns": [{"ordinal": 0, "name": "id!", "type_info": "Int4"}]}}"#,
        );
    let configure = |text: &str| {
        let toml = format!(
            "[project]\nname = \"clinic\"\n[consumer.web]\npath = \"src/queries\"\n{text}\n\
             [consumer.server]\npath = \"server\"\n"
        );
        project.write("limosa.toml", toml);
    };
    configure("");
    project.limosa("check --consumers").exits(1).says("relation \"a\" does not exist").says("src/queries/a.sql:1:15");
    configure("search_path = [\"app\"]");
    project.limosa("check --consumers").exits(0).says("2 queries hold");
    configure("search_path = [\"app\"]\nrole = \"web\"");
    project
        .limosa("check --consumers")
        .exits(1)
        .says("relation \"a\" does not exist")
        .says("asked as the role \"web\"");
    project.write("migrations/002_grant.sql", "GRANT USAGE ON SCHEMA app TO web;\n");
    project.limosa("check --consumers").exits(0);
    configure("search_path = [\"app\"]\ncompare = \"everything\"");
    commit(&project);
    project.write("migrations/003_add.sql", "ALTER TABLE app.a ADD name text;\n");
    let said = "its column `name`, text, is new";
    project.limosa("check --consumers --base main").exits(1).says(said);
    configure("search_path = [\"app\"]");
    project.limosa("check --consumers --base main").exits(0);
    project.write("migrations/003_add.sql", "ALTER TABLE app.a ALTER id TYPE bigint USING id;\n");
    let refused = project.limosa("check --consumers --base main").exits(1);
    assert!(refused.all().contains("cannot alter type of a column used by a view"), "{refused}");
    project.write(
        "server/.sqlx/query-1.json",
        r#"{"db_name": "PostgreSQL", "query": "SELECT 1 AS a", "describe": {"columns": []}}"#,
    );
    project.write("migrations/003_add.sql", "SELECT 1;\n");
    project.limosa("check --consumers").exits(1).says("was built for another schema").says("cargo sqlx prepare");
}

#[test]
fn queries_that_name_what_goes_with_an_online_change_are_named_by_the_plan() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_create.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text, fax text);\n")
            .with(
                "consumers/portal/patients.sql",
                "-- name: GetPatient :one\nSELECT id, name FROM patient WHERE id = $1;\n\n\
                 -- name: GetFax :one\nSELECT fax FROM patient WHERE id = $1;\n",
            )
            .with("consumers/new/patients.sql", "-- name: Title :one\nSELECT title AS name FROM patient;\n");
        let toml = project.read("limosa.toml");
        project.write("limosa.toml", format!("{toml}[consumer.new]\nversion = \"002\"\n"));
        project.limosa("up").exits(0);
        let rename = "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN name TO title;\n";
        project.write("migrations/002_name.sql", rename);
        let plan = project.limosa("plan").exits(0).says("the query `GetPatient` of `portal` names name of patient");
        plan.says("check --consumers").never_says("`GetFax`").never_says("`Title`");
    });
}

#[test]
fn a_copy_without_columns_meets_the_copy_of_a_column() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("limosa.toml", "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n")
            .with("migrations/001_create.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text);\n")
            .with(
                "consumers/portal/load.sql",
                "-- name: Load :copyfrom\nCOPY patient FROM STDIN;\n\n\
                 -- name: Show :copyto\nCOPY patient TO STDOUT;\n\n\
                 -- name: Fill :copyfrom\nCOPY patient (id) FROM STDIN;\n",
            );
        project.limosa("up").exits(0);
        let rename = "-- limosa: online\n\nALTER TABLE patient RENAME COLUMN name TO title;\n";
        project.write("migrations/002_title.sql", rename);
        let said = project.limosa("check --env dev --consumers").exits(1);
        for line in [
            "the query `Load` of `portal` takes or gives something else while 002 title waits for contract",
            "its column `title`, text, is new",
            "the query `Show` of `portal` takes or gives something else after the contract of 002 title",
            "2 of 3 queries do not hold",
        ] {
            assert!(said.all().contains(line), "{line:?} is missing in {said}");
        }
    });
}
