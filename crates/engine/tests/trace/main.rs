//! Traces of migrations on real servers of our own. A case is a file: what has been applied, then `-- traced`, then
//! what is traced; the snapshot is what was seen, without times.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod told;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use limosa_catalog::{Identifier, ServerMajor};
use limosa_engine::{Answers, Extent, Replay, TraceRequest, keep_traces, known_traces, stop_switch, trace};
use limosa_plan::trace::{Seen, Trace, TracedStatement, WorkKind};
use limosa_postgres::provider::ProviderKind;
use limosa_postgres::provider::binaries::{BinariesProvider, BinariesSettings};
use limosa_postgres::{Shadow, ShadowIdentity};
use limosa_project::{MigrationSet, load, read_migrations};
use limosa_syntax::SourceFile;
use limosa_testkit::{binary_search, server, servers};

const ROWS: u64 = 500;

fn shadow(major: ServerMajor) -> Shadow {
    let search = binary_search();
    let found = search.find(Some(major)).unwrap();
    let identity = ShadowIdentity { kind: ProviderKind::Binaries, version: found.version() };
    let settings = BinariesSettings { search, major: Some(major), data: None, temporary: std::env::temp_dir() };
    Shadow::on(identity, move || Ok(Box::new(BinariesProvider::new(&settings)?)))
}

/// The migrations of a project with this one.
fn migrations(first: &str) -> MigrationSet {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    fs::write(folder.path().join("migrations/001_first.sql"), first).unwrap();
    let project = load(folder.path()).unwrap().project;
    read_migrations(&project, &project.services[0]).unwrap()
}

fn request(before: &str, traced: &str) -> TraceRequest {
    let file = SourceFile { path: "change.sql".to_owned(), text: traced.into() };
    TraceRequest::of_files(&migrations(before), &[Arc::new(file)], ROWS).unwrap()
}

fn with_replay<T>(then: impl FnOnce(&Replay<'_>) -> T) -> T {
    let history_schema = Identifier::new("limosa").unwrap();
    let values = |_: &str| None;
    then(&Replay {
        service: "clinic",
        history_schema: &history_schema,
        ids_schema: &Identifier::new("ids").unwrap(),
        owner_role: None,
        search_path: None,
        coexistence: &limosa_project::CoexistenceSettings::default(),
        values: &values,
        extent: Extent::All,
    })
}

fn traced(shadow: &mut Shadow, request: &TraceRequest) -> Trace {
    let (_switch, stop) = stop_switch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    with_replay(|replay| runtime.block_on(trace(shadow, request, replay, &stop)).unwrap())
}

fn cases() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trace/cases");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let (before, traced) = text.split_once("-- traced\n").unwrap();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), before.to_owned(), traced.to_owned())
        })
        .collect();
    cases.sort();
    cases
}

/// On every server the same is seen, and nothing of it differs from the table of locks.
#[test]
fn cases_are_seen_as_they_were_and_as_the_table_of_locks_says() {
    for server in servers() {
        let mut shadow = shadow(server.major());
        for (name, before, text) in cases() {
            let trace = traced(&mut shadow, &request(&before, &text));
            for statement in trace.statements() {
                let what: Vec<_> = statement.differences.iter().map(|it| &it.what).collect();
                let (major, summary) = (server.major(), &statement.summary);
                assert!(what.is_empty(), "{name} on {major}: {summary}: {what:?}");
            }
            let mut settings = insta::Settings::clone_current();
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.set_snapshot_path("cases");
            settings.bind(|| insta::assert_snapshot!(name.clone(), told::told(&trace)));
        }
    }
}

#[test]
fn a_lock_is_held_from_its_statement_to_the_end_of_the_transaction() {
    let mut shadow = shadow(server().major());
    let before = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);";
    let text = "LOCK TABLE a; SELECT pg_sleep(0.03); LOCK TABLE b; SELECT pg_sleep(0.01);";
    let trace = traced(&mut shadow, &request(before, text));
    let statements: Vec<_> = trace.statements().collect();
    let held = |at: usize| statements[at].locks[0].held;
    let commit = trace.migrations[0].transactions[0].commit;
    let spent: Vec<_> = statements.iter().map(|statement| statement.duration).collect();
    assert_eq!(held(0), spent[0] + spent[1] + spent[2] + spent[3] + commit);
    assert_eq!(held(2), spent[2] + spent[3] + commit);
    assert!(spent[1].as_millis() >= 30, "{spent:?}");
}

#[test]
fn a_statement_that_fails_is_told_and_the_next_one_runs() {
    let mut shadow = shadow(server().major());
    let text = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nALTER TABLE a ADD x int;\n\n\
                ALTER TABLE a\n  DROP nothing;\n\
                ALTER TABLE a ADD y int;\nCREATE INDEX CONCURRENTLY ON nowhere (a);\nVACUUM a;\n\
                GRANT SELECT ON a TO somebody_else;\nCOPY nowhere FROM stdin;\n1\n\\.\nALTER TABLE a ADD z int;\n";
    let trace = traced(&mut shadow, &request("CREATE TABLE a (id int PRIMARY KEY);", text));
    let told: Vec<_> = trace
        .statements()
        .map(|statement| {
            let failure = statement.failure.as_ref();
            (statement.line, failure.and_then(|it| it.sqlstate.clone()), failure.and_then(|it| it.line))
        })
        .collect();
    let code = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            (1, None, None),
            (2, None, None),
            (4, code("42703"), None),
            (6, None, None),
            (7, code("42P01"), None),
            (8, None, None),
            (9, None, None),
            (10, code("42P01"), None),
        ]
    );
    assert!(!trace.migrations[0].succeeded());
}

