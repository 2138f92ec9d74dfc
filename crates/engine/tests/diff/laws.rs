//! The laws.

use limosa_catalog::Catalog;
use limosa_plan::{DiffOptions, Run, Style, diff};
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Database, Server, query};

use crate::case::{Case, Direction};
use crate::dump::dump;

/// Holds all laws for one case in one direction.
pub(crate) fn hold(server: &Server, case: &Case, direction: Direction, style: Style) -> Result<(), String> {
    let (a, b) = case.texts(direction);
    let (from, to) = (server.fresh_database(), server.fresh_database());
    query(from.url(), &a).map_err(|error| format!("the schema to begin with: {error}"))?;
    query(to.url(), &b).map_err(|error| format!("the schema to arrive at: {error}"))?;
    let options = DiffOptions { style, ..DiffOptions::default() };
    let wanted = catalog(&to)?;
    let plan = diff(&catalog(&from)?, &wanted, &options).map_err(|error| error.to_string())?;
    let script: Vec<String> = plan.statements.iter().map(|statement| format!("{statement};")).collect();
    let told = |what: &str| format!("{what}\n--- the plan\n{}", script.join("\n"));
    for forbidden in case.marks("forbidden") {
        if script.iter().any(|statement| statement.contains(forbidden)) {
            return Err(told(&format!("the plan holds {forbidden:?}")));
        }
    }
    let rows =
        |table: &str| query(from.url(), &format!("SELECT count(*) FROM {table}")).map_err(|error| error.to_string());
    let before: Vec<_> = case.marks("rows").map(rows).collect::<Result<_, _>>()?;
    apply(&from, &plan.statements).map_err(|why| told(&why))?;
    let after: Vec<_> = case.marks("rows").map(rows).collect::<Result<_, _>>()?;
    if before != after {
        return Err(told(&format!("rows before {before:?}, after {after:?}")));
    }
    let left = diff(&catalog(&from)?, &wanted, &options).map_err(|error| error.to_string())?;
    if !left.statements.is_empty() {
        let left: Vec<String> = left.statements.iter().map(|statement| format!("{statement};")).collect();
        return Err(told(&format!("something is left to do:\n{}", left.join("\n"))));
    }
    match (dump(server.major(), from.url()), dump(server.major(), to.url())) {
        (Some(found), Some(expected)) if found != expected => {
            let only = |one: &[String], other: &[String], mark: &str| -> String {
                let only = one.iter().filter(|statement| !other.contains(statement));
                only.map(|statement| format!("{mark} {statement}\n")).collect()
            };
            let difference = only(&expected, &found, "-") + &only(&found, &expected, "+");
            Err(told(&format!("pg_dump sees a difference (- wanted, + found):\n{difference}")))
        }
        _ => Ok(()),
    }
}

/// Runs the statements as a person would: together where they may, alone where they must.
fn apply(database: &Database, statements: &[limosa_plan::Statement]) -> Result<(), String> {
    let mut together = String::new();
    let flush = |together: &mut String| -> Result<(), String> {
        let sql = std::mem::take(together);
        query(database.url(), &sql).map(drop).map_err(|error| error.to_string())
    };
    for statement in statements {
        match statement.run {
            Run::Together => together.push_str(&format!("{statement};\n")),
            Run::Alone => {
                flush(&mut together)?;
                query(database.url(), &statement.to_string()).map_err(|error| format!("{statement}: {error}"))?;
            }
        }
    }
    flush(&mut together)
}

fn catalog(database: &Database) -> Result<Catalog, String> {
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
