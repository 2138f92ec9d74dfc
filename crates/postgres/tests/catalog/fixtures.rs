//! The schemas in the folder of cases, one for each kind of object. `kind@17.sql` is for PostgreSQL 17 and later.

use std::fs;

use limosa_catalog::Catalog;
use limosa_testkit::servers;

use crate::text::{differing_lines, text};
use crate::{catalog, database, folder};

/// A schema: its name, the first major that it is for, and its text.
fn fixtures() -> Vec<(String, u16, String)> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder()).unwrap().flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "sql") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let first = name.split_once('@').map_or(0, |(_, major)| major.parse().unwrap());
            found.push((name, first, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "there is no schema in {}", folder().display());
    found
}

/// What is read of each schema, on the oldest server, and in what the newer ones differ.
#[tokio::test]
async fn facts_are_as_they_were() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _scope = settings.bind_to_scope();
    for (name, first, sql) in fixtures() {
        let mut oldest: Option<Catalog> = None;
        for server in servers().iter().filter(|server| server.major().number() >= first) {
            let catalog = catalog(&database(server, &sql)).await;
            match &oldest {
                None => {
                    insta::assert_snapshot!(name.clone(), text(&catalog));
                    oldest = Some(catalog);
                }
                Some(oldest) => {
                    let differing = differing_lines(oldest, &catalog);
                    insta::assert_snapshot!(format!("{name}-on-{}", server.major()), differing);
                }
            }
        }
    }
}

#[tokio::test]
async fn reading_twice_gives_the_same() {
    for (name, first, sql) in fixtures() {
        for server in servers().iter().filter(|server| server.major().number() >= first) {
            let database = database(server, &sql);
            let catalog_once = catalog(&database).await;
            assert_eq!(catalog_once.fingerprint(), catalog(&database).await.fingerprint(), "{name}");

            // In another database, with other oids.
            let other = server.fresh_database();
            other.execute("CREATE TABLE early (id serial PRIMARY KEY, x text); DROP TABLE early;");
            other.execute(&sql);
            let catalog_again = catalog(&other).await;
            assert_eq!(text(&catalog_once), text(&catalog_again), "{name} on {}", server.major());
            assert_eq!(catalog_once.fingerprint(), catalog_again.fingerprint(), "{name} on {}", server.major());
        }
    }
}

#[tokio::test]
async fn a_snapshot_reads_back() {
    for (name, first, sql) in fixtures() {
        for server in servers().iter().filter(|server| server.major().number() >= first) {
            let catalog = catalog(&database(server, &sql)).await;
            let saved = catalog.to_snapshot();
            let read = match Catalog::from_snapshot(&saved) {
                Ok(read) => read,
                Err(error) => panic!("{name} on {}: {error}", server.major()),
            };
            assert_eq!(read.fingerprint(), catalog.fingerprint(), "{name}");
            assert_eq!(read.to_snapshot(), saved, "{name}");
            assert!(read.iter().zip(catalog.iter()).all(|(read, own)| read.object() == own.object()), "{name}");
        }
    }
}
