//! Queries, flights, copies, notices, cancelling.

use limosa_postgres::{ServerError, Session, Severity, SqlState, Type};
use limosa_testkit::{Proxy, server, servers};
use std::time::Duration;

use crate::{connect, value};

#[tokio::test]
async fn a_query_takes_parameters_and_one_round_trip() {
    for server in servers() {
        let database = server.fresh_database();
        let proxy = Proxy::to_url(database.url(), Duration::ZERO);
        let session = connect(&proxy.url(database.url())).await;
        let before = proxy.counts().round_trips;
        let text = "it's \\ \"quoted\" 🦆";
        let sql = "SELECT $1 || '!', $2 + 1, $3";
        let none: Option<i64> = None;
        let rows =
            session.query(sql, &[(&text, Type::TEXT), (&41_i32, Type::INT4), (&none, Type::INT8)]).await.unwrap();
        assert_eq!(rows[0].get::<_, String>(0), format!("{text}!"));
        assert_eq!(rows[0].get::<_, i32>(1), 42);
        assert_eq!(rows[0].get::<_, Option<i64>>(2), None);
        assert_eq!(proxy.counts().round_trips - before, 1);

        let error = session.query("SELECT $1", &[(&"x", Type::INT4)]).await.unwrap_err();
        assert!(matches!(error, ServerError::Value(_)), "{error:?}");
        let error = session.query("SELECT 1\0", &[]).await.unwrap_err();
        assert_eq!(error, ServerError::ZeroByte);
        assert_eq!(value(&session, "SELECT 1").await, "1", "the session goes on");
    }
}

#[tokio::test]
async fn joined_queries_share_one_round_trip() {
    let database = server().fresh_database();
    let proxy = Proxy::to_url(database.url(), Duration::ZERO);
    let session = connect(&proxy.url(database.url())).await;
    let before = proxy.counts().round_trips;
    let (a, b, c) = tokio::join!(
        session.query("SELECT 1", &[]),
        session.flight("BEGIN; SELECT 2; COMMIT"),
        session.query("SELECT 3", &[]),
    );
    assert_eq!(a.unwrap()[0].get::<_, i32>(0), 1);
    assert_eq!(b.unwrap().rows, [[Some("2".to_owned())]]);
    assert_eq!(c.unwrap()[0].get::<_, i32>(0), 3);
    assert_eq!(proxy.counts().round_trips - before, 1);
}

#[tokio::test]
async fn a_flight_counts_its_statements_and_keeps_the_last_rows() {
    for server in servers() {
        let database = server.fresh_database();
        let proxy = Proxy::to_url(database.url(), Duration::ZERO);
        let session = connect(&proxy.url(database.url())).await;
        let before = proxy.counts().round_trips;
        let sql = "BEGIN; SELECT 'early'; CREATE TABLE a (id int, note text); \
                   INSERT INTO a VALUES (1, NULL), (2, 'two') RETURNING id, note; UPDATE a SET id = 3; COMMIT";
        let flight = session.flight(sql).await.unwrap();
        assert_eq!(flight.completed, 6);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(flight.rows, [vec![some("1"), None], vec![some("2"), some("two")]]);
        assert_eq!(proxy.counts().round_trips - before, 1);

        assert_eq!(session.flight("").await.unwrap().completed, 1);
        assert_eq!(session.flight("-- nothing").await.unwrap().completed, 1);
        let many = session.flight("SELECT generate_series(1, 5000)").await.unwrap();
        assert_eq!((many.completed, many.rows.len()), (1, 1000));
    }
}

