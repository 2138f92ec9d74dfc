//! `adopt`.

mod carried;
mod found;
mod json;
mod kept;
mod printed;
mod record;
mod render;
mod schema;
mod scripts;
mod undo;

use std::path::PathBuf;

use clap::Args;
use limosa_engine::Target;
use limosa_project::{AdoptionTerms, Project, ToolName, plan_adoption};
use limosa_syntax::Diagnostic;

use self::found::{Found as Histories, look};
use self::record::Recorded;
use self::schema::{Comparison, compare_schemas};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::one_target::{PATIENCE, Patient};
use crate::output::{render_diagnostics, tell, terminal_width};
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

const EXAMPLES: &str = "\
Reads the history that another tool has left in the database, compares it with the files, and puts the same \
migrations on record here: with their dates, the people who applied them and their way back, in one transaction. \
Nothing is run again, and nothing of the other tool's is touched. It shows first what it found; with --yes it writes.

Read are the histories of Prisma, Sequelize, Drizzle, Knex, Flyway, golang-migrate, goose, Supabase, sqlx, refinery, \
Diesel, Alembic, node-pg-migrate, Django, Rails, dbmate, Sqitch, Atlas, graphile-migrate, tern, TypeORM, SeaORM and \
Liquibase. Migrations that are programs cannot be run here: what they did is read from the database and written as \
one file, which builds a fresh database.

Examples:
  limosa adopt                          show what was found, write nothing
  limosa --env prod adopt --yes --guard take it over; the other tool refuses to run from then on
  limosa adopt --table app.migrations   the history has a name of its own
  limosa adopt --files alembic/versions the tool's files are elsewhere
  limosa adopt --from scripts           there is no history; which scripts are in effect is found out
  limosa adopt --undo                   take it back, as long as nothing came after it";

/// Take a database over from another tool, running nothing again
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Adopt {
    /// The history is this table; may be given several times, and then no other counts.
    #[arg(long = "table", value_name = "SCHEMA.NAME")]
    tables: Vec<String>,
    /// Only the history of this tool.
    #[arg(long, value_name = "NAME")]
    tool: Option<ToolName>,
    /// There is no history: scripts were run by hand. Which migrations are in effect is seen by running them in a
    /// shadow, one after the other.
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["tables", "tool", "folders"])]
    from: Option<HistorySource>,
    /// With `--from scripts`: all up to this file are in effect.
    #[arg(long, value_name = "FILE", requires = "from")]
    through: Option<String>,
    /// Where the tool's own files are; may be given several times.
    #[arg(long = "files", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Take files as they are that were edited after they had been applied.
    #[arg(long)]
    accept_edited: bool,
    /// Take the effect of migrations whose files are lost from the database.
    #[arg(long)]
    accept_missing: bool,
    /// Write files that are lost, and whose statements the history has kept.
    #[arg(long)]
    write_files: bool,
    /// Ask the tool for the SQL of its programs, where it can print it (Alembic, Django): each becomes a file.
    #[arg(long)]
    print_sql: bool,
    /// Let the other tool fail from now on: a trigger keeps its table as it is.
    #[arg(long)]
    guard: bool,
    /// Do not compare what the migrations lead to with what is in the database.
    #[arg(long)]
    no_check: bool,
    /// Take the last take-over back.
    #[arg(long, conflicts_with_all = [
        "tables", "tool", "folders", "accept_edited", "accept_missing", "write_files", "print_sql", "guard", "from",
        "no_check",
    ])]
    undo: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Where a history is taken from if no tool has kept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum HistorySource {
    /// Scripts that were run by hand.
    Scripts,
}

/// What is known of one service before anything is written.
struct Seen {
    histories: Histories,
    comparison: Comparison,
}

/// One service, and where it is.
struct Place<'a> {
    invocation: &'a Invocation,
    project: &'a Project,
    part: &'a Part<'a>,
    target: Target,
}

