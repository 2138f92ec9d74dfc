//! The servers and what stands between them and a client are what their documentation says.

use std::time::Duration;

use limosa_testkit::{
    PgBouncer, PoolMode, PrivateServer, PrivateServerOptions, Proxy, execute, query, server, servers,
};

#[test]
fn every_server_is_of_the_major_it_says() {
    for server in servers() {
        let rows = execute(server.url(), "SELECT current_setting('server_version_num')::int / 10000");
        assert_eq!(rows, [[Some(server.major().to_string())]]);
    }
}

#[test]
fn a_fresh_database_is_empty_its_own_and_gone_afterwards() {
    let server = server();
    let one = server.fresh_database();
    let other = server.fresh_database();
    assert_ne!(one.name(), other.name());
    one.execute("CREATE TABLE godwit (id int)");
    assert_eq!(one.execute("SELECT count(*) FROM godwit"), [[Some("0".to_owned())]]);
    assert_eq!(other.query("TABLE godwit").unwrap_err().state.as_deref(), Some("42P01"));
    let url = one.url().to_owned();
    drop(one);
    assert_eq!(query(&url, "SELECT 1").unwrap_err().state.as_deref(), Some("3D000"));
}

#[test]
fn statements_on_one_server_are_written_in_utf8_and_sorted_by_bytes() {
    for server in servers() {
        let database = server.fresh_database();
        let rows = database.execute(
            "SHOW server_encoding; SELECT lower('Ä'); \
             SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['a', 'Z', 'ä']) x",
        );
        assert_eq!(
            rows.concat(),
            ["UTF8", "ä", "Zaä"].map(|text| Some(text.to_owned())),
            "PostgreSQL {}",
            server.major()
        );
    }
}

#[test]
fn a_killed_server_recovers_on_the_same_port() {
    let major = server().major();
    let mut private = PrivateServer::start(major);
    let url = private.url().to_owned();
    execute(&url, "CREATE TABLE kept AS SELECT 1 AS id");
    private.kill();
    assert!(query(&url, "SELECT 1").is_err());
    private.restart(&[("default_transaction_read_only", "on")]);
    assert_eq!(private.url(), url);
    assert_eq!(execute(&url, "TABLE kept"), [[Some("1".to_owned())]]);
    assert_eq!(query(&url, "CREATE TABLE more ()").unwrap_err().state.as_deref(), Some("25006"));
    assert!(private.log().contains("ready to accept connections"), "{}", private.log());
}

#[test]
fn a_standby_follows_and_refuses_to_write() {
    for server in servers() {
        let mut primary = PrivateServer::start(server.major());
        let standby = primary.standby();
        let recovery = "SELECT pg_is_in_recovery()";
        assert_eq!(execute(primary.url(), recovery), [[Some("f".to_owned())]]);
        assert_eq!(execute(standby.url(), recovery), [[Some("t".to_owned())]]);
        assert_eq!(query(standby.url(), "CREATE TABLE x ()").unwrap_err().state.as_deref(), Some("25006"));
    }
}

#[test]
fn files_and_access_rules_of_a_private_server_hold() {
    let options = PrivateServerOptions {
        hba: Some("local all all trust\nhost all all 127.0.0.1/32 reject\n".to_owned()),
        files: vec![("note.txt".to_owned(), b"hello".to_vec())],
        settings: vec![("work_mem".to_owned(), "5MB".to_owned())],
        folder: None,
    };
    let private = PrivateServer::start_with(server().major(), options);
    assert_eq!(query(private.url(), "SELECT 1").unwrap_err().state.as_deref(), Some("28000"));
    let note = private.data().join("note.txt");
    assert_eq!(std::fs::read(note).unwrap(), b"hello");
    assert_eq!(execute(&private.socket_url(), "SHOW work_mem"), [[Some("5MB".to_owned())]]);
}

#[test]
fn a_proxy_counts_round_trips_cuts_and_refuses() {
    let server = server();
    let proxy = Proxy::to_url(server.url(), Duration::from_millis(1));
    let url = proxy.url(server.url());
    execute(&url, "SELECT 1; SELECT 2; SELECT 3");
    let one = proxy.counts();
    assert_eq!(one.connections, 1);
    execute(&url, "SELECT 1; SELECT 2; SELECT 3");
    let two = proxy.counts();
    assert_eq!((two.connections, two.round_trips), (2, 2 * one.round_trips), "the same work costs the same");

    let sleeper = std::thread::spawn({
        let url = url.clone();
        move || query(&url, "SELECT pg_sleep(60)")
    });
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
    while execute(server.url(), sleeping) != [[Some("1".to_owned())]] {}
    proxy.cut();
    assert_eq!(sleeper.join().unwrap().unwrap_err().state, None, "the connection is lost, the server said nothing");
    proxy.refuse(true);
    assert!(query(&url, "SELECT 1").is_err());
    proxy.refuse(false);
    execute(&url, "SELECT 1");
}

#[test]
fn a_pooler_hands_every_database_of_a_server_on() {
    let server = server();
    let database = server.fresh_database();
    for mode in [PoolMode::Session, PoolMode::Transaction] {
        let Some(pooler) = PgBouncer::start(server.url(), mode) else {
            println!("skipped: this machine has no pgbouncer");
            return;
        };
        let rows = execute(&pooler.url(database.url()), "SELECT current_database()");
        assert_eq!(rows, [[Some(database.name().as_str().to_owned())]]);
    }
}
