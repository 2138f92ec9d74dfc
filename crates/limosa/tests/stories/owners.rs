//! Who owns what migrations make, and in which schema it lies.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

fn project(database: &Database, service: &str) -> Project {
    Project::new()
        .with(
            "limosa.toml",
            format!(
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [service.api]\nmigrations = \"migrations\"\n{service}\n"
            ),
        )
        .with(
            "migrations/001_create_patient.sql",
            "CREATE TABLE patient (id serial);\nCREATE VIEW p AS TABLE patient;\n",
        )
        .with("migrations/001_create_patient.down.sql", "DROP VIEW p;\nDROP TABLE patient;\n")
        .with("migrations/002_index.sql", "CREATE INDEX CONCURRENTLY patient_id ON patient (id);\nSELECT 1;\n")
        .variable("DATABASE_URL", database.url())
}

/// Roles belong to the whole server; a test names its own after its database.
fn role(database: &Database, what: &str) -> String {
    format!("{what}_{}", database.name().as_str())
}

#[test]
fn what_is_made_belongs_to_the_role_that_is_to_own_it() {
    on_servers(|database| {
        let owner = role(database, "owner");
        database.execute(&format!(
            "CREATE ROLE {owner}; GRANT CREATE ON SCHEMA public TO {owner}; GRANT CREATE ON DATABASE {} TO {owner}",
            database.name()
        ));
        let project = project(database, &format!("owner_role = \"{owner}\""));
        project.limosa("up").exits(0);
        let owners =
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(database.execute(owners), [[Some(owner.clone())]], "tables, sequences, views, indexes");
        project.limosa("doctor").exits(0);
        project.limosa("status --check").exits(0);
        let log = project.limosa("log").exits(0);
        assert!(log.stdout.contains(" as postgres"), "who logged in is on record: {log}");
        project.write("migrations/002_index.down.sql", "DROP INDEX patient_id;\n");
        project.limosa("down --all").exits(0);
        database.execute(&format!("DROP OWNED BY {owner}; DROP ROLE {owner}"));
    });
}

#[test]
fn a_role_that_is_missing_or_not_allowed_is_named_before_anything_runs() {
    on_servers(|database| {
        let project_of = |owner: &str| project(database, &format!("owner_role = \"{owner}\""));
        let missing = project_of("nobody_at_all").limosa("up").exits(2);
        assert!(missing.stderr.contains("nobody_at_all"), "{missing}");
        assert!(missing.stderr.contains("does not exist"), "{missing}");
        assert!(missing.stderr.contains("CREATE ROLE \"nobody_at_all\""), "{missing}");

        let (owner, login) = (role(database, "other"), role(database, "login"));
        database.execute(&format!(
            "CREATE ROLE {owner}; CREATE ROLE {login} LOGIN PASSWORD 'p'; \
             GRANT CREATE ON DATABASE {name} TO {login}, {owner}; GRANT CREATE ON SCHEMA public TO {owner}",
            name = database.name()
        ));
        let (_, rest) = database.url().split_once('@').unwrap();
        let project = project_of(&owner).variable("DATABASE_URL", &format!("postgresql://{login}:p@{rest}"));
        let refused = project.limosa("up").exits(2);
        assert!(refused.stderr.contains(&owner), "{refused}");
        assert!(refused.stderr.contains(&format!("GRANT \"{owner}\" TO \"{login}\"")), "{refused}");
        let made = database.execute("SELECT count(*) FROM pg_class WHERE relname = 'patient'");
        assert_eq!(made, [[Some("0".to_owned())]]);
        project.limosa("doctor").exits(1).says(&owner);

        database.execute(&format!("GRANT {owner} TO {login}"));
        project.limosa("up").exits(0);
        let owners = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'patient'";
        assert_eq!(database.execute(owners), [[Some(owner.clone())]]);
        project.limosa("status --check").exits(0);
        database.execute(&format!("DROP OWNED BY {owner}, {login}; DROP ROLE {owner}, {login}"));
    });
}

#[test]
fn names_go_to_the_schemas_of_the_service() {
    on_servers(|database| {
        database.execute("CREATE SCHEMA \"Clinic\"; CREATE SCHEMA audit; CREATE TABLE audit.trail (id int)");
        let project = project(database, "schemas = [\"Clinic\", \"audit\"]");
        project.write("migrations/003_use_audit.sql", "CREATE VIEW seen AS TABLE trail;\n");
        project.limosa("up").exits(0);
        let found =
            "SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class WHERE relname IN ('patient', 'p', 'seen')";
        assert_eq!(database.execute(found), [[Some("\"Clinic\"".to_owned())]]);
    });
}
