//! Who a connection text names, given the variables and files around it.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use limosa_catalog::Identifier;
use limosa_postgres::{ClientContext, ConnectionSettings, SettingsError, SettingsWarning, SslMode};

fn context(variables: &[(&str, &str)], home: Option<&Path>) -> ClientContext {
    ClientContext {
        variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        home: home.map(Path::to_owned),
        user: Some("ada".to_owned()),
    }
}

fn resolve(text: &str, variables: &[(&str, &str)]) -> String {
    match ConnectionSettings::resolve(text, &context(variables, None)) {
        Ok(settings) => settings.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn a_text_then_variables_then_defaults_say_who_and_where() {
    type Variables = &'static [(&'static str, &'static str)];
    let table: &[(&str, Variables, &str)] = &[
        ("postgres://u:p@h:5433/d", &[], "u@h:5433/d"),
        ("postgres://h", &[], "ada@h:5432/ada"),
        ("postgres://u@h", &[], "u@h:5432/u"),
        ("host=h user=u dbname=d", &[("PGHOST", "x"), ("PGUSER", "y"), ("PGDATABASE", "z")], "u@h:5432/d"),
        ("", &[("PGHOST", "x"), ("PGPORT", "7"), ("PGUSER", "y"), ("PGDATABASE", "z")], "y@x:7/z"),
        ("postgres:///d", &[("PGHOST", "x"), ("PGPORT", "")], "ada@x:5432/d"),
        ("postgres://[::1]/d", &[], "ada@[::1]:5432/d"),
        ("postgres:///d?host=/run/pg", &[], "ada@/run/pg:5432/d"),
        ("postgres://a,b:2/d", &[], "ada@a:5432,b:2/d"),
        ("postgres://h/d?connection_limit=5&pool_timeout=2&pgbouncer=true&schema=app", &[], "ada@h:5432/d"),
        ("postgres://h/d?x-migrations-table=m", &[], "ada@h:5432/d"),
        ("postgres://h:70000/d", &[], "error: expected a port from 1 to 65535, found `70000`"),
        ("postgres://h/d?sslmod=require", &[], "error: unknown connection parameter `sslmod`; did you mean `sslmode`?"),
        (
            "postgres://h/d?sslmode=always",
            &[],
            "error: the connection parameter `sslmode` cannot be `always`; \
             expected disable, allow, prefer, require, verify-ca or verify-full",
        ),
        (
            "h",
            &[],
            "error: expected a URL such as postgres://user@host:5432/database, \
             or key=value pairs such as `host=localhost dbname=app`",
        ),
        (
            "postgres://h",
            &[("PGCONNECT_TIMEOUT", "soon")],
            "error: the connection parameter `connect_timeout` cannot be `soon`; expected a whole number",
        ),
        (
            "postgres://h",
            &[("PGREQUIREPEER", "root")],
            "error: the connection parameter `requirepeer` is not supported: \
             the owner of a socket's server cannot be checked",
        ),
    ];
    for (text, variables, expected) in table {
        assert_eq!(resolve(text, variables), *expected, "{text} {variables:?}");
    }
}

#[test]
fn without_any_user_an_error_asks_for_one() {
    let nobody = ClientContext { variables: HashMap::new(), home: None, user: None };
    assert_eq!(ConnectionSettings::resolve("postgres://h/d", &nobody).unwrap_err(), SettingsError::NoUser);
}

#[test]
fn neither_debug_nor_display_nor_errors_show_a_password() {
    let context = context(&[("PGPASSWORD", "s3cret")], None);
    for text in ["postgres://u:s3cret@h/d", "host=h password=s3cret", "postgres://h?password=s3cret", ""] {
        let settings = ConnectionSettings::resolve(text, &context).unwrap();
        assert!(!format!("{settings} {settings:?}").contains("s3cret"), "{text}");
    }
    for text in ["postgres://u:s3cret@h:x/d", "host=h password='s3cret", "postgres://u:s3cret@h/d?sslmode=s"] {
        let error = ConnectionSettings::resolve(text, &context).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{text}: {error:?}");
    }
}

#[test]
fn prismas_schema_becomes_a_quoted_search_path() {
    let read = |url: &str| ConnectionSettings::resolve(url, &context(&[], None)).unwrap();
    assert_eq!(read("postgres://h/d?schema=my%20%22app").search_path(), Some(r#""my ""app""#));
    assert_eq!(read("postgres://h/d?search_path=a,b").search_path(), Some("a,b"));
    assert_eq!(read("postgres://h/d").search_path(), None);
    assert!(read("postgres://h/d?pgbouncer=true").names_pooler());
    let both = ConnectionSettings::resolve("postgres://h/d?schema=a&search_path=b", &context(&[], None));
    assert!(matches!(both, Err(SettingsError::Contradiction(_))));
    let long = format!("postgres://h/d?schema={}", "x".repeat(64));
    assert!(matches!(ConnectionSettings::resolve(&long, &context(&[], None)), Err(SettingsError::Schema(_))));
}

#[test]
fn prismas_words_for_tls_become_libpqs() {
    let mode = |query: &str| {
        ConnectionSettings::resolve(&format!("postgres://h/d?{query}"), &context(&[], None))
            .map(|settings| (settings.ssl_mode(), settings.warnings().to_vec()))
    };
    assert_eq!(mode("").unwrap().0, SslMode::Prefer);
    assert_eq!(mode("sslmode=require&sslaccept=strict&sslcert=ca.pem").unwrap().0, SslMode::VerifyFull);
    assert_eq!(mode("sslmode=require&sslaccept=accept_invalid_certs").unwrap().0, SslMode::Require);
    assert_eq!(mode("sslidentity=me.p12").unwrap().1, [SettingsWarning::IdentityIgnored]);
    assert_eq!(mode("sslrootcert=system").unwrap().0, SslMode::VerifyFull);
    assert!(matches!(mode("sslrootcert=system&sslmode=require"), Err(SettingsError::Contradiction(_))));
    assert!(matches!(mode("sslnegotiation=direct"), Err(SettingsError::Contradiction(_))));
    assert!(matches!(mode("sslpassword=x"), Err(SettingsError::UnsupportedParameter { .. })));
}

#[test]
fn a_service_stands_between_the_text_and_the_variables() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::write(home.join(".pg_service.conf"), "[clinic]\nhost=from-service\nport=6000\nuser=nurse\n").unwrap();
    let other = home.join("other.conf");
    fs::write(&other, "[clinic]\nhost=other\n[broken]\nnonsense\n").unwrap();
    let read = |text: &str, variables: &[(&str, &str)]| {
        ConnectionSettings::resolve(text, &context(variables, Some(home))).map(|settings| settings.to_string())
    };
    assert_eq!(read("service=clinic user=u", &[("PGPORT", "1")]).unwrap(), "u@from-service:6000/u");
    assert_eq!(read("postgres://h/d", &[("PGSERVICE", "clinic")]).unwrap(), "nurse@h:6000/d");
    let file = other.to_str().unwrap();
    assert_eq!(read("postgres:///d?service=clinic", &[("PGSERVICEFILE", file)]).unwrap(), "ada@other:5432/d");
    assert!(matches!(read("service=nowhere", &[]), Err(SettingsError::UnknownService { .. })));
    let error = read("service=broken", &[("PGSERVICEFILE", file)]).unwrap_err();
    assert!(error.to_string().contains("line 4 "), "{error}");
    let folder = home.to_str().unwrap();
    fs::write(home.join("pg_service.conf"), "[lab]\nhost=system-wide\n").unwrap();
    assert_eq!(read("service=lab", &[("PGSYSCONFDIR", folder)]).unwrap(), "ada@system-wide:5432/ada");
}

#[test]
fn a_password_file_that_others_may_read_is_ignored_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".pgpass");
    fs::write(&file, "h:*:*:*:s3cret\n").unwrap();
    let read = || ConnectionSettings::resolve("postgres://h/d", &context(&[], Some(folder.path()))).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(read().warnings(), [SettingsWarning::PassFileOpenToOthers(file.clone())]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read().warnings(), []);
    assert!(!format!("{:?}", read()).contains("s3cret"));
}

#[test]
fn another_database_keeps_everything_else() {
    let settings = ConnectionSettings::resolve("postgres://u:p@h:1/d", &context(&[], None)).unwrap();
    let other = settings.with_database(&Identifier::new("my db").unwrap()).with_application_name("limosa");
    assert_eq!(other.to_string(), "u@h:1/my db");
    assert_eq!(other.application_name(), Some("limosa"));
    assert_eq!(other.host_description(), "h:1");
}
