//! Scripts of every kind: dumps, files of other tools and editors, files that are none.

use std::fs;
use std::process::Command;

use limosa_testkit::{Database, servers, thorough};

use crate::place::on_servers;
use crate::project::Project;

/// A database such as one finds it: two schemas, data with odd characters, an identity, a view, a function, a comment.
const FOUND: &str = r#"
CREATE SCHEMA audit;
CREATE TYPE public.state AS ENUM ('new', 'seen');
CREATE TABLE public.patient (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Name" text, state public.state DEFAULT 'new'
);
CREATE TABLE audit.trail (id serial PRIMARY KEY, patient int REFERENCES public.patient, said text);
INSERT INTO public.patient ("Name") VALUES ('Ann;a'), (E'tab\there'), (NULL), ('back\slash'), ('\.');
INSERT INTO audit.trail (patient, said) SELECT id, 'it''s $1 ${env:HOME} --' FROM public.patient;
CREATE VIEW public.seen AS SELECT * FROM public.patient WHERE state = 'seen';
CREATE FUNCTION public.twice(n int) RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN n * 2; END; $body$;
COMMENT ON TABLE public.patient IS 'those; who come';
"#;

fn broken(database: &Database, text: impl AsRef<[u8]>) -> Project {
    Project::on(database)
        .with("migrations/001_create_patient.sql", "CREATE TABLE patient (id int);\n")
        .with("migrations/002_broken.sql", text)
}

fn dump_of(database: &Database) -> Option<String> {
    let output = Command::new("pg_dump").arg(database.url()).output().ok()?;
    // An older pg_dump refuses a newer server.
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_dump_is_a_migration_and_others_may_follow() {
    let dump = servers().iter().find_map(|server| {
        let found = server.fresh_database();
        found.execute(FOUND);
        dump_of(&found)
    });
    let Some(dump) = dump else { return println!("without a pg_dump of these servers, this is skipped") };
    assert!(dump.contains("COPY public.patient") && dump.contains("set_config('search_path', '', false)"), "{dump}");
    on_servers(|database| {
        let project = Project::on(database)
            // Every server has a schema public; dumps of some versions make it.
            .with("migrations/001_found.sql", dump.replace("CREATE SCHEMA public;", ""))
            .with("migrations/002_add_visit.sql", "CREATE TABLE visit (patient int REFERENCES patient);\n")
            .with(
                "migrations/003_index.sql",
                "CREATE INDEX CONCURRENTLY visit_patient ON visit (patient);\nSELECT 1;\n",
            );
        project.limosa("plan").exits(0);
        project.limosa("up").exits(0).says("3 migrations applied");
        let names = database.execute("SELECT \"Name\" FROM patient ORDER BY id");
        let expected = [Some("Ann;a"), Some("tab\there"), None, Some("back\\slash"), Some("\\.")];
        assert_eq!(names, expected.map(|name| vec![name.map(str::to_owned)]));
        let said = database.execute("SELECT DISTINCT said FROM audit.trail");
        assert_eq!(said, [[Some("it's $1 ${env:HOME} --".to_owned())]]);
        assert_eq!(
            database.execute("SELECT twice(21), count(*) FROM visit"),
            [["42", "0"].map(|n| Some(n.to_owned()))]
        );
    });
}

#[test]
fn what_no_server_could_run_is_refused_before_anything_does() {
    on_servers(|database| {
        for (text, code, says) in [
            ("SELECT 1;\n\\set name 'x'\nSELECT 2;\n".as_bytes(), 1, &["002_broken.sql:2:1", "psql"][..]),
            (b"\\i other.sql\n", 1, &["002_broken.sql:1:1", "psql"]),
            (b"CREATE TABLE {{ name }} (id int);\n", 1, &["002_broken.sql:1:14"]),
            (b"CREATE TABLE t (id int);\nINSERT INTO t VALUES ('\xff\xfe');\n", 1, &["002_broken.sql", "UTF-8"]),
            (b"SELECT 'never closed;\n", 1, &["002_broken.sql:1:8"]),
            (b"SELECT 1;\nROLLBACK;\n", 1, &["002_broken.sql:2:1"]),
        ] {
            let project = broken(database, text);
            let refused = project.limosa("up").exits(code);
            for words in says {
                assert!(refused.stderr.contains(words), "{words:?} is missing in {refused}");
            }
            assert!(refused.stderr.contains(" = help: "), "what to do is missing in {refused}");
            assert_eq!(database.execute("SELECT to_regclass('patient')"), [[None]], "nothing was applied: {refused}");
        }
        let project = broken(database, "");
        project.remove("migrations/002_broken.sql");
        fs::create_dir_all(project.path().join("migrations/002_broken.sql")).unwrap();
        project.limosa("up").exits(1).says("002_broken.sql").says("folder");
        assert_eq!(database.execute("SELECT to_regclass('patient')"), [[None]]);
    });
}

#[test]
fn what_editors_leave_in_files_does_not_matter() {
    on_servers(|database| {
        let project = Project::on(database)
            .with("migrations/001_mark.sql", "\u{feff}CREATE TABLE patient (id int);\n")
            .with("migrations/002_lines.sql", "CREATE TABLE visit (\r\n  id int\r\n);\r\n-- done\r\n")
            .with("migrations/003_empty.sql", "")
            .with("migrations/004_comment.sql", "-- nothing yet\n")
            .with("migrations/005_no_end.sql", "CREATE TABLE allergy (id int)");
        project.limosa("up").exits(0).says("5 migrations applied").says("003_empty.sql");
        project.limosa("status --check").exits(0);
        project.write("migrations/002_lines.sql", "CREATE TABLE visit (\n  id int\n);\n-- done\n");
        project.limosa("status --check").exits(0).never_says("edited");
        database.execute("TABLE patient; TABLE visit; TABLE allergy");
    });
}

#[test]
fn a_large_file_runs_in_bounded_memory() {
    let (rows, most_kilobytes) = if thorough() { (1_000_000, 1_500_000) } else { (40_000, 300_000) };
    on_servers(|database| {
        let mut text = String::from("CREATE TABLE reading (id int, note text);\n");
        for id in 0..rows {
            text.push_str(&format!("INSERT INTO reading VALUES ({id}, 'quiet night');\n"));
        }
        let project = Project::on(database).with("migrations/001_readings.sql", &text);
        project.limosa_within(most_kilobytes, "up").exits(0).says("1 migration applied");
        assert_eq!(database.execute("SELECT count(*) FROM reading"), [[Some(rows.to_string())]]);
        project.limosa_within(most_kilobytes, "status --check").exits(0);
    });
}
