//! Scripts that can be run twice.

use limosa_plan::{DiffError, DiffOptions, fix};
use limosa_testkit::{Server, query, query_each};

use crate::case::{Case, Direction};
use crate::laws::{accepted, catalog};

/// The script from A to B runs twice without an error, and then nothing is left to do but what it holds back.
pub(crate) fn hold(server: &Server, case: &Case) -> Vec<String> {
    if case.marks("not-twice").next().is_some() {
        return Vec::new();
    }
    let ways = [Direction::Forth, Direction::Back].map(|way| (way, run(server, case, way)));
    let broken = ways.into_iter().filter_map(|(way, result)| Some((way, result.err()?)));
    broken.map(|(way, why)| format!("{} {way:?} on {}: {why}", case.name, server.major())).collect()
}

fn run(server: &Server, case: &Case, way: Direction) -> Result<(), String> {
    let load = |way| {
        let database = server.fresh_database();
        query(database.url(), &case.text(way)).map_err(|error| error.to_string())?;
        let catalog = catalog(&database)?;
        Ok::<_, String>((database, catalog))
    };
    let (_, wanted) = load(way.other())?;
    let (database, there) = load(way)?;
    let mut options = DiffOptions { renames: accepted(case, &there, &wanted)?, ..DiffOptions::default() };
    let script = match fix(&there, &wanted, &options) {
        // It says itself that it cannot be.
        Err(DiffError::Exchange(_)) => return Ok(()),
        script => script.map_err(|error| error.to_string())?,
    };
    let told = |what: &str| format!("{what}\n--- the script\n{}", script.to_sql());
    let free = script.steps.iter().filter(|step| step.held_back.is_none());
    let statements: Vec<String> = free.flat_map(|step| step.sql.iter().cloned()).collect();
    for time in ["first", "second"] {
        query_each(database.url(), &statements).map_err(|error| told(&format!("the {time} time: {error}")))?;
    }
    let arrived = catalog(&database)?;
    options.renames.clear();
    let left = fix(&arrived, &wanted, &options).map_err(|error| error.to_string())?;
    match left.steps.iter().find(|step| step.held_back.is_none()) {
        Some(step) => Err(told(&format!("something is left to do: {}", step.sql.join("\n")))),
        None if left.held_back() > script.held_back() => Err(told("more is held back than before")),
        None => Ok(()),
    }
}