impl Adopt {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let stop = signals::listen();
        let mut serving = Serving::new(invocation, &project, environment, &parts);
        let (mut exit, mut results) = (Exit::Done, Vec::new());
        for part in &parts {
            let mut waiting = Waiting { patience: PATIENCE, observer: &mut Patient, stop: &stop };
            let target = match serving.target(part.service, Missing::Leave, &mut waiting).await? {
                Found::Target(target) => *target,
                Found::NotYet { database } => {
                    invocation.say(&format!("there is no database `{database}` yet; `limosa up` makes it"));
                    continue;
                }
            };
            let place = Place { invocation, project: &project, part, target };
            let done = match self.undo {
                true => undo::undo(&place, self.reason.as_deref(), &stop).await,
                false => self.take_over(&place, &stop).await,
            };
            match done {
                Ok((own, result)) => {
                    exit = exit.and(own);
                    results.extend(result);
                }
                Err(failure) if parts.len() == 1 => {
                    serving.stop().await?;
                    return Err(failure);
                }
                Err(failure) => {
                    exit = exit.and(failure.exit);
                    failure.print(false);
                }
            }
        }
        serving.stop().await?;
        if invocation.global.json {
            crate::output::print_json(&results);
        }
        Ok(exit)
    }

    fn terms(&self) -> AdoptionTerms {
        AdoptionTerms {
            accept_edited: self.accept_edited,
            accept_missing: self.accept_missing,
            write_kept: self.write_files,
        }
    }

    /// Shows what was found of one service and, where that is wanted, puts it on record.
    async fn take_over(
        &self,
        place: &Place<'_>,
        stop: &limosa_engine::StopSignal,
    ) -> Result<(Exit, Option<serde_json::Value>), Failure> {
        let Place { invocation, part, .. } = place;
        let histories = match self.from {
            Some(HistorySource::Scripts) => scripts::look(place, self.through.as_deref()).await?,
            None => look(place, self).await?,
        };
        if histories.histories.is_empty() {
            return nothing_found(place, &histories);
        }
        let plan = plan_adoption(&histories.histories, &part.set, &histories.old.known, self.terms());
        let comparison = match self.no_check {
            true => Comparison::NotMade,
            false => compare_schemas(place, &histories, &plan).await?,
        };
        let seen = Seen { histories, comparison };
        let plan = plan_adoption(&seen.histories.histories, &part.set, &seen.histories.old.known, self.terms());
        let problems = schema::problems(&seen, &plan);
        let refused = plan.problems.iter().chain(&problems).any(Diagnostic::is_error);
        if !invocation.global.json {
            crate::output::print(&render::render(&seen, &plan, invocation.global.verbosity()));
            let all: Vec<Diagnostic> = plan.problems.iter().chain(&problems).cloned().collect();
            tell(&render_diagnostics(&all, terminal_width()));
        }
        let result = |recorded: Option<&Recorded>| Some(json::service(&seen, &plan, &problems, recorded));
        if refused {
            return Ok((Exit::Findings, result(None)));
        }
        let is_idle = plan.adopted.is_empty() && plan.programs.is_empty() && plan.kept.is_empty();
        if is_idle && !self.guard {
            invocation.say("nothing to take over: all of it is on record here");
            return Ok((Exit::Done, result(None)));
        }
        if !invocation.global.yes && invocation.global.json {
            return Ok((Exit::Findings, result(None)));
        }
        let question = format!("Put this on record in {}?", seen.histories.old.database);
        if let Err(failure) = confirm(&invocation.global, &question) {
            let asked = failure.diagnostics.iter().any(|diagnostic| diagnostic.code.0 == "not-confirmed");
            if asked {
                return Err(failure);
            }
            invocation.say("nothing was written; `limosa adopt --yes` puts it on record");
            return Ok((Exit::Findings, None));
        }
        let recorded = record::record(place, self, &seen, stop).await?;
        invocation.warn(&recorded.done.warnings);
        if !invocation.global.json {
            crate::output::print(&render::recorded(&recorded, &seen));
        }
        Ok((Exit::Done, result(Some(&recorded))))
    }
}

fn nothing_found(place: &Place<'_>, histories: &Histories) -> Result<(Exit, Option<serde_json::Value>), Failure> {
    let problems = &histories.old.problems;
    if problems.iter().any(Diagnostic::is_error) {
        return Err(Failure::findings(problems.clone()));
    }
    place.invocation.warn(problems);
    let message = format!("no history of another tool was found in {}", histories.old.database);
    let help = "where it has a name of its own, say `--table SCHEMA.NAME`; scripts that were run by hand are found \
                with `--from scripts`";
    Err(Failure::usage("no-old-history", message, help))
}