#[test]
fn a_statement_that_costs_the_session_ends_its_transaction_and_not_the_trace() {
    let mut shadow = shadow(server().major());
    let text = "BEGIN; ALTER TABLE a ADD x int; SELECT pg_terminate_backend(pg_backend_pid());\n\
                ALTER TABLE a ADD y int; COMMIT; BEGIN; ALTER TABLE a ADD x int; COMMIT;";
    let trace = traced(&mut shadow, &request("CREATE TABLE a (id int PRIMARY KEY);", text));
    let [first, second] = trace.migrations[0].transactions.as_slice() else { panic!("{trace:?}") };
    let failed: Vec<bool> = first.statements.iter().map(|statement| statement.failure.is_some()).collect();
    assert_eq!((failed, first.failure.is_some()), (vec![false, true], true));
    assert!(second.failure.is_none() && second.statements[0].failure.is_none(), "{second:?}");
}

#[test]
fn rows_that_cannot_be_made_are_told() {
    let mut shadow = shadow(server().major());
    let before = "CREATE TABLE a (id int PRIMARY KEY CHECK (id > 2 AND id < 1)); CREATE TABLE b (id int PRIMARY KEY);";
    let trace = traced(&mut shadow, &request(before, "ALTER TABLE b ALTER id TYPE bigint;"));
    let rows: Vec<_> = trace.tables.iter().map(|it| (it.name.as_str(), it.rows, it.shortfall.is_some())).collect();
    assert_eq!(rows, [("public.a", 0, true), ("public.b", ROWS, false)]);
    let statement = trace.statements().next().unwrap();
    assert!(statement.wal_bytes > 10_000, "a rewrite of {ROWS} rows wrote {} bytes", statement.wal_bytes);
    assert_eq!(statement.work[0].kind, WorkKind::Rewritten);
}

#[test]
fn a_trace_is_known_by_its_texts_and_all_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let answers = Answers::in_folder(folder.path().to_owned());
    let major = server().major();
    let mut shadow = shadow(major);
    let first = "CREATE TABLE a (id int PRIMARY KEY);";
    let request_of = |text: &str| request(first, text);
    let asked = request_of("ALTER TABLE a ADD x int;");
    let trace = traced(&mut shadow, &asked);
    with_replay(|replay| {
        let known = |request: &TraceRequest| known_traces(&answers, replay, Some(major), request).remove(0);
        assert_eq!(known(&asked), None);
        keep_traces(&answers, replay, major, &asked, &trace);
        let kept = known(&asked).unwrap();
        let json = |trace: &Trace| serde_json::to_string(&trace.migrations).unwrap();
        assert_eq!(json(&kept), json(&trace), "it comes back as it was");
        let elsewhere = known_traces(&answers, replay, None, &asked).remove(0);
        assert_eq!(
            elsewhere.map(|it| it.server),
            Some(kept.server),
            "where there is no other it is taken from this one"
        );
        assert_eq!(known(&request_of("ALTER TABLE a ADD x bigint;")), None);
        assert_eq!(known(&request("CREATE TABLE a (id bigint);", "ALTER TABLE a ADD x int;")), None);
    });
    let failing = request_of("ALTER TABLE nothing ADD x int;");
    let trace = traced(&mut shadow, &failing);
    with_replay(|replay| {
        keep_traces(&answers, replay, major, &failing, &trace);
        assert_eq!(known_traces(&answers, replay, Some(major), &failing), [None], "what failed is not kept");
    });
}

#[test]
fn what_runs_outside_a_transaction_is_held_up_to_be_seen() {
    let mut shadow = shadow(server().major());
    let before = "CREATE TABLE a (id int PRIMARY KEY, b text);\n\
                  CREATE PROCEDURE step() LANGUAGE plpgsql AS $$ BEGIN\n\
                    LOCK TABLE a IN SHARE MODE; PERFORM pg_sleep(0.2); COMMIT; END $$;";
    for _ in 0..5 {
        let text = "CREATE INDEX CONCURRENTLY i ON a (b); DROP INDEX CONCURRENTLY i; CALL step();";
        let trace = traced(&mut shadow, &request(before, text));
        let of_table = |statement: &TracedStatement| {
            let lock = statement.locks.iter().find(|lock| lock.relation.name == "public.a");
            lock.map(|lock| (lock.mode.sql(), lock.seen))
        };
        let seen: Vec<_> = trace.statements().map(of_table).collect();
        assert_eq!(
            seen,
            [
                Some(("SHARE UPDATE EXCLUSIVE", Seen::HeldUp)),
                Some(("SHARE UPDATE EXCLUSIVE", Seen::HeldUp)),
                Some(("SHARE", Seen::Passing)),
            ]
        );
    }
}