#[tokio::test]
async fn a_failing_flight_names_the_statement_and_the_character() {
    for server in servers() {
        let database = server.fresh_database();
        let session = connect(database.url()).await;
        let sql = "BEGIN; CREATE TABLE ü (id int PRIMARY KEY); INSERT INTO ü VALUES (1); SELECT nö FROM ü; SELECT 1";
        let failed = session.flight(sql).await.unwrap_err();
        assert_eq!(failed.completed, 3);
        let error = failed.error.database().unwrap();
        assert_eq!(error.sqlstate, SqlState::UNDEFINED_COLUMN);
        assert_eq!(error.severity, Severity::Error);
        let expected = sql.chars().collect::<String>().split("nö").next().unwrap().chars().count() + 1;
        assert_eq!(error.position, Some(expected));

        let aborted = session.flight("SELECT 1").await.unwrap_err();
        assert_eq!(aborted.error.sqlstate(), Some(&SqlState::IN_FAILED_SQL_TRANSACTION));
        session
            .flight("ROLLBACK; CREATE TABLE b (id int PRIMARY KEY, CONSTRAINT positive CHECK (id > 0))")
            .await
            .unwrap();

        let failed = session.flight("INSERT INTO b VALUES (0)").await.unwrap_err();
        let error = failed.error.database().unwrap();
        assert_eq!((error.table.as_deref(), error.constraint.as_deref()), (Some("b"), Some("positive")));
        assert_eq!(error.schema.as_deref(), Some("public"));

        let failed = session.flight("DO $$BEGIN EXECUTE 'SELEC 1'; END$$").await.unwrap_err();
        let error = failed.error.database().unwrap();
        let internal = error.internal.as_ref().unwrap();
        assert_eq!((internal.position, internal.query.as_str()), (1, "SELEC 1"));
        assert!(error.where_context.as_deref().unwrap().contains("inline_code_block"));

        // Without transaction control, the whole message is one transaction.
        session.flight("INSERT INTO b VALUES (1); SELECT 1/0").await.unwrap_err();
        assert_eq!(value(&session, "SELECT count(*) FROM b").await, "0");
    }
}

#[tokio::test]
async fn fifty_megabytes_travel_in_one_flight() {
    let database = server().fresh_database();
    let session = connect(database.url()).await;
    let size = 50 * 1024 * 1024;
    let sql = format!("SELECT length('{}')", "x".repeat(size));
    assert_eq!(value(&session, &sql).await, size.to_string());
}

#[tokio::test]
async fn a_copy_sends_its_data_and_names_the_line_that_fails() {
    for server in servers() {
        let database = server.fresh_database();
        let session = connect(database.url()).await;
        session.flight("CREATE TABLE a (id int, note text)").await.unwrap();
        let data: String = (0..200_000).map(|id| format!("{id}\tnote {id}\n")).collect();
        let rows = session.copy_in("COPY a FROM stdin", data.as_bytes()).await.unwrap();
        assert_eq!(rows, 200_000);
        assert_eq!(value(&session, "SELECT sum(id) FROM a WHERE note = 'note ' || id").await, "19999900000");
        assert_eq!(session.copy_in("COPY a FROM stdin (FORMAT csv, HEADER)", b"id,note\n").await.unwrap(), 0);
        assert_eq!(session.copy_in("COPY a FROM stdin", b"").await.unwrap(), 0);

        let error = session.copy_in("COPY a FROM stdin", b"1\tone\ntwo\ttwo\n").await.unwrap_err();
        let error = error.database().unwrap();
        assert_eq!(error.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION);
        assert!(error.where_context.as_deref().unwrap().contains("line 2"), "{error:?}");
        let broken = data.replacen("10\tnote 10", "ten\tnote 10", 1);
        assert!(session.copy_in("COPY a FROM stdin", broken.as_bytes()).await.is_err(), "fails with most unsent");
        assert_eq!(value(&session, "SELECT count(*) FROM a").await, "200000", "the session goes on");

        session.flight("BEGIN").await.unwrap();
        session.copy_in("COPY a FROM stdin", b"1\tone\n").await.unwrap();
        session.flight("ROLLBACK").await.unwrap();
        assert_eq!(value(&session, "SELECT count(*) FROM a").await, "200000");
    }
}

