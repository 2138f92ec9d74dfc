//! Connections that end.

use std::time::Duration;

use limosa_postgres::{ServerError, SqlState};
use limosa_testkit::{PrivateServer, Proxy, server, servers};

use crate::{connect, value};

#[tokio::test]
async fn the_last_words_of_a_server_are_kept() {
    for server in servers() {
        let database = server.fresh_database();
        let observer = connect(database.url()).await;

        let idle = connect(database.url()).await;
        let pid = value(&idle, "SELECT pg_backend_pid()").await;
        value(&observer, &format!("SELECT pg_terminate_backend({pid}, 10000)")).await;
        let error = idle.query("SELECT 1", &[]).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some(&SqlState::ADMIN_SHUTDOWN), "{error:?}");
        assert!(error.is_connection_lost() && idle.is_closed());
        assert!(idle.flight("SELECT 1").await.unwrap_err().error.is_connection_lost());

        let busy = connect(database.url()).await;
        let pid = value(&busy, "SELECT pg_backend_pid()").await;
        let (outcome, ()) = tokio::join!(busy.flight("SELECT 1; SELECT pg_sleep(600)"), async {
            value(&observer, &format!("SELECT pg_terminate_backend({pid}, 10000)")).await;
        });
        let failed = outcome.unwrap_err();
        assert!(matches!(failed.error, ServerError::ConnectionLost { .. }), "{failed:?}");
        assert_eq!(failed.error.sqlstate(), Some(&SqlState::ADMIN_SHUTDOWN));
    }
}

#[tokio::test]
async fn a_cut_network_and_a_crashed_server_are_lost_connections() {
    let mut private = PrivateServer::start(server().major());
    let database = private.fresh_database();
    let proxy = Proxy::to_url(database.url(), Duration::ZERO);
    let session = connect(&proxy.url(database.url())).await;
    let observer = connect(database.url()).await;
    let (outcome, ()) = tokio::join!(session.query("SELECT pg_sleep(600)", &[]), async {
        while value(&observer, "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'").await == "0" {}
        proxy.cut();
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, ServerError::ConnectionLost { last_words: None, .. }), "{error:?}");
    assert!(session.copy_in("COPY a FROM stdin", b"").await.unwrap_err().is_connection_lost());

    drop(session);
    private.kill();
    let error = observer.query("SELECT 1", &[]).await.unwrap_err();
    assert!(error.is_connection_lost(), "{error:?}");
    private.restart(&[]);
}

#[tokio::test]
async fn a_closed_session_is_gone_from_the_server() {
    let database = server().fresh_database();
    let session = connect(database.url()).await;
    let pid = value(&session, "SELECT pg_backend_pid()").await;
    session.close().await;
    let observer = connect(database.url()).await;
    // The server notices a goodbye at once, but does so in a process of its own. Whether that was still there does not
    // matter.
    let gone = format!("SELECT pg_terminate_backend({pid}, 10000)");
    value(&observer, &gone).await;
    assert_eq!(value(&observer, &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}")).await, "0");
}
