//! The laws.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, ObjectId, Rename};
use limosa_plan::{AcceptedRename, Change, Changed, DiffOptions, Hazard, Run, Style, accept, compare, diff};
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Database, Server, query, query_each, schema_dump};

use crate::case::{Case, Direction};

/// Holds all laws for one case: one database goes from A to B online and back offline, another from B to A online and
/// back offline. Each thus meets both what a file makes and what a plan has made.
pub(crate) fn hold(server: &Server, case: &Case) -> Vec<String> {
    let mut broken = Vec::new();
    let ends = match [Direction::Forth, Direction::Back].map(|direction| End::load(server, case, direction)) {
        [Ok(a), Ok(b)] => [a, b],
        ends => return ends.into_iter().filter_map(Result::err).collect(),
    };
    for (direction, from, to) in [(Direction::Forth, &ends[0], &ends[1]), (Direction::Back, &ends[1], &ends[0])] {
        // Each database is first the end of the other's way; what is wanted there is remembered from its beginning.
        let mut there = from.catalog.clone();
        for (style, wanted) in [(Style::Online, to), (Style::Offline, from)] {
            match travel(case, &from.database, &there, wanted, style) {
                Ok(arrived) => there = arrived,
                Err(why) => {
                    let direction = if style == Style::Online { direction } else { direction.other() };
                    broken.push(format!("{} {direction:?} {style:?} on {}: {why}", case.name, server.major()));
                    break;
                }
            }
        }
    }
    broken
}

/// A database as one of the files makes it.
struct End {
    database: Database,
    catalog: Catalog,
    dump: Option<Vec<String>>,
}

impl End {
    fn load(server: &Server, case: &Case, direction: Direction) -> Result<Self, String> {
        let database = server.fresh_database();
        let told = |error: String| format!("{}: the schema that {direction:?} begins with: {error}", case.name);
        query(database.url(), &case.text(direction)).map_err(|error| told(error.to_string()))?;
        let catalog = catalog(&database).map_err(told)?;
        let dump = schema_dump(server.major(), database.url(), &[])?;
        Ok(Self { database, catalog, dump })
    }
}

/// Takes a database to what is wanted, and tells what is there then.
fn travel(case: &Case, database: &Database, there: &Catalog, wanted: &End, style: Style) -> Result<Catalog, String> {
    let mut options = DiffOptions { style, ..DiffOptions::default() };
    options.renames = accepted(case, there, &wanted.catalog)?;
    let plan = diff(there, &wanted.catalog, &options).map_err(|error| error.to_string())?;
    let script: Vec<String> = plan.statements.iter().map(|statement| format!("{statement};")).collect();
    let told = |what: &str| format!("{what}\n--- the plan\n{}", script.join("\n"));
    for forbidden in case.marks("forbidden") {
        if script.iter().any(|statement| statement.contains(forbidden)) {
            return Err(told(&format!("the plan holds {forbidden:?}")));
        }
    }
    let rows = |table: &str| {
        query(database.url(), &format!("SELECT count(*) FROM {table}")).map_err(|error| error.to_string())
    };
    let before: Vec<_> = case.marks("rows").map(rows).collect::<Result<_, _>>()?;
    let is_rename = |statement: &&limosa_plan::Statement| statement.to_string().contains(" RENAME ");
    let renames = if plan.renames.is_empty() { 0 } else { plan.statements.iter().take_while(is_rename).count() };
    let (renames, rest) = plan.statements.split_at(renames);
    apply(database, renames).map_err(|why| told(&why))?;
    if !renames.is_empty() {
        let (computed, found) = (there.renamed(&plan.renames, &wanted.catalog), catalog(database)?);
        // What is computed may be taken for different where PostgreSQL would not say so, but never for the same.
        let is_wrong = |change: &&Change| match (&change.what, computed.get(&change.id), wanted.catalog.get(&change.id))
        {
            (Changed::Altered(_), Some(computed), Some(wanted)) => computed.differing_fields(wanted).is_empty(),
            (Changed::Altered(_), ..) => false,
            _ => true,
        };
        let differs = compare(&computed, &found, &DiffOptions::default());
        let wrong: Vec<_> = differs.iter().filter(is_wrong).collect();
        if !wrong.is_empty() {
            return Err(told(&format!("after the renames the catalog is not what was computed:\n{wrong:#?}")));
        }
    }
    let files = files(database)?;
    apply(database, rest).map_err(|why| told(&why))?;
    let rewritten = rewritten(&files, &self::files(database)?, rest);
    if !rewritten.is_empty() {
        return Err(told(&format!("the plan does not say that these tables are written anew: {rewritten:?}")));
    }
    let after: Vec<_> = case.marks("rows").map(rows).collect::<Result<_, _>>()?;
    if before != after {
        return Err(told(&format!("rows before {before:?}, after {after:?}")));
    }
    let arrived = catalog(database)?;
    options.renames.clear();
    let left = diff(&arrived, &wanted.catalog, &options).map_err(|error| error.to_string())?;
    if !left.statements.is_empty() {
        let left: Vec<String> = left.statements.iter().map(|statement| format!("{statement};")).collect();
        return Err(told(&format!("something is left to do:\n{}", left.join("\n"))));
    }
    match (schema_dump(database.server().major(), database.url(), &[])?, &wanted.dump) {
        (Some(found), Some(expected)) if found != *expected => {
            let only = |one: &[String], other: &[String], mark: &str| -> String {
                let only = one.iter().filter(|statement| !other.contains(statement));
                only.map(|statement| format!("{mark} {statement}\n")).collect()
            };
            let difference = only(expected, &found, "-") + &only(&found, expected, "+");
            Err(told(&format!("pg_dump sees a difference (- wanted, + found):\n{difference}")))
        }
        _ => Ok(arrived),
    }
}

