//! `drift`.

mod adopt;
mod fix;
mod target;

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use limosa_engine::{Compared, Drift as TargetDrift, DriftFound, change_line, drift};
use limosa_plan::{AcceptedRename, Change, Changed, DiffOptions};
use limosa_project::{Environment, Project};
use limosa_syntax::Diagnostic;
use serde::Serialize;

pub(crate) use self::fix::{fix_json, held_back};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ignoring::{Ignoring, tell_ignored};
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::output::{self, style};
use crate::serving::Found;

const EXAMPLES: &str = "\
Each run of `up` or `down` keeps the catalog that it leaves, in the target. Drift is what differs from that: what \
somebody changed by hand. Migrations that are pending are no drift. Objects that are somebody else's are named in \
limosa.toml, for `diff` and `generate` too:

  ignore = [{ object = \"table public.visit_2*\", reason = \"partitions, made by a job\" }]

--fix writes a script that takes the target back to what the last run left. Each step looks first whether it is done, \
so the script can be run twice, and again after an error; by psql, or as a migration. What would lose data stands in \
it as a comment with its reason, together with what can only come after it: nothing that holds data is dropped.

--adopt takes the other way: what was changed becomes a migration with its way back, on record in this target as \
applied; other environments get it by `limosa up`.

Examples:
  limosa --env prod drift                       every service; exit 1 where something drifted
  limosa --env prod drift --fix fix.sql         the script; `-` writes it to standard output
  limosa --env prod drift --fix - --accept-rename public.patient.name=public.patient.full_name
  limosa --env prod drift --adopt hotfix_of_friday --dry-run
  limosa --env prod drift --adopt hotfix_of_friday --reason 'index for the report'
  limosa drift --ignore 'table public.tmp_*'    leave something out this once
  limosa --json drift                           for other programs";

/// Show what was changed by other means since the last run; put it right, or take it over
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Drift {
    /// Write a script that takes the target back, and can be run twice; `-` is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "adopt")]
    fix: Option<PathBuf>,
    /// Make a migration of it, on record as applied [name: adopted_drift].
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "adopted_drift")]
    adopt: Option<String>,
    /// Show the migration, and write nothing.
    #[arg(long, requires = "adopt")]
    dry_run: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT", requires = "adopt")]
    reason: Option<String>,
    /// Something was renamed by hand, and is neither dropped nor made: `public.patient.full_name=public.patient.name`.
    #[arg(long, value_name = "OLD=NEW")]
    accept_rename: Vec<AcceptedRename>,
    #[command(flatten)]
    ignoring: Ignoring,
}

#[derive(Serialize)]
struct DriftJson {
    service: String,
    database: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    changes: Vec<ChangeJson>,
}

#[derive(Serialize)]
struct ChangeJson {
    object: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldJson>,
}

#[derive(Serialize)]
struct FieldJson {
    field: &'static str,
    expected: serde_json::Value,
    found: serde_json::Value,
}

impl Drift {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let options = DiffOptions { ignore: self.ignoring.rules(Some(&project)), ..DiffOptions::default() };
        let looked = each(invocation, &project, environment, &parts, async |part, found| match found {
            Found::Target(target) => drift(&target, &options.ignore).await,
            Found::NotYet { database } => {
                let service = part.service.name.to_string();
                Ok(TargetDrift { service, database, found: DriftFound::NoSnapshot })
            }
        })
        .await?;
        let (mut found, mut problems, mut exit) = (Vec::new(), Vec::new(), Exit::Done);
        for result in looked {
            match result {
                Ok(target) => found.push(target),
                Err(failure) => {
                    problems.extend(failure.diagnostics);
                    exit = exit.and(failure.exit);
                }
            }
        }
        let failed = |diagnostics| Err(Failure { diagnostics, exit });
        for compared in found.iter().filter_map(compared) {
            tell_ignored(invocation, [&compared.expected, &compared.live], &options);
        }
        if self.fix.is_some() || self.adopt.is_some() {
            return if problems.is_empty() {
                self.resolve(invocation, &project, environment, &parts, found, options).await
            } else {
                failed(problems)
            };
        }
        if invocation.global.json {
            output::print_json(&found.iter().map(json).collect::<Vec<_>>());
        } else {
            output::print(&found.iter().map(render).collect::<String>());
        }
        if !problems.is_empty() {
            return failed(problems);
        }
        let drifted =
            |target: &TargetDrift| matches!(&target.found, DriftFound::Compared(it) if !it.changes.is_empty());
        if !found.iter().any(drifted) {
            return Ok(Exit::Done);
        }
        if !invocation.global.json {
            invocation.warn(&[Diagnostic::warning("drift", "a database is not what the last run left").with_help(
                "put it right with `limosa drift --fix FILE`, take it over with `limosa drift --adopt NAME`, \
                 or run over it with `up --allow drift`",
            )]);
        }
        Ok(Exit::Findings)
    }
}

