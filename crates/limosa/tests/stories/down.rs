//! Ways back: from the file, from the history, none at all; one alone; what the record says.

use limosa_testkit::Database;

use crate::place::on_servers;
use crate::project::Project;

/// Two migrations, both applied.
fn applied(database: &Database) -> Project {
    let project = Project::on(database)
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY);\n")
        .with("migrations/001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("migrations/002_create_audit.sql", "CREATE TABLE audit (id int);\n")
        .with("migrations/002_create_audit.down.sql", "DROP TABLE audit;\n");
    project.limosa("up").exits(0);
    project
}

fn holds(database: &Database, relation: &str) -> bool {
    database.execute(&format!("SELECT to_regclass('{relation}') IS NOT NULL"))[0][0].as_deref() == Some("t")
}

#[test]
fn what_the_checkout_lacks_is_taken_from_the_history() {
    on_servers(|database| {
        let project = applied(database);
        project.remove("migrations/002_create_audit.sql");
        project.remove("migrations/002_create_audit.down.sql");
        project.limosa("up").exits(1).says("missing-applied-file").says("limosa down");
        project.limosa("down").exits(0).says("002 create_audit").says("1 migration reverted");
        assert!(!holds(database, "audit") && holds(database, "patient"));
        project.limosa("up").exits(0).says("up to date");
    });
}

#[test]
fn where_file_and_history_differ_somebody_has_to_choose() {
    on_servers(|database| {
        let project = applied(database);
        let edited = "CREATE TABLE kept AS TABLE audit;\nDROP TABLE audit;\n";
        project.write("migrations/002_create_audit.down.sql", edited);
        let refused = project.limosa("down").exits(1);
        assert!(refused.stderr.contains("error[downs-differ]"), "{refused}");
        assert!(refused.stderr.contains("migrations/002_create_audit.down.sql"), "{refused}");
        assert!(refused.stderr.contains("`--down-from file` or `--down-from history`"), "{refused}");
        assert!(holds(database, "audit"));
        project.limosa("down --down-from history").exits(0);
        assert!(!holds(database, "audit") && !holds(database, "kept"));
        project.limosa("up").exits(0);
        project.write("migrations/002_create_audit.down.sql", "DROP TABLE audit;\n");
        project.limosa("down --down-from history").exits(0);
        assert!(holds(database, "kept"), "the history holds the file as it was when it was applied");

        // On a terminal there is somebody to ask.
        database.execute("DROP TABLE kept");
        project.limosa("up").exits(1).says("drift");
        project.limosa("up --allow drift").exits(0);
        project.write("migrations/002_create_audit.down.sql", edited);
        let Some(asked) = project.limosa_on_a_terminal("down", "f\n") else { return };
        asked.exits(0).says("[f]ile").says("1 migration reverted");
        assert!(holds(database, "kept"));
        project.limosa("up").exits(0);
        project.write("migrations/002_create_audit.down.sql", "DROP TABLE audit;\n");
        project.limosa_on_a_terminal("down", "neither\n").unwrap().exits(1);
        assert!(holds(database, "audit"), "an answer that is none changes nothing");
    });
}

#[test]
fn where_there_is_no_way_back_nothing_is_taken_back() {
    on_servers(|database| {
        let project = applied(database);
        project.write("migrations/003_drop_audit.sql", "DROP TABLE audit;\n");
        project.write("migrations/004_add_name.sql", "ALTER TABLE patient ADD name text;\n");
        project.write("migrations/004_add_name.down.sql", "ALTER TABLE patient DROP name;\n");
        project.limosa("up").exits(0);
        let refused = project.limosa("down --to 001").exits(1);
        assert!(refused.stderr.contains("003 drop_audit has no way back"), "{refused}");
        assert!(refused.stderr.contains("neither the checkout nor the history holds a down script"), "{refused}");
        assert!(!holds(database, "audit"));
        project.limosa("status").exits(0).says("004 add_name");
        // One that is written later will do.
        project.write("migrations/003_drop_audit.down.sql", "CREATE TABLE audit (id int);\n");
        project.limosa("down --to 001").exits(0).says("3 migrations reverted");
    });
}

