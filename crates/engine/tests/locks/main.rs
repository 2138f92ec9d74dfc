//! The table of locks in `limosa_plan::lock`, held against real servers: each case of `cases.sql` runs in a transaction
//! over tables with rows, and `pg_locks`, the numbers of the tables' files and the statistics of the transaction say
//! what it did. What cannot run in a transaction is watched by another session while it waits behind a third.
//!
//! With `LIMOSA_TEST_WRITE_LOCKS=1` in the environment the table is written instead, for the majors that are at hand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod case;
mod measure;
mod recognition;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use limosa_catalog::{ServerMajor, ServerVersion};
use limosa_plan::lock::{LockFact, MEASURED, Part, StatementForm, lock_facts, lock_table};
use limosa_testkit::{Server, servers};

use crate::case::{Case, Layout, cases};

/// A case on a layout, and what it did.
type Run<'c> = (Layout, &'c Case, BTreeSet<LockFact>);
type Facts = BTreeMap<(StatementForm, u16), Vec<LockFact>>;

#[test]
fn every_form_locks_what_the_table_says() {
    let cases = cases();
    let missing: Vec<&str> = StatementForm::ALL
        .iter()
        .filter(|form| !cases.iter().any(|case| case.form == **form))
        .map(|form| form.name())
        .collect();
    assert!(missing.is_empty(), "no case measures {missing:?}");
    let servers: Vec<_> = servers().into_iter().filter(|it| MEASURED.contains(&it.major().number())).collect();
    // What depends on the version is in the table, so that one server does for recognition.
    let newest = servers.last().map(Server::major);
    let run = |server: &Server| (server.major().number(), measure_all(server, &cases, Some(server.major()) == newest));
    let measured: Vec<(u16, Result<Facts, Vec<String>>)> = std::thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = servers.iter().map(|server| scope.spawn(move || run(server))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut table = checked_in();
    let mut wrong = Vec::new();
    for (major, result) in measured {
        match result {
            Ok(facts) => {
                for form in StatementForm::ALL {
                    let (said, found) = (table.get(&(*form, major)), facts.get(&(*form, major)));
                    if said != found {
                        let name = form.name();
                        wrong.push(format!("{name} on {major}: the table says {said:?}, the server did {found:?}"));
                    }
                }
                table.retain(|(_, of), _| *of != major);
                table.extend(facts);
            }
            Err(contradictions) => wrong.extend(contradictions),
        }
    }
    #[expect(clippy::disallowed_methods, reason = "a person who adds a form wants the table written")]
    if std::env::var("LIMOSA_TEST_WRITE_LOCKS").is_ok_and(|value| value == "1") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plan/src/lock/locks.txt");
        std::fs::write(path, lock_table(&table)).unwrap();
        wrong.retain(|wrong| !wrong.contains(": the table says "));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn checked_in() -> Facts {
    let majors = MEASURED.map(|major| (major, major_of(major)));
    let each = StatementForm::ALL.iter().flat_map(|form| majors.map(|(number, major)| (*form, number, major)));
    each.filter_map(|(form, number, major)| Some(((form, number), lock_facts(form, major)?.to_vec()))).collect()
}

fn major_of(number: u16) -> ServerMajor {
    ServerVersion::from_number(u32::from(number) * 10_000).unwrap().major()
}

/// What each form does on one server; or where its cases disagree, or are not recognised.
fn measure_all(server: &Server, cases: &[Case], recognises: bool) -> Result<Facts, Vec<String>> {
    let major = server.major().number();
    let database = server.fresh_database();
    measure::prepare(server);
    let mut laid_out = None;
    let mut seen: BTreeMap<StatementForm, Vec<Run<'_>>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for layout in [Layout::Plain, Layout::Partitioned] {
        for case in cases.iter().filter(|case| case.since <= major && case.runs_on(layout)) {
            // What is rolled back leaves the tables as they were for the next.
            if laid_out != Some(layout) {
                measure::lay_out(database.url(), layout);
            }
            laid_out = case.leaves_no_trace().then_some(layout);
            match measure::measure(database.url(), case, recognises) {
                Ok(found) => {
                    if let Some(catalog) = &found.catalog {
                        wrong.extend(recognition::differs(case, &found.named, catalog, server.major()));
                    }
                    seen.entry(case.form).or_default().push((layout, case, found.facts));
                }
                Err(error) => wrong.push(format!("on {major}, {layout:?}: {}\n  {error}", case.statement)),
            }
        }
    }
    let mut facts = Facts::new();
    for (form, runs) in seen {
        match together(&runs) {
            Ok(together) => drop(facts.insert((form, major), together)),
            Err(contradiction) => wrong.push(format!("{} on {major}: {contradiction}", form.name())),
        }
    }
    if wrong.is_empty() { Ok(facts) } else { Err(wrong) }
}

/// The facts of a form from those of its cases, which agree where their tables are laid out alike, and take the same
/// modes where they are not. What runs outside a transaction is seen in moments, of which each shows a part.
fn together(runs: &[Run<'_>]) -> Result<Vec<LockFact>, String> {
    let mut modes: BTreeMap<Part, LockFact> = BTreeMap::new();
    for (layout, case, facts) in runs {
        for (other_layout, other, other_facts) in runs {
            let is_whole = case.behind.is_none() && layout == other_layout;
            if is_whole && facts != other_facts {
                let (one, two) = (&case.statement, &other.statement);
                return Err(format!("the cases differ\n  {one}: {facts:?}\n  {two}: {other_facts:?}"));
            }
        }
        for fact in facts {
            let known = modes.entry(fact.part).or_insert(*fact);
            if known.mode != fact.mode && case.behind.is_none() {
                return Err(format!("{}: {known:?} and {fact:?}", case.statement));
            }
            known.mode = known.mode.max(fact.mode);
            known.work = known.work.max(fact.work);
        }
    }
    Ok(modes.into_values().collect())
}
