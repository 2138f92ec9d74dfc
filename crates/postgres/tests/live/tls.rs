//! Every `sslmode` against a server with certificates of a CA made here.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use limosa_postgres::{ClientContext, ConnectError, ConnectionSettings, Session, SqlState, TlsError};
use limosa_testkit::{PrivateServer, PrivateServerOptions, server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

use crate::value;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn parameters(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut parameters = CertificateParams::new(names).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    parameters
}

fn authority(common_name: &str, names: &[&str]) -> Issuer {
    let mut parameters = parameters(common_name, names);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, as PEM.
fn issue(issuer: &Issuer, common_name: &str, names: &[&str]) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    (parameters(common_name, names).signed_by(&key, issuer).unwrap().pem(), key.serialize_pem())
}

/// Who may come how: over TLS alone, without TLS alone, with a certificate, with a password.
const HBA: &str = "\
local all all trust
hostssl all only_tls all trust
hostnossl all only_plain all trust
hostssl all by_certificate all cert
host all by_password all scram-sha-256
";

struct Fixture {
    server: PrivateServer,
    folder: TempDir,
}

impl Fixture {
    fn start() -> Self {
        let root = authority("Limosa test CA", &[]);
        let (certificate, key) = issue(&root, "unused", &["localhost"]);
        let (by_name, by_name_key) = issue(&root, "localhost", &[]);
        let own = authority("unused", &["localhost"]);
        let (client, client_key) = issue(&root, "by_certificate", &[]);
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let server = PrivateServer::start_with(
            server().major(),
            PrivateServerOptions {
                settings: vec![
                    setting("ssl", "on"),
                    setting("ssl_cert_file", "server.crt"),
                    setting("ssl_key_file", "server.key"),
                    setting("ssl_ca_file", "root.crt"),
                ],
                folder: None,
                hba: Some(HBA.to_owned()),
                files: vec![
                    file("server.crt", &certificate),
                    file("server.key", &key),
                    file("by_name.crt", &by_name),
                    file("by_name.key", &by_name_key),
                    file("own.crt", &own.pem()),
                    file("own.key", &own.key().serialize_pem()),
                    file("root.crt", &root.pem()),
                ],
            },
        );
        let folder = tempfile::tempdir().unwrap();
        let stranger = authority("Another CA", &[]);
        for (name, text) in [
            ("root.crt", root.pem()),
            ("stranger.crt", stranger.pem()),
            ("own.crt", own.pem()),
            ("client.crt", client),
            ("client.key", client_key),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::set_permissions(folder.path().join("client.key"), fs::Permissions::from_mode(0o600)).unwrap();
        limosa_testkit::execute(
            &server.socket_url(),
            "CREATE ROLE only_tls LOGIN; CREATE ROLE only_plain LOGIN; CREATE ROLE by_certificate LOGIN; \
             CREATE ROLE by_password LOGIN PASSWORD 'p'",
        );
        Self { server, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn connect(&self, user: &str, host: &str, query: &str, home: Option<&Path>) -> Result<Session, ConnectError> {
        let port = self.server.url().rsplit_once('@').unwrap().1.split_once('/').unwrap().0.rsplit_once(':').unwrap().1;
        let query = query.replace("DIR", self.folder.path().to_str().unwrap());
        let url = format!("postgres://{user}@{host}:{port}/postgres?{query}");
        let context = ClientContext { home: home.map(Path::to_owned), ..ClientContext::default() };
        Session::connect(&ConnectionSettings::resolve(&url, &context).unwrap()).await
    }

    /// `TLS` or `plain`, or the error in brief.
    async fn outcome(&self, user: &str, host: &str, query: &str) -> String {
        describe(self.connect(user, host, query, None).await).await
    }
}

async fn describe(outcome: Result<Session, ConnectError>) -> String {
    match outcome {
        Ok(session) => {
            let encrypted = value(&session, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").await;
            if encrypted == "t" { "TLS".to_owned() } else { "plain".to_owned() }
        }
        Err(ConnectError::Tls { source: TlsError::Handshake(reason), .. }) => {
            let known = ["UnknownIssuer", "not valid for name"].into_iter().find(|known| reason.contains(known));
            known.map_or(reason.clone(), str::to_owned)
        }
        Err(ConnectError::Tls { source, .. }) => format!("{source:?}").split(['(', ' ']).next().unwrap().to_owned(),
        Err(error) => format!("{error:?}").split(['(', ' ']).next().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn every_mode_encrypts_and_verifies_what_libpq_would() {
    let fixture = Fixture::start();
    let secret = "by_password:p";
    let table = [
        (secret, "127.0.0.1", "sslmode=disable", "plain"),
        (secret, "127.0.0.1", "sslmode=allow", "plain"),
        (secret, "127.0.0.1", "", "TLS"),
        (secret, "127.0.0.1", "sslmode=prefer", "TLS"),
        (secret, "127.0.0.1", "sslmode=require", "TLS"),
        ("only_tls", "127.0.0.1", "sslmode=disable", "NotAllowedFromHere"),
        ("only_tls", "127.0.0.1", "sslmode=allow", "TLS"),
        ("only_plain", "127.0.0.1", "sslmode=prefer", "plain"),
        ("only_plain", "127.0.0.1", "sslmode=require", "NotAllowedFromHere"),
        (secret, "127.0.0.1", "sslmode=require&sslrootcert=DIR/root.crt", "TLS"),
        (secret, "127.0.0.1", "sslmode=require&sslrootcert=DIR/stranger.crt", "UnknownIssuer"),
        (secret, "127.0.0.1", "sslmode=require&sslrootcert=DIR/missing.crt", "File"),
        (secret, "127.0.0.1", "sslmode=require&sslrootcert=DIR/client.key", "File"),
        (secret, "127.0.0.1", "sslmode=verify-ca", "NoRootCertificate"),
        (secret, "127.0.0.1", "sslmode=verify-ca&sslrootcert=DIR/root.crt", "TLS"),
        (secret, "127.0.0.1", "sslmode=verify-ca&sslrootcert=DIR/stranger.crt", "UnknownIssuer"),
        (secret, "127.0.0.1", "sslmode=verify-full&sslrootcert=DIR/root.crt", "not valid for name"),
        (secret, "localhost", "sslmode=verify-full&sslrootcert=DIR/root.crt", "TLS"),
        (secret, "localhost", "hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=DIR/root.crt", "TLS"),
        (secret, "localhost", "sslmode=verify-full&sslrootcert=DIR/stranger.crt", "UnknownIssuer"),
        (secret, "localhost", "sslmode=verify-full&sslrootcert=DIR/root.crt&ssl_min_protocol_version=TLSv1.3", "TLS"),
        (secret, "localhost", "sslaccept=strict&sslcert=DIR/root.crt", "TLS"),
        (secret, "127.0.0.1", "sslmode=require&channel_binding=require", "TLS"),
        (secret, "127.0.0.1", "sslmode=disable&channel_binding=require", "UnsupportedAuthentication"),
        (secret, "127.0.0.1", "sslmode=require&channel_binding=disable", "TLS"),
    ];
    for (user, host, query, expected) in table {
        assert_eq!(fixture.outcome(user, host, query).await, expected, "{user}@{host}?{query}");
    }
    // The operating system's roots do not know our CA, or there are none.
    let system = fixture.connect(secret, "localhost", "sslrootcert=system", None).await;
    assert!(matches!(system, Err(ConnectError::Tls { .. })), "{system:?}");
    if fixture.server.server().major().number() >= 17 {
        let direct = "sslmode=require&sslnegotiation=direct";
        assert_eq!(fixture.outcome(secret, "127.0.0.1", direct).await, "TLS");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_asked_for() {
    let database = server().fresh_database();
    for mode in ["require", "verify-ca&sslrootcert=/nonexistent"] {
        let error = crate::refusal(&crate::with(database.url(), &format!("sslmode={mode}"))).await;
        assert!(matches!(error, ConnectError::Tls { .. }), "{mode}: {error:?}");
    }
    assert_eq!(describe(Ok(crate::connect(database.url()).await)).await, "plain");
}

#[tokio::test]
async fn certificates_are_taken_from_the_usual_folder_and_others_do_without() {
    let mut fixture = Fixture::start();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".postgresql");
    fs::create_dir(&folder).unwrap();
    fs::copy(fixture.file("root.crt"), folder.join("root.crt")).unwrap();
    fs::copy(fixture.file("client.crt"), folder.join("postgresql.crt")).unwrap();
    fs::copy(fixture.file("client.key"), folder.join("postgresql.key")).unwrap();
    let session = fixture.connect("by_certificate", "localhost", "sslmode=verify-full", Some(home.path())).await;
    assert_eq!(describe(session).await, "TLS");

    let named = "sslmode=require&sslcert=DIR/client.crt&sslkey=DIR/client.key";
    assert_eq!(fixture.outcome("by_certificate", "127.0.0.1", named).await, "TLS");
    assert_eq!(fixture.outcome("by_certificate", "127.0.0.1", "sslmode=require").await, "NotAllowedFromHere");
    fs::set_permissions(fixture.file("client.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(fixture.outcome("by_certificate", "127.0.0.1", named).await, "KeyOpenToOthers");

    // A certificate with no alternative names is for its common name.
    fixture.server.restart(&[("ssl_cert_file", "by_name.crt"), ("ssl_key_file", "by_name.key")]);
    let full = "sslmode=verify-full&sslrootcert=DIR/root.crt";
    assert_eq!(fixture.outcome("only_tls", "localhost", full).await, "TLS");
    assert_eq!(fixture.outcome("only_tls", "127.0.0.1", full).await, "not valid for name");

    // A self-signed certificate, marked as an authority's, is its own root.
    fixture.server.restart(&[("ssl_cert_file", "own.crt"), ("ssl_key_file", "own.key")]);
    let own = |mode: &str| format!("sslmode={mode}&sslrootcert=DIR/own.crt");
    assert_eq!(fixture.outcome("only_tls", "localhost", &own("verify-full")).await, "TLS");
    assert_eq!(fixture.outcome("only_tls", "127.0.0.1", &own("verify-ca")).await, "TLS");
    assert_eq!(fixture.outcome("only_tls", "127.0.0.1", &own("verify-full")).await, "not valid for name");
    assert_ne!(fixture.outcome("only_tls", "localhost", full).await, "TLS");
    assert_eq!(fixture.outcome("only_tls", "localhost", "sslmode=require").await, "TLS");
}

#[tokio::test]
async fn an_encrypted_session_is_cancelled_over_tls() {
    let fixture = Fixture::start();
    let query = "sslmode=verify-full&sslrootcert=DIR/root.crt";
    let session = fixture.connect("only_tls", "localhost", query, None).await.unwrap();
    let observer = crate::connect(&fixture.server.socket_url()).await;
    let (outcome, cancelled) = tokio::join!(session.flight("SELECT pg_sleep(600)"), async {
        while value(&observer, "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'").await == "0" {}
        session.cancel().await
    });
    cancelled.unwrap();
    assert_eq!(outcome.unwrap_err().error.sqlstate(), Some(&SqlState::QUERY_CANCELED));
}
