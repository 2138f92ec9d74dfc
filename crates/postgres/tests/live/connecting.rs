//! What is said when no session can be opened, and what of a URL arrives at the server.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use limosa_postgres::{ConnectError, Session};
use limosa_testkit::{Database, PrivateServer, Proxy, server, servers};

use crate::{connect, refusal, settings, value, with};

/// The URL with another login.
fn as_user(database: &Database, login: &str) -> String {
    let (scheme, rest) = database.url().split_once("://").unwrap();
    let (_, host) = rest.rsplit_once('@').unwrap();
    format!("{scheme}://{login}@{host}")
}

#[tokio::test]
async fn refusals_of_the_server_are_told_apart() {
    for server in servers() {
        let database = server.fresh_database();
        let name = database.name().as_str();
        database.execute(&format!(
            "CREATE ROLE limited_{name} LOGIN PASSWORD 'p' CONNECTION LIMIT 0; CREATE ROLE group_{name} PASSWORD 'p'; \
             CREATE ROLE stranger_{name} LOGIN PASSWORD 'p'; REVOKE CONNECT ON DATABASE {name} FROM PUBLIC; \
             GRANT CONNECT ON DATABASE {name} TO limited_{name}",
        ));
        let major = server.major();

        let error = refusal(&as_user(&database, &format!("stranger_{name}:wrong"))).await;
        assert!(matches!(error, ConnectError::WrongPassword { .. }), "{major}: {error:?}");
        assert!(!format!("{error:?}{error}").contains("wrong\""), "{error:?}");
        let error = refusal(&as_user(&database, &format!("stranger_{name}"))).await;
        assert!(matches!(error, ConnectError::PasswordMissing { .. }), "{major}: {error:?}");
        let error = refusal(&as_user(&database, &format!("stranger_{name}:p"))).await;
        assert!(matches!(error, ConnectError::NoPrivilege { .. }), "{major}: {error:?}");
        let error = refusal(&as_user(&database, &format!("group_{name}:p"))).await;
        assert!(matches!(error, ConnectError::UnknownRole { .. }), "{major}: {error:?}");
        let error = refusal(&as_user(&database, &format!("limited_{name}:p"))).await;
        assert!(matches!(error, ConnectError::TooManyConnections { .. }), "{major}: {error:?}");
        assert!(error.is_transient());

        let missing = limosa_catalog::Identifier::new("no such \"database\"").unwrap();
        let error = Session::connect(&settings(database.url()).with_database(&missing)).await.unwrap_err();
        assert!(matches!(&error, ConnectError::UnknownDatabase { database, .. } if database == missing.as_str()));
        assert!(error.hint().is_some());
        database.execute(&format!(
            "GRANT CONNECT ON DATABASE {name} TO PUBLIC; REVOKE ALL ON DATABASE {name} FROM limited_{name}; \
             DROP ROLE limited_{name}, group_{name}, stranger_{name}",
        ));
    }
}

/// A listener that handles each connection with a function, and the URL that leads to it.
fn listener(handle: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://u@{}/d", listener.local_addr().unwrap());
    thread::spawn(move || listener.incoming().flatten().for_each(handle));
    url
}

