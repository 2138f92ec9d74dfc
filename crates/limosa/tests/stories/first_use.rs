//! The first hour with the program: a folder with SQL files, what is shown of it, what is written and what is not.

use limosa_testkit::{PrivateServer, servers};

use crate::place::{Place, everywhere};
use crate::project::Project;

/// A folder with SQL files and no limosa.toml, and the words that lead to the database.
fn folder(place: &Place) -> (Project, String) {
    let project = Project::new()
        .with("001_create_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL);\n")
        .with("001_create_patient.down.sql", "DROP TABLE patient;\n")
        .with("002_add_visit.sql", "CREATE TABLE visit (id int PRIMARY KEY, patient int REFERENCES patient);\n")
        .with("002_add_visit.down.sql", "DROP TABLE visit;\n");
    match place {
        Place::Embedded => (project, String::new()),
        Place::Server(database) => (project, format!("--url {}", database.url())),
    }
}

#[test]
fn a_folder_with_sql_files_needs_nothing_else() {
    everywhere(|place| {
        let (project, url) = folder(place);
        let limosa = |words: &str| project.limosa(&format!("{url} {words}"));
        let status = limosa("status").exits(0);
        assert!(status.stdout.lines().nth(1).unwrap().ends_with("0        2  • pending"), "{status}");
        limosa("up").exits(0).says("✓ 2 migrations applied to");
        limosa("up").exits(0).says("is up to date");

        let new = limosa("new add_allergy").exits(0);
        assert_eq!(new.stdout, "003_add_allergy.sql\n003_add_allergy.down.sql\n");
        project.write("003_add_allergy.sql", "CREATE TABLE allergy (id int PRIMARY KEY);\n");
        project.write("003_add_allergy.down.sql", "DROP TABLE allergy;\n");
        limosa("status --check").exits(1);
        limosa("up").exits(0).says("✓ 1 migration applied to");
        limosa("status --check").exits(0).says("✓ up to date");

        project.write("003_add_allergy.sql", "CREATE TABLE allergy (id int PRIMARY KEY, substance text);\n");
        limosa("up").exits(1).says("003_add_allergy.sql").says("limosa redo");
        limosa("redo").exits(0).says("reverted").says("applied");
        let columns = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute \
                       WHERE attrelid = 'allergy'::regclass AND attnum > 0";
        let database = database_of(&project, &limosa("--json status").json());
        assert_eq!(place.query(&project, &database, columns), [[Some("id substance".to_owned())]]);

        limosa("down").exits(0).says("✓ 1 migration reverted from");
        limosa("down --all").exits(0).says("✓ 2 migrations reverted from");
        limosa("down").exits(0).says("nothing to revert");
        let left = place.query(
            &project,
            &database,
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        );
        assert_eq!(left, Vec::<Vec<Option<String>>>::new());
    });
}

#[test]
fn status_speaks_to_people_and_to_programs() {
    everywhere(|place| {
        let (project, url) = folder(place);
        let limosa = |words: &str| project.limosa(&format!("{url} {words}"));
        limosa("up --steps 1").exits(0);
        let verbose = limosa("-v status").exits(0);
        let lines: Vec<&str> = verbose.stdout.lines().collect();
        assert!(lines[0].contains("PostgreSQL 1"), "{verbose}");
        assert!(
            lines[1].starts_with("  ✓  001 create_patient  20") && lines[1].ends_with("UTC  postgres"),
            "{verbose}"
        );
        assert!(lines[2].starts_with("  •  002 add_visit       pending"), "{verbose}");
        assert!(lines[2].ends_with("  002_add_visit.sql"), "{verbose}");

        let json = limosa("--json status").exits(0).json();
        assert_eq!(json["up_to_date"], false);
        let target = &json["targets"][0];
        assert_eq!(target["state"], "pending");
        assert_eq!(target["applied"][0]["version"], "001");
        assert_eq!(target["applied"][0]["applied_by"], "postgres");
        assert_eq!(target["pending"][0]["path"], "002_add_visit.sql");
        assert_eq!(target["pending"].as_array().unwrap().len(), 1);
        limosa("--json status --check").exits(1);
        assert_eq!(limosa("-q status --check").exits(1).stderr, "");
    });
}

