//! A law of seeds, on real servers: whatever the tables, types, keys, modes and files are, a second run writes nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod case;
mod dice;
mod value;

use std::fs;
use std::time::Duration;

use limosa_catalog::Identifier;
use limosa_engine::{Backfills, Deletes, Event, Observer, SeedOptions, SeedReport, SeedRun, Target, seed, stop_switch};
use limosa_plan::RetryPolicy;
use limosa_postgres::{ClientContext, ConnectionSettings};
use limosa_project::{Seed, load, read_seeds};
use limosa_syntax::BackfillManner;
use limosa_testkit::{Database, servers, thorough};

use case::Case;

#[test]
fn a_second_run_writes_nothing() {
    for server in servers() {
        for number in 0..if thorough() { 300 } else { 12 } {
            let case = Case::of(number);
            let database = server.fresh_database();
            database.execute(&case.schema());
            let told = |what: &str| format!("case {number} on PostgreSQL {}: {what}\n{case}", server.major());
            for (time, files) in case.files().iter().enumerate() {
                let seeds = seeds(&case, files);
                let first = run(&database, &seeds, SeedRun::Write).unwrap_or_else(|why| panic!("{}", told(&why)));
                let before = rows(&database, &case);
                let again = run(&database, &seeds, SeedRun::Write).unwrap_or_else(|why| panic!("{}", told(&why)));
                let what = format!("after the files of time {time}, run a second time: {:?}", again.seeds);
                assert!(again.seeds.iter().all(|it| it.counts.is_some_and(|it| it.is_none())), "{}", told(&what));
                assert_eq!(before, rows(&database, &case), "{}", told("row versions changed"));
                let verified = run(&database, &seeds, SeedRun::Verify).unwrap_or_else(|why| panic!("{}", told(&why)));
                let differs = verified.seeds.iter().any(|it| it.counts.is_some_and(|it| !it.is_none()));
                assert!(!differs, "{}", told(&format!("the rows differ from the files: {:?}", verified.seeds)));
                let wrote = first.seeds.iter().any(|it| it.counts.is_some_and(|it| it.inserted > 0));
                assert!(wrote || time > 0, "{}", told("the first run wrote nothing"));
            }
        }
    }
}

fn run(database: &Database, seeds: &[Seed], run: SeedRun) -> Result<SeedReport, String> {
    let (_switch, stop) = stop_switch();
    let options = SeedOptions {
        run,
        force: true,
        deletes: Deletes::Allowed,
        actor: "test",
        wait: Duration::from_secs(60),
        values: &|_| None,
        elsewhere: &[],
    };
    let target = target(database.url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(seed(&target, seeds, &|_| true, &options, &mut Deaf, &stop));
    result.map_err(|error| format!("{:?}", error.diagnostics()))
}

fn seeds(case: &Case, files: &[(String, String)]) -> Vec<Seed> {
    let folder = tempfile::tempdir().unwrap();
    for part in ["migrations", "seeds"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    fs::write(folder.path().join("limosa.toml"), case.settings()).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("seeds").join(name), text).unwrap();
    }
    let project = load(folder.path()).unwrap().project;
    read_seeds(&project, &project.services[0]).unwrap()
}

/// Every row, with the transaction that wrote it.
fn rows(database: &Database, case: &Case) -> Vec<Vec<Vec<Option<String>>>> {
    let all = |table: &str| format!("SELECT xmin::text, ctid::text, t::text FROM {table} t ORDER BY ctid");
    case.tables.iter().map(|table| database.execute(&all(&table.quoted()))).collect()
}

fn target(url: &str) -> Target {
    Target {
        service: "clinic".to_owned(),
        settings: ConnectionSettings::resolve(url, &ClientContext::default()).unwrap(),
        history_schema: Identifier::new("limosa").unwrap(),
        owner_role: None,
        search_path: None,
        retry: RetryPolicy::default(),
        statement_timeout: None,
        set_aside: None,
        backfills: Backfills::InBatches,
        manner: BackfillManner::default(),
        coexistence: limosa_project::CoexistenceSettings::default(),
        ids_schema: Identifier::new("ids").unwrap(),
        single_connection: false,
    }
}

struct Deaf;

impl Observer for Deaf {
    fn on(&mut self, _: &Event) {}
}
