//! `prove`.

mod json;
mod rows;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use limosa_catalog::ObjectName;
use limosa_engine::{
    Answers, CheckOutcome, Proof, ProofExtent, ProofRequest, ProofVerdict, Replay, check_replayed, prove,
};
use limosa_postgres::Shadow;
use limosa_project::{Project, check_settings, read_checks};
use limosa_syntax::Diagnostic;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, render_diagnostics, style, terminal_width};
use crate::serving::shadow;
use crate::signals;
use crate::terms::Terms;

pub(super) use json::word;
use rows::{ProjectRows, RowsFrom};
pub(super) use told::explain;
use told::{check_line, line};

const EXAMPLES: &str = "\
For each migration that has a way back: up, down, up in a throw-away database. After the way back the catalog \
must be what it was before, and after the second time up what it was after the first, with privileges and \
comments. That columns come back in another order is a note and no failure. The checks in checks/*.sql must hold of \
what all migrations lead to.

Before each migration its tables are given rows that satisfy all constraints, and after the way back every value must \
be what it was. What is lost is named by table, column and count, and is a finding unless the migration says \
`-- limosa: allow deletes-data`. Tables for which no rows could be made are named with the reason.

What was proven is known by its texts and those before it, and is not run again; --no-cache forgets that.

Examples:
  limosa prove                          every service
  limosa prove --twice                  each migration also on top of itself, as if it had no record
  limosa --service api prove            one of them
  limosa prove --require-down           a migration without a way back counts as a finding
  limosa prove --rows seeds             on the rows of the project's seeds
  limosa prove --rows env:prod          what is pending in prod, on 100 rows of each of its tables";

/// Run each migration up, down and up again in a shadow, and compare
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Prove {
    /// A migration without a way back is a finding.
    #[arg(long)]
    require_down: bool,
    /// Each can also be applied a second time on top of itself, and changes nothing then.
    #[arg(long)]
    twice: bool,
    /// The rows that are there before each migration: `generated`; `seeds` for those that the project declares, and
    /// made ones where these leave a table or a column empty; or `env:NAME` for some of an environment's, masked as
    /// [mask] says; then what is pending there is proven.
    #[arg(long, value_name = "SOURCE", default_value = "generated")]
    rows: RowsFrom,
    /// So many rows of each table of an environment, and what they refer to.
    #[arg(long, value_name = "ROWS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    sample: u32,
}

/// One service's proofs and checks, with what is to be said about them.
struct Proven {
    service: String,
    proofs: Vec<(Proof, Vec<Diagnostic>)>,
    checks: Vec<CheckOutcome>,
}

impl Prove {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let stop = signals::listen();
        let scripts = parts.iter().flat_map(|part| part.set.migrations.iter().map(|migration| migration.up.text()));
        let mut shadow = shadow(&invocation.environment, None, scripts)?;
        let rows = ProjectRows::find(&self.rows, self.sample, invocation, &project, &parts).await?;
        let extent = if self.twice { ProofExtent::Twice } else { ProofExtent::ThereAndBack };
        let known = invocation.known();
        let (mut all, mut failed) = (Vec::new(), None);
        for (place, part) in parts.iter().enumerate() {
            let Part { service, set } = part;
            let request = ProofRequest { extent, rows: rows.of(place) };
            let terms = Terms::of(invocation, &project, service)?;
            let replay = terms.replay();
            let json = invocation.global.json;
            if !json {
                output::print(&format!("{}\n", style::heading(&service.name)));
            }
            let require_down = self.require_down;
            let mut tell = |proof: &Proof| {
                if !json {
                    output::print(&line(proof, require_down));
                }
            };
            match prove(&mut shadow, set, &replay, request, &known, &stop, &mut tell).await {
                Ok(proofs) => {
                    let proofs = proofs.into_iter().map(|proof| {
                        let diagnostics = explain(&proof, require_down);
                        (proof, diagnostics)
                    });
                    let proofs = proofs.collect();
                    let proven = Proven { service: service.name.to_string(), proofs, checks: Vec::new() };
                    if !json {
                        let short = short_of_rows(&proven);
                        let lines = short.iter().map(|(table, (rows, reason))| told::short(table, *rows, reason));
                        let left_out = proven.proofs.last().map(|(proof, _)| proof.rows.left_out.as_slice());
                        let left_out = left_out.unwrap_or_default().iter().map(told::left_out);
                        output::print(&lines.chain(left_out).collect::<String>());
                    }
                    all.push(proven);
                }
                Err(error) => {
                    failed = Some(Failure::from(error));
                    break;
                }
            }
            match check(&project, part, &replay, &mut shadow, &known).await {
                Ok(outcomes) => {
                    if !json {
                        output::print(&outcomes.iter().map(check_line).collect::<String>());
                    }
                    if let Some(proven) = all.last_mut() {
                        proven.checks = outcomes;
                    }
                }
                Err(failure) => {
                    failed = Some(failure);
                    break;
                }
            }
        }
        shadow.stop().await?;
        if let Some(failure) = failed {
            return Err(failure);
        }
        Ok(tell_all(invocation, &all))
    }
}

