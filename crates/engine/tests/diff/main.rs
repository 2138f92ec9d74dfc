//! Laws of the difference between two schemas, held over every folder of `tests/cases/diff`, in both directions, online
//! and offline, on every server.
//!
//! A case is a folder `<kind>/<name>` with `a.sql` and `b.sql`. Applying the plan to a copy of A must leave nothing to
//! plan, and `pg_dump` (where one of the server's major version is at hand) must print the same for both. `setup.sql`
//! runs in both first. A line `-- forbidden: TEXT` in either file names a text that no statement of the plan may hold;
//! `-- rows: TABLE` a table whose rows (which the files insert) have to be there afterwards; `-- role: NAME` a role
//! that the server shall have; `-- accept-rename: OLD=NEW` a rename, which is taken back on the way back;
//! `-- not-twice: WHY` that a script which was run cannot be run again.
//!
//! `LIMOSA_DIFF_CASE` restricts a run to cases with a text in their name; `LIMOSA_DIFF_FOLDER` names another folder of
//! cases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod case;
mod fixes;
mod laws;
mod random;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use limosa_testkit::{Server, query, servers, thorough};

use crate::case::Case;

/// Environment variable that restricts the run to cases whose path contains its value.
const ONLY: &str = "LIMOSA_DIFF_CASE";
/// Environment variable that names another folder of cases: pairs of schemas that are not kept here.
const FOLDER: &str = "LIMOSA_DIFF_FOLDER";

#[test]
fn every_case_holds_the_laws() {
    // Every day, half of the cases on each server, so that two servers share them; `--thorough` runs all on each.
    for_each_case(2, laws::hold);
}

#[test]
fn every_fix_script_can_be_run_twice_and_loses_nothing() {
    for_each_case(8, fixes::hold);
}

/// Holds a law over the cases on all servers; every day over one in `share` on each.
fn for_each_case(share: usize, law: impl Fn(&Server, &Case) -> Vec<String> + Sync) {
    #[expect(clippy::disallowed_methods, reason = "a person who mends one case does not want to run all of them")]
    let [only, other] = [ONLY, FOLDER].map(|name| std::env::var(name).unwrap_or_default());
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/diff");
    let folder = if other.is_empty() { own } else { PathBuf::from(&other) };
    let cases: Vec<Case> = Case::all(&folder).into_iter().filter(|case| case.name.contains(&only)).collect();
    assert!(!cases.is_empty(), "there is no case with {only:?} in its name");
    let servers = servers();
    let mut jobs: Vec<(&Server, &Case)> = Vec::new();
    for (turn, server) in servers.iter().enumerate() {
        make_roles(server, &cases);
        let runs = cases.iter().filter(|case| case.runs_on(server.major()));
        let is_today =
            |index: usize| thorough() || !only.is_empty() || !other.is_empty() || index % share == turn % share;
        jobs.extend(runs.enumerate().filter(|(index, _)| is_today(*index)).map(|(_, case)| (server, case)));
    }
    let (next, broken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((server, case)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = law(server, case);
                    #[expect(clippy::print_stderr, reason = "a long run says at once what it found")]
                    found.iter().for_each(|why| eprintln!("{why}\n"));
                    broken.lock().unwrap().extend(found);
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort();
    let (ways, cases) = (broken.len(), jobs.len());
    assert!(broken.is_empty(), "{ways} ways in {cases} cases and servers broke a law:\n\n{}", broken.join("\n\n"));
}

/// Roles belong to the whole server, so they are there before any case begins, and stay.
fn make_roles(server: &Server, cases: &[Case]) {
    let roles: BTreeSet<&str> = cases.iter().flat_map(|case| case.marks("role")).collect();
    roles.into_iter().for_each(|role| make_role(server, role));
}

fn make_role(server: &Server, role: &str) {
    let sql = format!(
        "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    query(server.url(), &sql).unwrap_or_else(|error| panic!("role {role}: {error}"));
}
