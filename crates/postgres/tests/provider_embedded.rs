//! The embedded provider on a real data folder.
#![cfg(feature = "embedded")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::env;
use std::path::Path;
use std::time::Duration;

use limosa_catalog::Identifier;
use limosa_postgres::provider::embedded::{BundledExtensions, EmbeddedProvider, EmbeddedSettings};
use limosa_postgres::provider::{Provider, ProviderError, ProviderKind};
use limosa_testkit::{execute, query};

fn open(data: Option<&Path>) -> Result<Box<EmbeddedProvider>, ProviderError> {
    open_with(data, BundledExtensions::default())
}

fn open_with(data: Option<&Path>, extensions: BundledExtensions) -> Result<Box<EmbeddedProvider>, ProviderError> {
    EmbeddedProvider::open(EmbeddedSettings {
        data: data.map(Path::to_owned),
        temporary: env::temp_dir(),
        patience: Duration::ZERO,
        host: None,
        extensions,
    })
    .map(Box::new)
}

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

#[test]
fn what_is_written_is_there_after_a_restart_database_by_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("pg17");
    for round in 0..2 {
        let mut provider = open(Some(&data)).unwrap();
        assert_eq!(provider.kind(), ProviderKind::Embedded);
        assert!(provider.capabilities().persistent);
        for service in ["auth", "Tele Health/ä"] {
            let url = provider.database_url(&name(service)).unwrap();
            if round == 0 {
                execute(&url, &format!("CREATE TABLE kept AS SELECT '{service}' AS name"));
            }
            let rows = execute(&url, "SELECT name, current_database(), current_user FROM kept");
            assert_eq!(rows, [[service, service, "postgres"].map(|text| Some(text.to_owned()))]);
        }
        provider.stop().unwrap();
    }
}

#[test]
fn looking_for_a_database_makes_none() {
    let mut provider = open(None).unwrap();
    assert_eq!(provider.find_database(&name("auth")).unwrap(), None, "a server without data holds no database");
    let url = provider.database_url(&name("auth")).unwrap();
    assert_eq!(provider.find_database(&name("auth")).unwrap(), Some(url));
    assert_eq!(provider.find_database(&name("api")).unwrap(), None, "a server with data holds what was made");
    provider.stop().unwrap();
}

#[test]
fn the_server_is_of_the_version_and_encoding_it_says() {
    let mut provider = open(None).unwrap();
    let url = provider.database_url(&name("x")).unwrap();
    let rows = execute(&url, "SHOW server_version_num; SHOW server_encoding");
    assert_eq!(rows.concat(), ["170005", "UTF8"].map(|text| Some(text.to_owned())));
    assert_eq!(provider.capabilities().major.number(), 17);
    let folder = provider.data_folder().to_owned();
    assert!(folder.exists());
    provider.stop().unwrap();
    assert!(!folder.exists(), "a throw-away folder is removed");
}

#[test]
fn extensions_are_offered_in_every_database_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["citext", "hstore", "pg_trgm", "ltree", "unaccent", "btree_gist", "vector"];
    let needed =
        BundledExtensions::named_in(names.map(|name| format!("CREATE EXTENSION {name}")).iter().map(|s| s.as_str()));
    // The second time nobody says what is needed.
    for (round, extensions) in [needed, BundledExtensions::default()].into_iter().enumerate() {
        let mut provider = open_with(Some(folder.path()), extensions).unwrap();
        for service in ["auth", "api"] {
            let url = provider.database_url(&name(service)).unwrap();
            if round == 0 {
                let offered = execute(&url, "SELECT name FROM pg_available_extensions").concat();
                for name in names {
                    assert!(offered.contains(&Some(name.to_owned())), "{name} is missing from {offered:?}");
                    execute(&url, &format!("CREATE EXTENSION {name}"));
                }
                execute(
                    &url,
                    "CREATE TABLE t (mail citext UNIQUE, place vector(2)); INSERT INTO t VALUES ('A@b', '[1,2]')",
                );
            }
            let rows = execute(&url, "SELECT place <-> '[1,1]', similarity('ab', 'ab') FROM t WHERE mail = 'a@B'");
            assert_eq!(rows.concat(), ["1", "1"].map(|text| Some(text.to_owned())));
        }
        provider.stop().unwrap();
    }
}

#[test]
fn a_data_folder_has_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(Some(folder.path())).unwrap();
    let error = open(Some(folder.path())).unwrap_err();
    let expected = format!("in use by process {}", std::process::id());
    assert!(error.to_string().contains(&expected), "{error}");
    drop(first);
    open(Some(folder.path())).unwrap();
}

#[test]
fn errors_of_statements_and_lost_connections_leave_the_server_working() {
    let mut provider = open(None).unwrap();
    let url = provider.database_url(&name("x")).unwrap();
    execute(&url, "CREATE TABLE t (id int PRIMARY KEY)");
    assert_eq!(query(&url, "INSERT INTO t VALUES (1); SELECT 1/0").unwrap_err().state.as_deref(), Some("22012"));
    assert_eq!(execute(&url, "SELECT count(*) FROM t"), [[Some("0".to_owned())]]);
    let missing = url.replacen("/x?", "/missing?", 1);
    assert_ne!(missing, url);
    // The embedded server's answer to this is none that a client could read; that it fails is what counts.
    query(&missing, "SELECT 1").unwrap_err();

    leave_rudely(&url, "BEGIN; INSERT INTO t VALUES (2)");
    assert_eq!(execute(&url, "SELECT count(*) FROM t"), [[Some("0".to_owned())]], "an open transaction is rolled back");
    leave_rudely(&url, "SELECT repeat('x', 1000000) FROM generate_series(1, 50)");
    execute(&url, "INSERT INTO t VALUES (3)");
    assert_eq!(execute(&url, "TABLE t"), [[Some("3".to_owned())]]);
    provider.stop().unwrap();
}

/// Sends a statement over the wire protocol by hand and closes the socket without reading the answer.
fn leave_rudely(url: &str, sql: &str) {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    let host = url.split_once("host=").unwrap().1.split('&').next().unwrap().replace("%2F", "/");
    let mut stream = UnixStream::connect(format!("{host}/.s.PGSQL.5432")).unwrap();
    let body = [&196_608_u32.to_be_bytes()[..], b"user\0postgres\0database\0x\0\0"].concat();
    stream.write_all(&[&u32::try_from(body.len() + 4).unwrap().to_be_bytes()[..], &body].concat()).unwrap();
    // The start is over with ReadyForQuery, which ends in its status: idle.
    let mut answer = Vec::new();
    while !answer.ends_with(b"Z\0\0\0\x05I") {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "the server hung up: {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&buffer[..read]);
    }
    let length = u32::try_from(sql.len() + 5).unwrap();
    stream.write_all(&[b"Q", &length.to_be_bytes()[..], sql.as_bytes(), b"\0"].concat()).unwrap();
}