const LOOKS: [&str; 9] =
    ["status", "status --check", "-v status", "plan", "-v plan", "log", "doctor", "up --dry-run", "sum --check"];

/// Runs everything that only looks, for people and for programs.
fn look(project: &Project, url: &str) {
    for words in LOOKS {
        for json in ["", "--json "] {
            let outcome = project.limosa(&format!("{url} {json}{words}"));
            assert!(matches!(outcome.code, Some(0 | 1)), "{outcome}");
        }
    }
}

#[test]
fn what_only_looks_leaves_no_trace() {
    // Ids of transactions are the whole server's, so nobody else may be on it.
    for server in servers().iter().map(|shared| PrivateServer::start(shared.major())) {
        let place = Place::Server(server.fresh_database());
        let (project, url) = folder(&place);
        let marks = "SELECT pg_current_xact_id()::text, \
                     (SELECT count(*) FROM pg_class)::text, \
                     (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_')";
        let mark = || -> Vec<String> {
            place.query(&project, "clinic", marks).remove(0).into_iter().map(Option::unwrap).collect()
        };
        // Asking for the id of a transaction gives it one, so the next is one more if nobody has written.
        let unwritten = |before: &[String], after: &[String]| {
            let id = |marks: &[String]| marks[0].parse::<u64>().unwrap();
            assert_eq!(id(after), id(before) + 1, "{before:?} {after:?}");
            assert_eq!(after[1..], before[1..]);
        };

        let before = mark();
        look(&project, &url);
        unwritten(&before, &mark());
        assert_eq!(before[2], "information_schema public", "no schema is made by looking");
        tells_what_is_pending(&project, &url);

        let before = mark();
        look(&project, &url);
        unwritten(&before, &mark());
        project.limosa(&format!("{url} plan")).says("1 to apply").never_says("001_create_patient.sql");
    }
}

#[test]
fn what_only_looks_does_not_start_the_embedded_server() {
    let (project, url) = folder(&Place::Embedded);
    look(&project, &url);
    assert!(!project.path().join(".limosa").exists(), "the embedded server has not been started");
    tells_what_is_pending(&project, &url);
    project.limosa("plan").says("1 to apply").never_says("001_create_patient.sql");
}

/// What `plan` says before anything is applied; then applies the first.
fn tells_what_is_pending(project: &Project, url: &str) {
    let plan = project.limosa(&format!("{url} plan"));
    plan.says("001_create_patient.sql").says("CREATE TABLE patient").says("one transaction");
    project.limosa(&format!("{url} up --steps 1")).exits(0);
}

#[test]
fn an_empty_folder_is_told_what_comes_first() {
    let project = Project::new();
    project.limosa("status").exits(2).says("neither limosa.toml nor SQL migrations").says("limosa init");
    project.limosa("init").exits(0).says("wrote limosa.toml");
    project.limosa("new create_patient").exits(0);
    project.limosa("-C nowhere status").exits(2).says("nowhere");
    assert!(!project.path().join(".limosa").exists());
}

/// The name of the database on the embedded server, as status shows it.
fn database_of(project: &Project, status: &serde_json::Value) -> String {
    let shown = status["targets"][0]["database"].as_str().unwrap_or_else(|| panic!("{status} in {project:?}"));
    shown.trim_end_matches(" (embedded)").to_owned()
}

#[test]
fn help_is_had_by_the_word_as_well() {
    let project = Project::new();
    project.limosa("help").exits(0).says("Commands:").says("contract");
    let help = project.limosa("help contract").exits(0).says("--quiet-window");
    assert_eq!(help.stdout, project.limosa("contract --help").exits(0).stdout);
    project.limosa("help nonsense").fails();
}