#[tokio::test]
async fn a_copy_that_is_refused_before_its_first_row_costs_the_session() {
    for server in servers() {
        let database = server.fresh_database();
        database.execute(
            "CREATE TABLE guarded (id int); \
             CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no entry'; END$$; \
             CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
        );
        for (table, code) in [("missing", "42P01"), ("guarded", "P0001")] {
            for begin in ["", "BEGIN"] {
                let session = connect(database.url()).await;
                session.flight(begin).await.unwrap();
                let error = session.copy_in(&format!("COPY {table} FROM stdin"), b"1\n").await.unwrap_err();
                assert_eq!(error.sqlstate().unwrap().code(), code);
                assert!(session.is_closed());
                assert!(session.flight("SELECT 1").await.unwrap_err().error.is_connection_lost());
            }
        }
        let session = connect(database.url()).await;
        let error = session.copy_in("COPY nonsense", b"").await.unwrap_err();
        assert_eq!(error.sqlstate(), Some(&SqlState::SYNTAX_ERROR));
        session.flight("BEGIN; CREATE TABLE a (id int)").await.unwrap();
        assert!(session.copy_in("COPY a FROM stdin", b"one\n").await.is_err());
        session.flight("ROLLBACK").await.unwrap();
        assert_eq!(value(&session, "SELECT 1").await, "1", "a refused row does not cost the session");
    }
}

#[tokio::test]
async fn a_copy_in_a_flight_is_refused_instead_of_hanging() {
    for (sql, completed) in [("CREATE TABLE a (id int); COPY a FROM stdin", 1), ("COPY (SELECT 1) TO stdout", 0)] {
        let database = server().fresh_database();
        let session = connect(database.url()).await;
        let failed = session.flight(sql).await.unwrap_err();
        assert_eq!((failed.completed, failed.error), (completed, ServerError::CopyInFlight));
        assert!(session.is_closed());
        let again = session.flight("SELECT 1").await.unwrap_err();
        assert!(again.error.is_connection_lost(), "{again:?}");
    }
}

#[tokio::test]
async fn notices_are_kept_until_asked_for() {
    for server in servers() {
        let database = server.fresh_database();
        let session = connect(database.url()).await;
        let sql = "DO $$BEGIN RAISE NOTICE 'first' USING HINT = 'a hint'; RAISE WARNING 'second'; END$$; \
                   DROP TABLE IF EXISTS missing";
        session.flight(sql).await.unwrap();
        let notices = session.notices();
        let seen: Vec<_> = notices.iter().map(|notice| (notice.severity, notice.message.as_str())).collect();
        let skipped = "table \"missing\" does not exist, skipping";
        let expected = [(Severity::Notice, "first"), (Severity::Warning, "second"), (Severity::Notice, skipped)];
        assert_eq!(seen, expected);
        assert_eq!(notices[0].hint.as_deref(), Some("a hint"));
        assert_eq!(session.notices(), []);

        session.flight("DO $$BEGIN FOR i IN 1..12000 LOOP RAISE NOTICE '%', i; END LOOP; END$$").await.unwrap();
        let notices = session.notices();
        assert_eq!((notices.len(), notices[0].message.as_str()), (10_000, "2001"));
    }
}

/// Waits until the other session is seen to run a statement.
async fn wait_until_active(observer: &Session, pid: &str) {
    let sql =
        format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND state = 'active' AND query ~ 'pg_sleep'");
    while value(observer, &sql).await == "0" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_running_statement_can_be_cancelled() {
    for server in servers() {
        let database = server.fresh_database();
        let (session, observer) = (connect(database.url()).await, connect(database.url()).await);
        let pid = value(&session, "SELECT pg_backend_pid()").await;
        for _ in 0..2 {
            let canceller = session.canceller();
            let (outcome, cancelled) = tokio::join!(session.flight("SELECT 1; SELECT pg_sleep(600)"), async {
                wait_until_active(&observer, &pid).await;
                canceller.cancel().await
            });
            cancelled.unwrap();
            let failed = outcome.unwrap_err();
            assert_eq!((failed.completed, failed.error.sqlstate()), (1, Some(&SqlState::QUERY_CANCELED)));
            assert!(!session.is_closed());
        }
        assert_eq!(value(&session, "SELECT 1").await, "1", "the session goes on");
    }
}
