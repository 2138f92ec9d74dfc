//! Through PgBouncer.

use limosa_postgres::{ConnectError, ToSql, Type, is_transaction_pooled};
use limosa_testkit::{Database, PgBouncer, PoolMode, server, servers};

use crate::{connect, refusal, value, with};

/// The pooler's URL of a database; says so and gives `None` where there is no PgBouncer.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn pooled(database: &Database, mode: PoolMode) -> Option<(PgBouncer, String)> {
    let pooler = PgBouncer::start(database.server().url(), mode);
    if pooler.is_none() {
        eprintln!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
    }
    pooler.map(|pooler| {
        let url = pooler.url(database.url());
        (pooler, url)
    })
}

#[tokio::test]
async fn a_transaction_pooler_is_told_apart() {
    for server in servers() {
        let database = server.fresh_database();
        let (a, b) = (connect(database.url()).await, connect(database.url()).await);
        assert!(!is_transaction_pooled(&a, &b).await.unwrap(), "a plain server");
        for (mode, expected) in [(PoolMode::Session, false), (PoolMode::Transaction, true)] {
            let Some((_pooler, url)) = pooled(&database, mode) else { return };
            let (a, b) = (connect(&url).await, connect(&url).await);
            assert_eq!(is_transaction_pooled(&a, &b).await.unwrap(), expected, "{mode}");
        }
    }
}

#[tokio::test]
async fn queries_flights_and_copies_work_through_a_transaction_pooler() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database, PoolMode::Transaction) else { return };
    let (a, b) = (connect(&url).await, connect(&url).await);
    a.flight("CREATE TABLE t (id int)").await.unwrap();
    let insert = "INSERT INTO t VALUES ($1) RETURNING id";
    for round in 0..20_i32 {
        let params: [(&(dyn ToSql + Sync), Type); 1] = [(&round, Type::INT4)];
        // Interleaved, so that the pooler hands the server connections round.
        let (one, two) = tokio::join!(a.query(insert, &params), b.query(insert, &params));
        assert_eq!((one.unwrap().len(), two.unwrap().len()), (1, 1));
    }
    let (facts, rows) = a.facts_and("SELECT 1", &[]).await.unwrap();
    assert_eq!((facts.database.as_str(), rows.unwrap().len()), (database.name().as_str(), 1));
    for session in [&a, &b, &a, &b] {
        session.flight("BEGIN").await.unwrap();
        assert_eq!(session.copy_in("COPY t FROM stdin", b"1\n2\n").await.unwrap(), 2);
        session.flight("COMMIT").await.unwrap();
    }
    let prepared = "SELECT count(*) FROM pg_prepared_statements";
    assert_eq!((value(&a, prepared).await, value(&b, prepared).await), ("0".to_owned(), "0".to_owned()));
    assert_eq!(value(&b, "SELECT count(*) FROM t").await, "48");
}

#[tokio::test]
async fn a_statement_can_be_cancelled_through_a_pooler() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database, PoolMode::Transaction) else { return };
    let session = connect(&url).await;
    let observer = connect(database.url()).await;
    let sleeping = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND query ~ '^SELECT pg_sleep'";
    let (outcome, cancelled) = tokio::join!(session.flight("SELECT pg_sleep(600)"), async {
        while value(&observer, sleeping).await == "0" {}
        session.cancel().await
    });
    cancelled.unwrap();
    assert_eq!(outcome.unwrap_err().error.sqlstate().unwrap().code(), "57014");
}

#[tokio::test]
async fn a_search_path_that_a_pooler_refuses_is_left_to_the_caller() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database, PoolMode::Transaction) else { return };
    let session = connect(&with(&url, "schema=app&pgbouncer=true")).await;
    assert_eq!(session.unset_search_path(), Some("\"app\""));

    let error = refusal(&with(&url, "options=-c%20work_mem%3D7MB")).await;
    assert!(matches!(error, ConnectError::UnsupportedStartupParameter { .. }), "{error:?}");
    let error = refusal(&url.replacen(database.name().as_str(), "no_such_database", 1)).await;
    assert!(matches!(error, ConnectError::UnknownDatabase { .. }), "{error:?}");
    let user = url.split_once("://").unwrap().1.split_once(':').unwrap().0;
    let error = refusal(&url.replacen(&format!("{user}:"), "nobody_here:", 1)).await;
    assert!(matches!(error, ConnectError::UnknownRole { .. } | ConnectError::WrongPassword { .. }), "{error:?}");
    let error = refusal(&url.replacen(&format!("{user}:"), &format!("{user}:wrong"), 1)).await;
    assert!(matches!(error, ConnectError::WrongPassword { .. }), "{error:?}");
}
