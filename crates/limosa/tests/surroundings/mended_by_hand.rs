use std::time::{Duration, Instant};

use limosa_testkit::servers;

use crate::project::Project;

const TOML: &str = "[service.clinic]\nmigrations = \"m\"\n[run]\npatience = \"1 s\"\n";
const INDEX: &str = "CREATE INDEX CONCURRENTLY visit_id ON visit (id);\n";

#[test]
fn an_index_that_somebody_finished_by_hand_is_done() {
    for server in servers() {
        let database = server.fresh_database();
        database.execute("CREATE TABLE visit (id int)");
        // What the build waits for longer than it has patience: another's transaction that has written.
        let url = database.url().to_owned();
        let writer = std::thread::spawn(move || {
            limosa_testkit::execute(&url, "INSERT INTO visit VALUES (1); SELECT pg_sleep(600)");
        });
        let project = Project::of(&[("limosa.toml", TOML), ("m/001_index.sql", INDEX)]);
        let limosa = |arguments: &[&str]| project.run(&[&["--url", database.url()], arguments].concat());
        let locked =
            "SELECT FROM pg_locks WHERE relation = 'visit'::regclass AND mode = 'RowExclusiveLock' AND granted";
        let begun = Instant::now();
        while database.execute(locked).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the writer does not write");
            std::thread::sleep(Duration::from_millis(20));
        }
        limosa(&["up"]).ended(4);
        database.execute(&format!("SELECT pg_terminate_backend(pid) {}", locked.trim_start_matches("SELECT")));
        writer.join().unwrap_err();

        let unfinished = "SELECT FROM pg_index WHERE indexrelid = 'visit_id'::regclass AND NOT indisvalid";
        assert_eq!(database.execute(unfinished).len(), 1, "the build left half an index");
        database.execute("REINDEX INDEX visit_id");
        let finished = database.execute("SELECT pg_relation_filenode('visit_id')");
        let up = limosa(&["up"]).ended(0);
        assert!(up.told.contains("shows that it ran"), "{}", up.told);
        assert_eq!(database.execute("SELECT pg_relation_filenode('visit_id')"), finished, "it is not built again");
        limosa(&["status", "--check"]).ended(0);
    }
}

#[test]
fn an_index_of_somebody_else_is_never_taken_for_ours() {
    let database = limosa_testkit::server().fresh_database();
    database.execute("CREATE TABLE visit (id int, at date); CREATE INDEX visit_id ON visit (at)");
    let project = Project::of(&[("limosa.toml", TOML), ("m/001_index.sql", INDEX)]);
    for _ in 0..2 {
        let up = project.run(&["--url", database.url(), "up"]);
        assert_ne!(up.code, Some(0), "{}", up.told);
        assert!(up.told.contains("already exists"), "{}", up.told);
    }
}