impl Drift {
    /// Puts drift right or takes it over, as was asked for.
    async fn resolve(
        &self,
        invocation: &Invocation,
        project: &Project,
        environment: &Environment,
        parts: &[Part<'_>],
        found: Vec<TargetDrift>,
        options: DiffOptions,
    ) -> Result<Exit, Failure> {
        let Some((_, database, compared)) = target::only(found)? else {
            invocation.say("no drift: nothing was written");
            return Ok(Exit::Done);
        };
        let renames = target::renames(&compared, &self.accept_rename, self.fix.is_some())?;
        let options = DiffOptions { renames, ..options };
        match (&self.fix, &self.adopt, parts) {
            (Some(file), _, _) => fix::write(invocation, file, &database, &compared, &options),
            (None, Some(name), [part]) => {
                let (reason, dry_run) = (self.reason.as_deref(), self.dry_run);
                let (compared, database) = (&*compared, database.as_str());
                let adoption = adopt::Adoption { name, reason, dry_run, database, compared, options };
                adopt::adopt(invocation, project, environment, part, adoption).await
            }
            _ => Ok(Exit::Done),
        }
    }
}

fn compared(target: &TargetDrift) -> Option<&Compared> {
    match &target.found {
        DriftFound::Compared(compared) => Some(compared),
        _ => None,
    }
}

fn render(target: &TargetDrift) -> String {
    let head = format!("{}  {}  ", style::heading(&target.service), target.database);
    match &target.found {
        DriftFound::NoSnapshot => {
            format!("{head}{}\n", style::faint("nothing to compare with: no run has left a snapshot"))
        }
        DriftFound::Stale => {
            format!(
                "{head}{}\n",
                style::faint("the last run was cut off before it could look; the next one looks again")
            )
        }
        DriftFound::Upgraded { from, to } => {
            format!("{head}{}\n", style::faint(format!("PostgreSQL {from} became {to}; the next run looks again")))
        }
        DriftFound::Compared(compared) if compared.changes.is_empty() => {
            format!("{head}{} since {}\n", style::done("✓ no drift"), moment(compared))
        }
        DriftFound::Compared(compared) => {
            let lines = compared.changes.iter().map(|change| {
                let mark = match change.what {
                    Changed::Added => style::warning("+"),
                    Changed::Removed => style::warning("-"),
                    Changed::Altered(_) => style::warning("~"),
                };
                format!("  {mark} {}\n", change_line(change))
            });
            format!("{head}{} since {}\n{}", style::failed("drifted"), moment(compared), lines.collect::<String>())
        }
    }
}

fn moment(compared: &Compared) -> String {
    let at = Timestamp::from_microsecond(compared.since).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn json(target: &TargetDrift) -> DriftJson {
    let (state, since, changes): (_, _, &[Change]) = match &target.found {
        DriftFound::NoSnapshot => ("no-snapshot", None, &[]),
        DriftFound::Stale => ("stale", None, &[]),
        DriftFound::Upgraded { .. } => ("upgraded", None, &[]),
        DriftFound::Compared(compared) => {
            let state = if compared.changes.is_empty() { "same" } else { "drifted" };
            (state, Timestamp::from_microsecond(compared.since).ok().map(|at| at.to_string()), &compared.changes)
        }
    };
    let changes = changes.iter().map(change_json).collect();
    DriftJson { service: target.service.clone(), database: target.database.clone(), state, since, changes }
}

fn change_json(change: &Change) -> ChangeJson {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()));
    let (word, fields) = match &change.what {
        Changed::Added => ("added", Vec::new()),
        Changed::Removed => ("removed", Vec::new()),
        Changed::Altered(fields) => {
            let field = |it: &limosa_catalog::FieldDifference| FieldJson {
                field: it.field,
                expected: value(&it.from),
                found: value(&it.to),
            };
            ("altered", fields.iter().map(field).collect())
        }
    };
    ChangeJson { object: change.id.to_string(), change: word, fields }
}
