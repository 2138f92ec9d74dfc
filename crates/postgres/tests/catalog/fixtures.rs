//! The schemas in the folder of cases, one for each kind of object. `kind@17.sql` is for PostgreSQL 17 and later.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;
use std::thread;

use limosa_catalog::{Catalog, ObjectKind};
use limosa_testkit::{Server, servers};

use crate::text::{differing_lines, text};
use crate::{Loaded, catalog, folder};

/// What was read of a schema.
struct Reading {
    name: String,
    /// The first major that the schema is for, if it is not for all.
    first: Option<u16>,
    major: u16,
    catalog: Catalog,
    /// Of the same database once more.
    again: Catalog,
    /// Of the same schema in another database.
    elsewhere: Catalog,
}

/// The schemas: the name of each, the first major that it is for, and its text.
fn fixtures() -> Vec<(String, Option<u16>, String)> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder()).unwrap().flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "sql") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let first = name.split_once('@').map(|(_, major)| major.parse().unwrap());
            found.push((name, first, fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "there is no schema in {}", folder().display());
    found
}

/// Every schema read on every server that it is for; once for all tests.
fn readings() -> &'static [Reading] {
    static READINGS: OnceLock<Vec<Reading>> = OnceLock::new();
    READINGS.get_or_init(|| {
        let threads: Vec<_> = servers().into_iter().map(|server| thread::spawn(move || read_all(&server))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[tokio::main(flavor = "current_thread")]
async fn read_all(server: &Server) -> Vec<Reading> {
    let major = server.major().number();
    let mut readings = Vec::new();
    for (name, first, sql) in fixtures().into_iter().filter(|(_, first, _)| first.is_none_or(|first| first <= major)) {
        let database = Loaded::new(server, &sql);
        // There the oids are others.
        let early = "CREATE TABLE early (id serial PRIMARY KEY, x text); DROP TABLE early;";
        let other = Loaded::new(server, &format!("{early}\n{sql}"));
        let (catalog, again) = (catalog(&database).await, catalog(&database).await);
        let elsewhere = crate::catalog(&other).await;
        readings.push(Reading { name, first, major, catalog, again, elsewhere });
    }
    readings
}

/// What is read of each schema. Of a schema for all versions, the whole is kept for the oldest version and what differs
/// for the others.
#[test]
fn facts_are_as_they_were() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _scope = settings.bind_to_scope();
    for reading in readings() {
        let Reading { name, major, catalog, .. } = reading;
        let oldest = || readings().iter().find(|other| other.name == *name && other.major == 15);
        match (reading.first, major) {
            (None, 15) => insta::assert_snapshot!(name.clone(), text(catalog)),
            (Some(_), _) => insta::assert_snapshot!(format!("{name}-on-{major}"), text(catalog)),
            (None, _) => {
                let Some(oldest) = oldest() else { continue };
                let differing = differing_lines(&oldest.catalog, catalog);
                let file = format!("{name}-on-{major}");
                if differing.is_empty() {
                    let path = folder().join("snapshots").join(format!("{file}.snap"));
                    assert!(!path.exists(), "nothing differs, remove {}", path.display());
                } else {
                    insta::assert_snapshot!(file, differing);
                }
            }
        }
    }
}

#[test]
fn reading_twice_gives_the_same() {
    for Reading { name, major, catalog, again, elsewhere, .. } in readings() {
        assert_eq!(catalog.fingerprint(), again.fingerprint(), "{name} on {major}");
        assert_eq!(text(catalog), text(elsewhere), "{name} on {major}");
        assert_eq!(catalog.fingerprint(), elsewhere.fingerprint(), "{name} on {major}");
    }
}

#[test]
fn nothing_is_left_uncovered_or_unseen() {
    for Reading { name, major, catalog, .. } in readings() {
        assert_eq!(catalog.uncovered(), [], "{name} on {major}");
        assert_eq!(catalog.unseen(), [""; 0], "{name} on {major}");
    }
}

#[test]
fn a_snapshot_reads_back() {
    for Reading { name, major, catalog, .. } in readings() {
        let saved = catalog.to_snapshot();
        let read = match Catalog::from_snapshot(&saved) {
            Ok(read) => read,
            Err(error) => panic!("{name} on {major}: {error}"),
        };
        assert_eq!(read.fingerprint(), catalog.fingerprint(), "{name}");
        assert_eq!(read.to_snapshot(), saved, "{name}");
        assert!(read.iter().zip(catalog.iter()).all(|(read, own)| read.object() == own.object()), "{name}");
    }
}

/// The schemas together use every kind and every field of each.
#[test]
fn every_field_of_every_kind_is_used() {
    let mut used = BTreeSet::new();
    for reading in readings() {
        for entry in reading.catalog.iter() {
            used.insert((entry.id().kind(), "it"));
            used.extend(entry.object().fields().into_iter().map(|(field, _)| (entry.id().kind(), field)));
        }
    }
    let all = ObjectKind::ALL.iter().flat_map(|kind| kind.fields().iter().chain(&["it"]).map(|field| (*kind, *field)));
    let unused: Vec<_> = all
        .filter(|kind_and_field| !used.contains(kind_and_field))
        // No provider of labels is at hand, and no server of the version that publishes sequences. Tablespaces belong
        // to the whole server and have a test of their own.
        .filter(|(kind, field)| *kind != ObjectKind::SecurityLabel && !["all_sequences", "tablespace"].contains(field))
        .map(|(kind, field)| format!("{field} of {kind}"))
        .collect();
    assert!(unused.is_empty(), "no schema uses {unused:?}");
}

/// Leaving out any field of any object changes the fingerprint, which the snapshot's first line would still say.
#[test]
fn every_field_counts() {
    let newest = readings().iter().map(|reading| reading.major).max();
    for Reading { name, catalog, .. } in readings().iter().filter(|reading| Some(reading.major) == newest) {
        let saved = catalog.to_snapshot();
        let lines: Vec<&str> = saved.lines().collect();
        for (entry, index) in catalog.iter().zip(1..) {
            let notes = entry.object().kind().notes();
            for (field, _) in entry.object().fields().iter().filter(|(field, _)| !notes.contains(field)) {
                let mut line: serde_json::Value = serde_json::from_str(lines[index]).unwrap();
                line["facts"].as_object_mut().unwrap().shift_remove(*field).unwrap();
                let line = line.to_string();
                let mut changed = lines.clone();
                changed[index] = &line;
                let read = Catalog::from_snapshot(&changed.join("\n"));
                assert!(read.is_err(), "{name}: {field} of {} can be left out", entry.id());
            }
        }
    }
}
