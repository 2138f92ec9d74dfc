//! Scripts that were run by hand, and programs whose SQL is known.

use crate::place::{on_servers, rows};
use crate::project::Project;

const PATIENT: &str = "CREATE TABLE patient (id int, name text);\n";
const ROWS: &str = "INSERT INTO patient VALUES (1, 'Ann');\n";
const VISIT: &str = "CREATE TABLE visit (id int);\nCREATE TABLE visit_note (id int);\n";
const INDEX: &str = "CREATE INDEX patient_by_name ON patient (name);\n";

fn scripts(project: Project) -> Project {
    project
        .with("migrations/001_patient.sql", PATIENT)
        .with("migrations/002_rows.sql", ROWS)
        .with("migrations/003_visit.sql", VISIT)
        .with("migrations/004_index.sql", INDEX)
        .with("migrations/004_index.down.sql", "DROP INDEX patient_by_name;\n")
}

/// The versions that wait.
fn pending(project: &Project) -> Vec<String> {
    let status = project.limosa("--json status").exits(0).json();
    let pending = status["targets"][0]["pending"].as_array().unwrap();
    pending.iter().map(|row| row["version"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_in_effect_is_found_and_goes_on_record() {
    on_servers(|database| {
        database.execute(&format!("{PATIENT}{ROWS}{VISIT}"));
        let project = scripts(Project::on(database));
        project.limosa("adopt").exits(2).says("--from scripts");
        let shown = project.limosa("adopt --from scripts").exits(1);
        assert!(shown.stdout.contains("003_visit.sql") && shown.stdout.contains("not in effect"), "{shown}");
        project.limosa("adopt --from scripts --yes").exits(0).says("on record: 3 migrations");
        assert_eq!(pending(&project), ["004"]);
        project.limosa("up").exits(0);
        assert_eq!(rows(database, "SELECT count(*) FROM patient"), ["1"], "the rows were not put in again");
        project.limosa("--yes down").exits(0);
    });
}

#[test]
fn one_in_the_middle_that_was_left_out_is_found() {
    on_servers(|database| {
        database.execute(&format!("{PATIENT}{INDEX}"));
        let project = scripts(Project::on(database));
        let shown = project.limosa("adopt --from scripts --yes").exits(0).says("though version 004 behind them is");
        assert!(shown.all().contains("`migrations/002_rows.sql` changes no schema"), "{shown}");
        let status = project.limosa("status").exits(0);
        assert!(status.all().contains("out-of-sequence"), "{status}");
        project.limosa("up --order any").exits(0);
        assert_eq!(rows(database, "SELECT to_regclass('visit_note') IS NOT NULL"), ["t"]);
    });
}

#[test]
fn half_a_script_is_refused_unless_somebody_knows_better() {
    on_servers(|database| {
        database.execute(&format!("{PATIENT}CREATE TABLE visit (id int);"));
        let project = scripts(Project::on(database));
        project.limosa("adopt --from scripts --yes").exits(1).says("is in effect in part").says("visit_note");
        project.limosa("adopt --from scripts --through 009_x.sql").exits(2).says("no migration `009_x.sql`");
        let taken = project.limosa("adopt --from scripts --through 003_visit.sql --yes").exits(0);
        assert!(taken.all().contains("do not lead to what is there"), "{taken}");
        assert_eq!(pending(&project), ["004"]);
    });
}

#[test]
fn programs_that_run_sql_become_files_with_their_ways_back() {
    on_servers(|database| {
        database.execute(
            "CREATE TABLE patient (id int); CREATE TABLE visit (id int); \
             CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, \
             migration_time timestamptz); INSERT INTO knex_migrations (name, batch, migration_time) VALUES \
             ('1_create_patient.js', 1, '2024-01-01 10:00:00Z'), ('2_createVisit.js', 1, '2024-01-02 10:00:00Z')",
        );
        let program = |table: &str| {
            format!(
                "exports.up = (knex) => knex.raw('CREATE TABLE {table} (id int)');\n\
                 exports.down = (knex) => knex.raw('DROP TABLE {table}');\n"
            )
        };
        let project = Project::on(database)
            .with(
                "limosa.toml",
                "[project]\nname = \"clinic\"\nmigrations = \"sql\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n",
            )
            .with("migrations/1_create_patient.js", program("patient"))
            .with("migrations/2_createVisit.js", program("visit"))
            .with("sql/.gitkeep", "");
        project.limosa("adopt").exits(1).says("each becomes a file with the SQL that it runs");
        project.limosa("adopt --yes").exits(0).says("on record: 2 migrations");
        let names = project.list("sql");
        assert!(names.iter().any(|name| name.ends_with("_create_patient.down.sql")), "{names:?}");
        project.limosa("--yes down").exits(0);
        assert_eq!(rows(database, "SELECT to_regclass('visit') IS NULL, to_regclass('patient') IS NULL"), ["t|f"]);
        project.limosa("up").exits(0);
        let fresh = database.server().fresh_database();
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(rows(&fresh, "SELECT to_regclass('visit') IS NULL, to_regclass('patient') IS NULL"), ["f|f"]);
    });
}