/// The renames that the case accepts on this way: as it says them, or taken back.
pub(crate) fn accepted(case: &Case, there: &Catalog, wanted: &Catalog) -> Result<Vec<Rename>, String> {
    let said: Vec<AcceptedRename> =
        case.marks("accept-rename").map(|text| text.parse()).collect::<Result<_, _>>().map_err(told)?;
    let back: Vec<AcceptedRename> = said.iter().map(AcceptedRename::inverse).collect();
    accept(there, wanted, &said).or_else(|why| accept(there, wanted, &back).map_err(|_| told(why)))
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Runs the statements as a person would: together where they may, alone where they must.
fn apply(database: &Database, statements: &[limosa_plan::Statement]) -> Result<(), String> {
    let mut messages = vec![String::new()];
    for statement in statements {
        match (statement.run, messages.last_mut()) {
            (Run::Together, Some(together)) => together.push_str(&format!("{statement};\n")),
            _ => messages.extend([statement.to_string(), String::new()]),
        }
    }
    query_each(database.url(), &messages).map(drop).map_err(|error| error.to_string())
}

/// The files of tables, by name.
fn files(database: &Database) -> Result<BTreeMap<String, String>, String> {
    let sql = "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), c.relfilenode
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind = 'r' AND c.oid >= 16384";
    let rows = query(database.url(), sql).map_err(|error| error.to_string())?;
    Ok(rows.into_iter().filter_map(|row| Some((row.first()?.clone()?, row.get(1)?.clone()?))).collect())
}

/// The tables that have other files than before, though no statement says so.
fn rewritten(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    statements: &[limosa_plan::Statement],
) -> Vec<String> {
    let is_said = |name: &str| {
        let hazards = statements.iter().flat_map(|statement| &statement.hazards);
        hazards.filter(|hazard| matches!(hazard, Hazard::RewritesTable(_) | Hazard::DeletesData(_))).any(|hazard| {
            matches!(hazard.about(), ObjectId::Table(table)
                if table.to_string().replace('"', "") == name.replace('"', ""))
        })
    };
    let changed = before.iter().filter(|(name, file)| after.get(*name).is_some_and(|now| now != *file));
    changed.map(|(name, _)| name.clone()).filter(|name| !is_said(name)).collect()
}

pub(crate) fn catalog(database: &Database) -> Result<Catalog, String> {
    let url = database.url().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let settings =
            ConnectionSettings::resolve(&url, &ClientContext::default()).map_err(|error| error.to_string())?;
        let session = Session::connect(&settings).await.map_err(|error| error.to_string())?;
        let catalog = session.catalog(&[]).await.map_err(|error| error.to_string());
        session.close().await;
        catalog
    })
}
