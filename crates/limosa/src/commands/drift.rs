//! `drift`.

use clap::Args;
use jiff::Timestamp;
use limosa_engine::{Compared, Drift as TargetDrift, DriftFound, change_line, drift};
use limosa_plan::{Change, Changed, IgnoreRule};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::looking::each;
use crate::output::{self, style};
use crate::serving::Found;

const EXAMPLES: &str = "\
Each run of `up` or `down` keeps the catalog that it leaves, in the target. Drift is what differs from that: what \
somebody changed by hand. Migrations that are pending are no drift. Objects that are somebody else's are named in \
limosa.toml:

  [drift]
  ignore = [{ object = \"table public.visit_2*\", reason = \"partitions, made by a job\" }]

Examples:
  limosa --env prod drift      every service; exit 1 where something drifted
  limosa --json drift          for other programs";

/// Show what was changed by other means since the last run; writes nothing to a target
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Drift {}

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
        let rules = project.drift.ignore.iter();
        let rules: Vec<IgnoreRule> =
            rules.map(|it| IgnoreRule { object: it.object.clone(), reason: it.reason.clone() }).collect();
        let looked = each(invocation, &project, environment, &parts, async |part, found| match found {
            Found::Target(target) => drift(&target, &rules).await,
            Found::NotYet { database } => {
                let service = part.service.name.to_string();
                Ok(TargetDrift { service, database, found: DriftFound::NoSnapshot })
            }
        })
        .await?;
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for result in looked {
            match result {
                Ok(target) => found.push(target),
                Err(failure) => problems.extend(failure.diagnostics),
            }
        }
        if invocation.global.json {
            output::print_json(&found.iter().map(json).collect::<Vec<_>>());
        } else {
            output::print(&found.iter().map(render).collect::<String>());
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let drifted =
            |target: &TargetDrift| matches!(&target.found, DriftFound::Compared(it) if !it.changes.is_empty());
        if !found.iter().any(drifted) {
            return Ok(Exit::Done);
        }
        if !invocation.global.json {
            invocation.warn(&[Diagnostic::warning("drift", "a database is not what the last run left").with_help(
                "put it right, take it over with `limosa generate NAME --to db`, \
                 or run over it with `up --allow drift`",
            )]);
        }
        Ok(Exit::Findings)
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