#[test]
fn one_alone_goes_only_if_nothing_later_needs_it() {
    on_servers(|database| {
        let project = applied(database);
        project.write("migrations/003_create_visit.sql", "CREATE TABLE visit (patient int REFERENCES patient);\n");
        project.write("migrations/003_create_visit.down.sql", "DROP TABLE visit;\n");
        project.limosa("up").exits(0);
        let refused = project.limosa("down --only 001").exits(1);
        assert!(refused.stderr.contains("later migrations depend on 001 create_patient"), "{refused}");
        assert!(refused.stderr.contains("003 names `patient`"), "{refused}");
        assert!(holds(database, "patient"));
        project.limosa("down --only 002").exits(0).says("002 create_audit");
        assert!(!holds(database, "audit") && holds(database, "visit"));
        project.limosa("down --only 002").exits(1).says("002 is not applied");
        project.limosa("up").exits(1).says("out-of-sequence");
    });
}

#[test]
fn the_reason_stays_on_record() {
    on_servers(|database| {
        let project = applied(database);
        project.limosa("down --reason 'index made writes slow'").exits(0);
        project.limosa("up --reason 'second try'").exits(0);
        let log = project.limosa("--json log").exits(0).json();
        let told: Vec<String> = log[0]["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| format!("{} {} {}", event["kind"], event["version"], event["reason"]).replace('"', ""))
            .collect();
        assert_eq!(told, ["up 002 second try", "down 002 index made writes slow", "up 002 null", "up 001 null"]);
        let newest = &log[0]["events"][0];
        assert_eq!(newest["intact"], true);
        assert!(newest["actor"].as_str().unwrap().starts_with("anna@"), "{newest}");
        project.limosa("log -n 1").exits(0).says("second try").never_says("index made writes slow");
        // Whoever changes the past is found out.
        database.execute("UPDATE limosa.event SET reason = 'routine' WHERE seq = 3");
        project.limosa("log").exits(1).says("broken-chain").says("event 3");
    });
}

#[test]
fn rollbacks_written_for_prisma_work_where_prisma_never_was() {
    on_servers(|database| {
        let folder = "prisma/migrations/20241222130000_add_vitals";
        let project = Project::on(database)
            .with("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n")
            .with(&format!("{folder}/migration.sql"), "CREATE TABLE \"Vitals\" (id text PRIMARY KEY);\n")
            .with(
                "prisma/migrations/rollbacks/20241222130000_rollback.sql",
                "BEGIN;\nDROP TABLE IF EXISTS \"Vitals\";\n\
                 DELETE FROM \"_prisma_migrations\" WHERE migration_name = '20241222130000_add_vitals';\nCOMMIT;\n",
            );
        project.limosa("up").exits(0);
        project.limosa("down").exits(0);
        assert!(!holds(database, "\"Vitals\""));

        // Where it was, its row goes with the table.
        project.limosa("up").exits(0);
        database.execute(
            "CREATE TABLE _prisma_migrations (migration_name text); \
             INSERT INTO _prisma_migrations VALUES ('20241222130000_add_vitals'), ('another')",
        );
        project.limosa("down").exits(0);
        let left = database.execute("SELECT migration_name FROM _prisma_migrations");
        assert_eq!(left, [[Some("another".to_owned())]]);
    });
}

#[test]
fn a_way_back_that_fails_changes_nothing() {
    on_servers(|database| {
        let project = applied(database);
        database.execute("CREATE VIEW report AS TABLE patient");
        let failed = project.limosa("down --all").exits(2);
        assert!(failed.stderr.contains("001_create_patient.down.sql:1"), "{failed}");
        assert!(failed.stderr.contains("view report depends on table patient"), "{failed}");
        assert!(failed.stderr.contains("the way back of 001 create_patient was rolled back"), "{failed}");
        assert!(holds(database, "patient") && !holds(database, "audit"), "what came before it is done");
        database.execute("DROP VIEW report");
        project.limosa("down --all").exits(0).says("1 migration reverted");
    });
}