#[tokio::test]
async fn what_is_no_server_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refusal(&format!("postgres://u@{free}/d")).await;
    assert!(matches!(&error, ConnectError::Unreachable { server, .. } if *server == free.to_string()), "{error:?}");

    let error = refusal("postgres:///d?host=/nonexistent&user=u").await;
    assert!(matches!(&error, ConnectError::Unreachable { server, .. } if server == "/nonexistent:5432"), "{error:?}");

    let error = refusal(&format!("postgres://u@{}/d", "x".repeat(300))).await;
    assert!(matches!(error, ConnectError::UnknownHost { .. }), "{error:?}");

    let greeting = |mut stream: TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    };
    for query in ["", "?sslmode=disable"] {
        let error = refusal(&(listener(greeting) + query)).await;
        assert!(matches!(error, ConnectError::NotPostgres { .. }), "{query}: {error:?}");
    }
    let error = refusal(&listener(drop)).await;
    assert!(matches!(error, ConnectError::NotPostgres { .. }), "{error:?}");

    let silent = listener(|stream| {
        thread::spawn(move || {
            let mut stream = stream;
            std::io::copy(&mut stream, &mut std::io::sink())
        });
    });
    let impatient = settings(&silent).with_connect_timeout(Some(Duration::from_millis(20)));
    let error = Session::connect(&impatient).await.unwrap_err();
    assert!(matches!(error, ConnectError::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn the_next_host_is_tried_until_one_answers() {
    let database = server().fresh_database();
    let (login, address) = database.url().split_once("://").unwrap().1.rsplit_once('@').unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let session = connect(&format!("postgres://{login}@{free},{address}")).await;
    assert_eq!(value(&session, "SELECT current_database()").await, database.name().as_str());

    let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refusal(&format!("postgres://u@{free},{other}/d")).await;
    assert!(matches!(&error, ConnectError::AllFailed(errors) if errors.len() == 2), "{error:?}");
}

#[tokio::test]
async fn what_the_url_says_arrives_at_the_server() {
    for server in servers() {
        let database = server.fresh_database();
        let parameters = r#"schema=my%20%22app\x&application_name=the%20test&options=-c%20work_mem%3D7MB"#;
        let session = connect(&with(database.url(), parameters)).await;
        assert_eq!(value(&session, "SHOW search_path").await, r#""my ""app\x""#);
        assert_eq!(value(&session, "SHOW work_mem").await, "7MB");
        assert_eq!(value(&session, "SHOW application_name").await, "the test");
        assert_eq!(session.unset_search_path(), None);

        let facts = session.facts().await.unwrap();
        assert_eq!(facts.version.major(), server.major());
        assert_eq!(facts.database, database.name().as_str());
        assert_eq!(facts.application_name, "the test");
        assert_eq!(facts.encoding, "UTF8");
        assert!(facts.is_superuser && !facts.in_recovery && !facts.read_only, "{facts:?}");
        assert_eq!(facts.server_address.as_deref(), Some("127.0.0.1"));
        assert!(facts.server_time > 1_700_000_000_000_000, "microseconds: {}", facts.server_time);
        session.close().await;
    }
}

#[tokio::test]
async fn the_facts_and_a_query_share_one_round_trip() {
    let database = server().fresh_database();
    let proxy = Proxy::to_url(database.url(), Duration::ZERO);
    let session = connect(&proxy.url(database.url())).await;
    let before = proxy.counts().round_trips;
    let (facts, rows) = session.facts_and("SELECT 42", &[]).await.unwrap();
    assert_eq!(rows.unwrap()[0].get::<_, i32>(0), 42);
    assert_eq!(facts.database, database.name().as_str());
    let (_, refused) = session.facts_and("SELECT * FROM not_there", &[]).await.unwrap();
    assert_eq!(refused.unwrap_err().sqlstate().unwrap().code(), "42P01");
    assert_eq!(proxy.counts().round_trips - before, 2);
}

#[tokio::test]
async fn a_standby_and_a_primary_are_told_apart() {
    let mut primary = PrivateServer::start(server().major());
    let standby = primary.standby();
    let address = |url: &str| url.split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
    let login = primary.url().split_once("://").unwrap().1.rsplit_once('@').unwrap().0.to_owned();
    let both = format!("postgres://{login}@{},{}/postgres", address(standby.url()), address(primary.url()));
    let table = [
        ("any", "t"),
        ("primary", "f"),
        ("read-write", "f"),
        ("standby", "t"),
        ("read-only", "t"),
        ("prefer-standby", "t"),
    ];
    for (wanted, in_recovery) in table {
        let session = connect(&format!("{both}?target_session_attrs={wanted}")).await;
        assert_eq!(value(&session, "SELECT pg_is_in_recovery()").await, in_recovery, "{wanted}");
    }
    let error = refusal(&with(primary.url(), "target_session_attrs=standby")).await;
    assert!(matches!(error, ConnectError::Unsuitable { wanted: "standby", .. }), "{error:?}");
    let session = connect(&with(primary.url(), "target_session_attrs=prefer-standby")).await;
    assert!(!session.facts().await.unwrap().in_recovery);
    assert!(connect(standby.url()).await.facts().await.unwrap().in_recovery);
}

#[tokio::test]
async fn a_socket_needs_no_network_and_a_password_file_gives_the_password() {
    let private = PrivateServer::start(server().major());
    let session = connect(&private.socket_url()).await;
    assert_eq!(session.facts().await.unwrap().server_address, None);

    let (login, rest) = private.url().split_once("://").unwrap().1.rsplit_once('@').unwrap();
    let (user, password) = login.split_once(':').expect("test servers have a password");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords");
    std::fs::write(&file, format!("127.0.0.1:*:*:{user}:{password}\n")).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let session = connect(&with(&format!("postgres://{user}@{rest}"), &format!("passfile={}", file.display()))).await;
    assert_eq!(value(&session, "SELECT 1").await, "1");
}
