//! Proofs with rows, on real servers of our own. A case is a file: what is there before, then `-- up`, then what is
//! proven, then `-- down` and its way back; the snapshot is what the proof found.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod told;

use std::fs;
use std::path::Path;

use limosa_catalog::{Identifier, ServerMajor};
use limosa_engine::{Answers, Extent, Proof, ProofExtent, ProofRequest, Replay, RowSource, prove, stop_switch};
use limosa_postgres::provider::ProviderKind;
use limosa_postgres::provider::binaries::{BinariesProvider, BinariesSettings};
use limosa_postgres::{Shadow, ShadowIdentity};
use limosa_project::{MigrationSet, load, read_migrations};
use limosa_testkit::{binary_search, server, servers};

fn shadow(major: ServerMajor) -> Shadow {
    let search = binary_search();
    let found = search.find(Some(major)).unwrap();
    let identity = ShadowIdentity { kind: ProviderKind::Binaries, version: found.version() };
    let settings = BinariesSettings { search, major: Some(major), data: None, temporary: std::env::temp_dir() };
    Shadow::on(identity, move || Ok(Box::new(BinariesProvider::new(&settings)?)))
}

/// The migrations of a project with these files.
fn migrations(files: &[(&str, &str)]) -> MigrationSet {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("migrations").join(name), text).unwrap();
    }
    let project = load(folder.path()).unwrap().project;
    read_migrations(&project, &project.services[0]).unwrap()
}

fn proven(shadow: &mut Shadow, set: &MigrationSet, extent: ProofExtent, known: &Answers) -> Vec<Proof> {
    let (_switch, stop) = stop_switch();
    let history_schema = Identifier::new("limosa").unwrap();
    let replay = Replay {
        service: "clinic",
        history_schema: &history_schema,
        ids_schema: &Identifier::new("ids").unwrap(),
        owner_role: None,
        search_path: None,
        coexistence: &limosa_project::CoexistenceSettings::default(),
        values: &|_: &str| None,
        extent: Extent::All,
    };
    let request = ProofRequest { extent, rows: RowSource::Generated };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(prove(shadow, set, &replay, request, known, &stop, &mut |_| {})).unwrap()
}

fn cases() -> Vec<(String, MigrationSet)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prove/cases");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let (before, change) = text.split_once("-- up\n").unwrap();
            let (up, down) = change.split_once("-- down\n").unwrap_or((change, ""));
            let mut files = vec![("001_before.sql", before), ("002_change.sql", up)];
            if !down.is_empty() {
                files.push(("002_change.down.sql", down));
            }
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), migrations(&files))
        })
        .collect();
    cases.sort_by(|(one, _), (other, _)| one.cmp(other));
    cases
}

#[test]
fn what_is_lost_is_told_on_every_server() {
    for server in servers() {
        let mut shadow = shadow(server.major());
        for (name, set) in cases() {
            let proofs = proven(&mut shadow, &set, ProofExtent::ThereAndBack, &Answers::nothing());
            let mut settings = insta::Settings::clone_current();
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.set_snapshot_path("cases");
            settings.bind(|| insta::assert_snapshot!(name.clone(), told::told(&proofs[1])));
        }
    }
}

/// Rows live on: what a migration made of them is what the next one finds, and what is new or changed gets more.
#[test]
fn rows_live_on_through_the_migrations_that_follow() {
    let set = migrations(&[
        ("001_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL);"),
        ("002_visit.sql", "CREATE TABLE visit (id int PRIMARY KEY, patient_id int NOT NULL REFERENCES patient);"),
        ("003_nickname.sql", "ALTER TABLE patient ADD nickname text;"),
        ("004_drop_nickname.sql", "ALTER TABLE patient DROP nickname;"),
        ("004_drop_nickname.down.sql", "ALTER TABLE patient ADD nickname text;"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let known = Answers::in_folder(folder.path().to_owned());
    let mut shadow = shadow(server().major());
    let proofs = proven(&mut shadow, &set, ProofExtent::ThereAndBack, &known);
    let rows = |proof: &Proof| {
        let tables = proof.rows.tables.iter();
        tables.map(|table| format!("{} {}", table.table.name.as_str(), table.rows)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        proofs.iter().map(rows).collect::<Vec<_>>(),
        ["", "patient 20", "patient 20, visit 20", "patient 40, visit 20"]
    );
    let losses = |proofs: &[Proof]| proofs[3].losses.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(losses(&proofs), ["20 values of public.patient.nickname"]);
    let again = proven(&mut shadow, &set, ProofExtent::ThereAndBack, &known);
    assert_eq!(again.iter().map(|proof| proof.known).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(again.iter().take(3).map(rows).collect::<Vec<_>>(), ["", "patient 20", "patient 20, visit 20"]);
    assert_eq!(losses(&again), ["20 values of public.patient.nickname"], "rows are made where the known ones end");
}

#[test]
fn what_is_allowed_at_a_statement_is_what_it_takes_away() {
    let lost = |allowed: &str| {
        let set = migrations(&[
            ("001_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY, ssn text, note text);"),
            ("002_drop.sql", allowed),
            ("002_drop.down.sql", "ALTER TABLE patient ADD ssn text, ADD note text;"),
        ]);
        let proofs = proven(&mut shadow(server().major()), &set, ProofExtent::ThereAndBack, &Answers::nothing());
        matches!(proofs[1].verdict, limosa_engine::ProofVerdict::LosesData)
    };
    let (ssn, note) = ("ALTER TABLE patient DROP ssn;", "ALTER TABLE patient DROP note;");
    assert!(lost(&format!("-- limosa: allow deletes-data\n{ssn}\n{note}")));
    assert!(!lost(&format!("-- limosa: allow deletes-data\n{ssn}\n-- limosa: allow deletes-data\n{note}")));
    assert!(!lost(&format!("-- limosa: allow deletes-data\n\n{ssn}\n{note}")));
}

#[test]
fn a_loss_that_is_allowed_is_known_with_the_proof() {
    let set = migrations(&[
        ("001_patient.sql", "CREATE TABLE patient (id int PRIMARY KEY, ssn text);"),
        ("002_drop.sql", "-- limosa: allow deletes-data\nALTER TABLE patient DROP ssn;"),
        ("002_drop.down.sql", "ALTER TABLE patient ADD ssn text;"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let known = Answers::in_folder(folder.path().to_owned());
    let mut shadow = shadow(server().major());
    let told = |proofs: &[Proof]| proofs.iter().map(told::told).collect::<Vec<_>>();
    let first = proven(&mut shadow, &set, ProofExtent::ThereAndBack, &known);
    let again = proven(&mut shadow, &set, ProofExtent::ThereAndBack, &known);
    assert!(again.iter().all(|proof| proof.known) && !first.iter().any(|proof| proof.known));
    assert_eq!(told(&first), told(&again));
    assert_eq!(again[1].losses.len(), 1, "{again:?}");
}
