//! `diff`.

use clap::Args;
use limosa_catalog::Catalog;
use limosa_plan::lock::{Known, StatementLocks};
use limosa_plan::{DiffOptions, Difference, Owners, PlannedLock, RelationSizes, Run, Style, diff};
use limosa_syntax::{Command, Diagnostic};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Verbosity};
use crate::schemas::{Schemas, Side};

const EXAMPLES: &str = "\
FROM and TO are each one of
  db              the service's database in the chosen environment
  env:NAME        the same in another
  postgresql://…  any database
  migrations      what the service's migrations lead to
  schema          the schema that the service declares
  FILE.sql        a file of SQL, or a folder of them
  FILE.json       a saved catalog
  cmd:COMMAND     what a command prints

Prints the SQL that makes FROM like TO. Exit code 1 where they differ.

Examples:
  limosa diff migrations schema                 what is declared and not yet migrated
  limosa diff old.sql new.sql
  limosa --service api --env prod diff db env:staging
  limosa diff db 'cmd:npx prisma migrate diff --from-empty --to-schema-datamodel schema.prisma --script'";

/// Show the SQL that makes one schema like another
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// What there is.
    from: Side,
    /// What is wanted.
    to: Side,
    /// The short form of statements, which may hold others up.
    #[arg(long)]
    offline: bool,
    /// Leave out who owns what.
    #[arg(long)]
    no_owners: bool,
    /// Leave out privileges.
    #[arg(long)]
    no_privileges: bool,
}

#[derive(Serialize)]
struct DiffJson {
    same: bool,
    statements: Vec<StatementJson>,
    uncovered: Vec<String>,
}

#[derive(Serialize)]
struct StatementJson {
    sql: String,
    in_transaction: bool,
    hazards: Vec<HazardJson>,
    locks: Vec<PlannedLock>,
}

#[derive(Serialize)]
struct HazardJson {
    name: &'static str,
    object: String,
}

impl Diff {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let options = DiffOptions {
            style: if self.offline { Style::Offline } else { Style::Online },
            // What a file says nothing about is not a difference.
            owners: match (self.from.says_owners(), self.to.says_owners()) {
                (true, true) if !self.no_owners => Owners::Compare,
                (true, _) => Owners::Keep,
                (false, _) => Owners::Ignore,
            },
            privileges: !self.no_privileges,
            ignore: Vec::new(),
        };
        let mut schemas = Schemas::new(invocation)?;
        let catalogs = schemas.both(&self.from, &self.to).await;
        schemas.stop().await?;
        let (from, to) = catalogs?;
        let uncovered: Vec<String> = [&from, &to]
            .iter()
            .flat_map(|catalog| catalog.uncovered())
            .map(|what| format!("{} {}, such as {}", what.count, what.what, what.example))
            .collect();
        let difference = diff(&from, &to, &options)
            .map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?;
        if invocation.global.json {
            output::print_json(&json(&from, &difference, uncovered));
        } else {
            let not_compared = |what: &String| Diagnostic::warning("not-compared", format!("{what}: not compared"));
            invocation.warn(&uncovered.iter().map(not_compared).collect::<Vec<_>>());
            output::print(&difference.to_sql());
            if difference.statements.is_empty() && invocation.global.verbosity() > Verbosity::Quiet {
                output::tell("no difference\n");
            }
        }
        Ok(if difference.statements.is_empty() { Exit::Done } else { Exit::Findings })
    }
}

fn json(from: &Catalog, difference: &Difference, uncovered: Vec<String>) -> DiffJson {
    let mut known = Known::of_catalog(from, Vec::new());
    let mut locks = |sql: &str| {
        let command = Command::of(sql);
        let locks = StatementLocks::of(&command, &known, from.major()).locks;
        known.apply(&command);
        locks.iter().map(|lock| PlannedLock::of(lock, &RelationSizes::new())).collect()
    };
    let statement = |statement: &limosa_plan::Statement| StatementJson {
        locks: locks(&statement.to_string()),
        sql: statement.to_string(),
        in_transaction: statement.run == Run::Together,
        hazards: statement
            .hazards
            .iter()
            .map(|hazard| HazardJson { name: hazard.name(), object: hazard.about().to_string() })
            .collect(),
    };
    DiffJson {
        same: difference.statements.is_empty(),
        statements: difference.statements.iter().map(statement).collect(),
        uncovered,
    }
}
