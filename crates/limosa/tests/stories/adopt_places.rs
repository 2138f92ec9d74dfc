//! Where a take-over meets a project as it is: forgotten before the first run, several services, a role without rights.

use limosa_testkit::Database;

use crate::place::{on_servers, rows};
use crate::project::Project;

const PATIENT: &str = "CREATE TABLE patient (id int);\n";
const NAME: &str = "ALTER TABLE patient ADD name text;\n";

/// dbmate's history, with the first migration in effect.
const DBMATE: &str = "CREATE TABLE patient (id int); CREATE TABLE schema_migrations (version varchar PRIMARY KEY); \
    INSERT INTO schema_migrations VALUES ('001')";

fn clinic(database: &Database) -> Project {
    Project::on(database).with("migrations/001_patient.sql", PATIENT).with("migrations/002_name.sql", NAME)
}

fn has_history(database: &Database) -> bool {
    rows(database, "SELECT to_regclass('limosa.migration') IS NOT NULL") == ["t"]
}

#[test]
fn a_run_on_a_database_that_another_tool_manages_is_refused() {
    on_servers(|database| {
        database.execute(DBMATE);
        let project = clinic(database);
        project
            .limosa("up")
            .exits(1)
            .says("error[old-history]")
            .says("public.schema_migrations (dbmate)")
            .says("limosa adopt")
            .says("--allow old-history");
        assert!(!has_history(database), "a refused run writes nothing");
        project.limosa("plan").exits(0);
        project.limosa("adopt --yes").exits(0);
        project.limosa("up").exits(0).says("1 migration applied");

        // Nothing is in effect: the tool has been here, and that is all.
        let empty = database.server().fresh_database();
        empty.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        clinic(&empty).limosa("up").exits(0);

        // The table belongs to something else.
        let other = database.server().fresh_database();
        other.execute(DBMATE);
        other.execute("DROP TABLE patient");
        clinic(&other).limosa("up --allow old-history").exits(0).says("2 migrations applied");
        clinic(&other).limosa("up").exits(0).says("up to date");
    });
}

#[test]
fn services_that_share_a_database_are_taken_over_one_by_one() {
    on_servers(|database| {
        database.execute(DBMATE);
        let project = Project::new()
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n\
                 [service.api]\nmigrations = \"apps/api/db/migrations\"\n\
                 [service.reports]\nmigrations = \"apps/reports/migrations\"\n",
            )
            .with("apps/api/db/migrations/001_patient.sql", PATIENT)
            .with("apps/reports/migrations/001_report.sql", "CREATE TABLE report (id int);\n")
            .variable("DATABASE_URL", database.url());
        project.limosa("--service reports up").exits(1).says("error[old-history]");
        project.limosa("--service api adopt --yes").exits(0).says("on record: 1 migration,");
        project.limosa("up").exits(0).says("1 migration applied");
        assert_eq!(rows(database, "SELECT count(*) FROM report"), ["0"]);
    });
}

#[test]
fn every_service_of_a_monorepo_is_proposed_and_taken_over_from_its_own_tool() {
    on_servers(|database| {
        let (api, billing) = (database, database.server().fresh_database());
        api.execute(DBMATE);
        billing.execute(
            "CREATE TABLE bill (id int); CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
             INSERT INTO __diesel_schema_migrations VALUES ('20240101100000', '2024-01-01 10:00')",
        );
        let server = api.url().rsplit_once('/').unwrap().0;
        let project = Project::new()
            .with(
                "limosa.toml",
                format!(
                    "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"${{env:SERVER_URL}}/{{database}}\"\n\
                     [service.api]\nmigrations = \"apps/api/db/migrations\"\nlayout = \"dbmate\"\ndatabase = \"{}\"\n\
                     [service.billing]\nmigrations = \"apps/billing/migrations\"\nlayout = \"diesel\"\n\
                     database = \"{}\"\n",
                    api.name().as_str(),
                    billing.name().as_str()
                ),
            )
            .with("apps/api/db/migrations/001_patient.sql", format!("-- migrate:up\n{PATIENT}-- migrate:down\n"))
            .with("apps/billing/migrations/2024-01-01-100000_bill/up.sql", "CREATE TABLE bill (id int);\n")
            .with("apps/billing/migrations/2024-01-01-100000_bill/down.sql", "DROP TABLE bill;\n")
            .variable("SERVER_URL", server);
        let shown = project.limosa("adopt").exits(1);
        assert!(shown.stdout.contains("dbmate") && shown.stdout.contains("Diesel"), "{shown}");
        let json = project.limosa("--json --yes adopt").exits(0).json();
        assert_eq!(json.as_array().map(Vec::len), Some(2), "{json}");
        project.limosa("status --check").exits(0);
        project.limosa("--service billing --yes down").exits(0);
        assert_eq!(rows(&billing, "SELECT to_regclass('bill')::text"), ["NULL"]);
        assert_eq!(rows(api, "SELECT count(*) FROM patient"), ["0"], "the other service is as it was");
    });
}

#[test]
fn a_role_that_may_not_make_the_schema_is_told_what_it_lacks() {
    on_servers(|database| {
        database.execute(DBMATE);
        let name = database.name().as_str();
        let role = format!("adopter_{name}");
        database.execute(&format!(
            "REVOKE CREATE ON DATABASE \"{name}\" FROM PUBLIC; CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret'; \
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"{role}\""
        ));
        let (_, rest) = database.url().split_once('@').unwrap();
        let project = clinic(database).variable("DATABASE_URL", &format!("postgresql://{role}:secret@{rest}"));
        project.limosa("adopt").exits(1).says("to go on record: 1 migration");
        project.limosa("adopt --yes").exits(2).says("CREATE SCHEMA");
        assert!(!has_history(database));
        // With a history that somebody else has made, the guard needs a table of one's own.
        database.execute(&format!("GRANT CREATE ON DATABASE \"{name}\" TO \"{role}\""));
        project.limosa("adopt --yes --guard").exits(2).says("schema_migrations");
        assert_eq!(rows(database, "SELECT count(*) FROM schema_migrations"), ["1"]);
        project.limosa("adopt --yes").exits(0);
        database.execute(&format!("DROP OWNED BY \"{role}\" CASCADE; DROP ROLE \"{role}\""));
    });
}