/// Runs a service's checks on what its migrations lead to.
async fn check(
    project: &Project,
    part: &Part<'_>,
    replay: &Replay<'_>,
    shadow: &mut Shadow,
    known: &Answers,
) -> Result<Vec<CheckOutcome>, Failure> {
    let checks = read_checks(project, part.service).map_err(Failure::findings)?;
    let timeout = check_settings(project)?.timeout;
    Ok(check_replayed(shadow, &part.set, replay, &checks, timeout, known).await?)
}

/// The tables that had no rows or lacked some, with the reason; of those that had none, the ones that had some in
/// another proof are left out.
fn short_of_rows(service: &Proven) -> BTreeMap<String, (u64, &str)> {
    let tables = || service.proofs.iter().flat_map(|(proof, _)| &proof.rows.tables);
    let filled: BTreeSet<&ObjectName> = tables().filter(|table| table.rows > 0).map(|table| &table.table).collect();
    let short = tables().filter(|table| table.rows > 0 || !filled.contains(&table.table));
    short.filter_map(|it| Some((told::people(&it.table), (it.rows, it.shortfall.as_deref()?)))).collect()
}

fn tell_all(invocation: &Invocation, all: &[Proven]) -> Exit {
    let of_service = |service: &Proven| {
        let proofs = service.proofs.iter().flat_map(|(_, found)| found).cloned();
        proofs.chain(service.checks.iter().filter_map(CheckOutcome::diagnostic)).collect::<Vec<_>>()
    };
    let found: Vec<Diagnostic> = all.iter().flat_map(of_service).collect();
    let proofs = || all.iter().flat_map(|service| service.proofs.iter().map(move |proof| (&service.service, proof)));
    if invocation.global.json {
        let checks = all.iter().flat_map(|it| it.checks.iter().map(|check| json::of_check(&it.service, check)));
        let proofs = proofs().map(|(service, (proof, found))| json::of_proof(service, proof, found));
        output::print_json(&proofs.chain(checks).filter_map(Result::ok).collect::<Vec<_>>());
    } else {
        output::tell(&render_diagnostics(&found, terminal_width()));
        let proven = proofs().filter(|(_, (proof, _))| matches!(proof.verdict, ProofVerdict::Proven)).count();
        let total = proofs().count();
        let known = proofs().filter(|(_, (proof, _))| proof.known).count();
        let known = if known == 0 { String::new() } else { format!(", {known} of them earlier") };
        let empty = |service| short_of_rows(service).values().filter(|(rows, _)| *rows == 0).count();
        let without = all.iter().map(empty).sum();
        let without = match without {
            0_usize => String::new(),
            1 => ", 1 table without rows".to_owned(),
            many => format!(", {many} tables without rows"),
        };
        output::print(&format!("\n{proven} of {total} migrations proven{known}{without}\n"));
    }
    if found.is_empty() { Exit::Done } else { Exit::Findings }
}
