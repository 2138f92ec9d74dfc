//! `diff`.

use clap::Args;
use limosa_catalog::Catalog;
use limosa_plan::lock::{Known, StatementLocks};
use limosa_plan::{
    AcceptedRename, DiffOptions, Difference, Owners, PlannedLock, RelationSizes, Run, Servers, Style, diff, fix,
};
use limosa_syntax::{Command, Diagnostic};
use serde::Serialize;

use super::drift::{fix_json, held_back};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ignoring::{Ignoring, tell_ignored};
use crate::invocation::Invocation;
use crate::output::{self, CandidateJson, Verbosity, candidate_hints, candidates_json};
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

Something under another name looks like one thing dropped and another made. What may have been renamed is offered; say \
so with --accept-rename OLD=NEW, or beside it in the schema file: -- limosa: renamed from full_name. Indexes, \
constraints and views follow by themselves.

Examples:
  limosa diff migrations schema                 what is declared and not yet migrated
  limosa diff db schema --idempotent > fix.sql  the same as a script that can be run twice
  limosa diff old.sql new.sql
  limosa diff old.sql new.sql --accept-rename public.patient.full_name=public.patient.name
  limosa diff old.sql new.sql --accept-rename table:patient=person
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
    /// A script whose steps look first whether they are done, so that it can be run twice. It drops nothing that
    /// holds data.
    #[arg(long, conflicts_with = "offline")]
    idempotent: bool,
    /// Leave out who owns what.
    #[arg(long)]
    no_owners: bool,
    /// Leave out privileges.
    #[arg(long)]
    no_privileges: bool,
    /// Something has another name, and is neither dropped nor made: `public.patient.full_name=public.patient.name`.
    #[arg(long, value_name = "OLD=NEW")]
    accept_rename: Vec<AcceptedRename>,
    #[command(flatten)]
    ignoring: Ignoring,
}

#[derive(Serialize)]
struct DiffJson {
    same: bool,
    statements: Vec<StatementJson>,
    renames: Vec<String>,
    rename_candidates: Vec<CandidateJson>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Diff {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let mut schemas = Schemas::new(invocation)?;
        let mut options = DiffOptions {
            style: if self.offline { Style::Offline } else { Style::Online },
            // What a file says nothing about is not a difference.
            owners: match (self.from.says_owners(), self.to.says_owners()) {
                (true, true) if !self.no_owners => Owners::Compare,
                (true, _) => Owners::Keep,
                (false, _) => Owners::Ignore,
            },
            privileges: !self.no_privileges,
            ignore: self.ignoring.rules(schemas.project()),
            renames: Vec::new(),
            servers: Servers::OfTheseMajors,
        };
        let catalogs = schemas.both(&self.from, &self.to).await;
        schemas.stop().await?;
        let (from, to) = catalogs?;
        options.renames = schemas.renames((&from, &to), &self.accept_rename)?;
        tell_ignored(invocation, [&from, &to], &options);
        let uncovered: Vec<String> = [&from, &to]
            .iter()
            .flat_map(|catalog| catalog.uncovered())
            .map(|what| format!("{} {}, such as {}", what.count, what.what, what.example))
            .collect();
        if self.idempotent {
            return script(invocation, &from, &to, &options);
        }
        let difference = diff(&from, &to, &options)
            .map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?;
        if invocation.global.json {
            output::print_json(&json(&from, &difference, uncovered));
        } else {
            let not_compared = |what: &String| Diagnostic::warning("not-compared", format!("{what}: not compared"));
            invocation.warn(&uncovered.iter().map(not_compared).collect::<Vec<_>>());
            invocation.warn(&candidate_hints(&difference.candidates));
            output::print(&difference.to_sql());
            if difference.statements.is_empty() && invocation.global.verbosity() > Verbosity::Quiet {
                output::tell("no difference\n");
            }
        }
        Ok(if difference.statements.is_empty() { Exit::Done } else { Exit::Findings })
    }
}

/// Prints a script that can be run twice.
fn script(invocation: &Invocation, from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Exit, Failure> {
    let script =
        fix(from, to, options).map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?;
    if invocation.global.json {
        output::print_json(&fix_json(&script, None));
    } else {
        invocation.warn(&candidate_hints(&script.candidates));
        invocation.warn(held_back(&script).as_slice());
        if !script.steps.is_empty() {
            let head = "-- Each step looks first whether it is done, so this can be run again, also after an error:\n\
                        --   psql -v ON_ERROR_STOP=1 -f FILE\n\
                        -- It drops nothing that holds data.\n";
            output::print(&format!("{head}\n{}", script.to_sql()));
        } else if invocation.global.verbosity() > Verbosity::Quiet {
            output::tell("no difference\n");
        }
    }
    Ok(if script.steps.is_empty() { Exit::Done } else { Exit::Findings })
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
            .map(|hazard| HazardJson {
                name: hazard.name(),
                object: hazard.about().to_string(),
                help: difference.candidate(hazard).map(|it| format!("is it `{}` now? {}", it.rename.to(), it.option())),
            })
            .collect(),
    };
    DiffJson {
        same: difference.statements.is_empty(),
        statements: difference.statements.iter().map(statement).collect(),
        renames: difference.renames.iter().map(ToString::to_string).collect(),
        rename_candidates: candidates_json(&difference.candidates),
        uncovered,
    }
}
