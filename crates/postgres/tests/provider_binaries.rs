//! The provider that runs found binaries.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use limosa_catalog::Identifier;
use limosa_postgres::provider::binaries::{
    Account, BinariesProvider, BinariesSettings, Cluster, ClusterOptions, Installation, Shutdown,
};
use limosa_postgres::provider::{Provider, ProviderError, ProviderKind};
use limosa_testkit::{binary_search, execute, query, servers};

fn settings(data: Option<PathBuf>) -> BinariesSettings {
    BinariesSettings { search: binary_search(), major: None, data, temporary: env::temp_dir() }
}

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

/// The installations of the majors that the tests run on.
fn installations() -> Vec<Installation> {
    servers().iter().map(|server| binary_search().find(Some(server.major())).unwrap()).collect()
}

#[test]
fn a_throw_away_server_of_each_major_serves_many_and_leaves_nothing() {
    for installation in installations() {
        let major = installation.version().major();
        let settings = BinariesSettings { major: Some(major), ..settings(None) };
        let mut provider = Box::new(BinariesProvider::new(&settings).unwrap());
        assert_eq!(provider.kind(), ProviderKind::Binaries);
        assert_eq!(provider.capabilities().major, major);
        assert!(provider.capabilities().concurrent_connections && !provider.capabilities().persistent);
        let one = provider.database_url(&name("one")).unwrap();
        let again = provider.database_url(&name("one")).unwrap();
        let other = provider.database_url(&name("Anöther/one?")).unwrap();
        assert_eq!(one, again);
        execute(&one, "CREATE TABLE t ()");
        assert_eq!(query(&other, "TABLE t").unwrap_err().state.as_deref(), Some("42P01"));
        let folder = provider.data_folder().to_owned();
        provider.stop().unwrap();
        assert!(query(&one, "SELECT 1").is_err());
        assert!(!folder.exists(), "{} is still there", folder.display());
    }
}

#[test]
fn kept_data_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    // As a project's folder is: other accounts may enter.
    set_mode(folder.path(), 0o755);
    let data = folder.path().join("pg");
    for _ in 0..2 {
        let mut provider = Box::new(BinariesProvider::new(&settings(Some(data.clone()))).unwrap());
        let url = provider.database_url(&name("kept")).unwrap();
        execute(&url, "CREATE TABLE IF NOT EXISTS t (id int); INSERT INTO t VALUES (1)");
        assert!(provider.capabilities().persistent);
        provider.stop().unwrap();
    }
    let mut provider = BinariesProvider::new(&settings(Some(data.clone()))).unwrap();
    let url = provider.database_url(&name("kept")).unwrap();
    assert_eq!(execute(&url, "SELECT count(*) FROM t"), [[Some("2".to_owned())]]);
    drop(provider);
    fs::write(data.join("data/PG_VERSION"), "13\n").unwrap();
    let error = BinariesProvider::new(&settings(Some(data))).unwrap_err();
    assert!(matches!(error, ProviderError::OtherMajor { ref found, .. } if found == "13"), "{error}");
}

#[test]
fn a_server_that_does_not_start_shows_why() {
    for installation in installations() {
        let options =
            ClusterOptions { settings: vec![("work_mem".to_owned(), "none".to_owned())], ..ClusterOptions::default() };
        let mut cluster = Cluster::throw_away(&installation, &env::temp_dir(), options).unwrap();
        let error = cluster.start().unwrap_err();
        assert!(matches!(error, ProviderError::EndedAtStart { ref log } if log.contains("work_mem")), "{error}");
        assert!(!cluster.is_running());
    }
}

#[test]
fn every_way_to_stop_ends_a_server_that_has_clients() {
    let installation = binary_search().find(None).unwrap();
    let mut cluster = Cluster::throw_away(&installation, &env::temp_dir(), ClusterOptions::default()).unwrap();
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        cluster.start().unwrap();
        let url = cluster.url(&name("postgres"));
        let sleeper = std::thread::spawn({
            let url = url.clone();
            move || query(&url, "SELECT pg_sleep(60)")
        });
        let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
        while execute(&url, sleeping) != [[Some("1".to_owned())]] {}
        cluster.stop(shutdown).unwrap();
        assert!(sleeper.join().unwrap().is_err());
        assert!(!cluster.is_running());
    }
}

#[test]
fn a_folder_closed_to_the_servers_account_is_named() {
    let Some(account) = Account::for_servers().unwrap() else {
        println!("skipped: servers run as this user, who is not root");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o700);
    let error = BinariesProvider::new(&settings(Some(folder.path().join("pg")))).unwrap_err();
    let closed = fs::canonicalize(folder.path()).unwrap();
    assert!(
        matches!(error, ProviderError::OutOfReach { folder: ref named, account: ref who }
            if *named == closed && who == account.name()),
        "{error}"
    );
}

fn set_mode(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}
