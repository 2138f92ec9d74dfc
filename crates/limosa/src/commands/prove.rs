//! `prove`.

use clap::Args;
use limosa_engine::{
    Answers, CheckOutcome, Proof, ProofExtent, ProofStep, ProofVerdict, Replay, RowCount, change_line, check_replayed,
    prove,
};
use limosa_postgres::Shadow;
use limosa_project::{Project, check_settings, read_checks};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, DiagnosticJson, diagnostics_json, render_diagnostics, style, terminal_width};
use crate::serving::shadow;
use crate::signals;
use crate::terms::Terms;

const EXAMPLES: &str = "\
For each migration that has a way back: up, down, up in a throw-away database. After the way back the catalog \
must be what it was before, and after the second time up what it was after the first, with privileges and \
comments. That columns come back in another order is a note and no failure. The checks in checks/*.sql must hold of \
what all migrations lead to.

What was proven is known by its texts and those before it, and is not run again; --no-cache forgets that.

Examples:
  limosa prove                          every service
  limosa prove --twice                  each migration also on top of itself, as if it had no record
  limosa --service api prove            one of them
  limosa prove --require-down           a migration without a way back counts as a finding";

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
}

#[derive(Serialize)]
struct ProofJson<'a> {
    service: &'a str,
    /// `null` for a check.
    version: Option<&'a str>,
    name: &'a str,
    verdict: &'static str,
    notes: &'a [String],
    known: bool,
    diagnostics: Vec<DiagnosticJson<'a>>,
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
        let extent = if self.twice { ProofExtent::Twice } else { ProofExtent::ThereAndBack };
        let known = invocation.known();
        let (mut all, mut failed) = (Vec::new(), None);
        for part in &parts {
            let Part { service, set } = part;
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
            match prove(&mut shadow, set, &replay, extent, &known, &stop, &mut tell).await {
                Ok(proofs) => {
                    let proofs = proofs.into_iter().map(|proof| {
                        let diagnostics = explain(&proof, require_down);
                        (proof, diagnostics)
                    });
                    let proofs = proofs.collect();
                    all.push(Proven { service: service.name.to_string(), proofs, checks: Vec::new() });
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

fn check_line(outcome: &CheckOutcome) -> String {
    let (mark, what) = match outcome.is_failed() {
        false => (style::done("✓"), ""),
        true => (style::failed("✗"), "it does not hold"),
    };
    format!("  {mark} check {}  {}\n", outcome.name, style::faint(what))
}

fn tell_all(invocation: &Invocation, all: &[Proven]) -> Exit {
    let of_service = |service: &Proven| {
        let proofs = service.proofs.iter().flat_map(|(_, found)| found).cloned();
        proofs.chain(service.checks.iter().filter_map(CheckOutcome::diagnostic)).collect::<Vec<_>>()
    };
    let found: Vec<Diagnostic> = all.iter().flat_map(of_service).collect();
    let proofs = || all.iter().flat_map(|service| service.proofs.iter().map(move |proof| (&service.service, proof)));
    if invocation.global.json {
        let json = |(service, (proof, found)): (&'_ String, &'_ (Proof, Vec<Diagnostic>))| {
            serde_json::to_value(ProofJson {
                service,
                version: Some(&proof.version),
                name: &proof.name,
                verdict: word(&proof.verdict),
                notes: &proof.notes,
                known: proof.known,
                diagnostics: diagnostics_json(found),
            })
        };
        let checks = all.iter().flat_map(|service| service.checks.iter().map(|check| check_json(service, check)));
        let proofs = proofs().map(json);
        output::print_json(&proofs.chain(checks).filter_map(Result::ok).collect::<Vec<_>>());
    } else {
        output::tell(&render_diagnostics(&found, terminal_width()));
        let proven = proofs().filter(|(_, (proof, _))| matches!(proof.verdict, ProofVerdict::Proven)).count();
        let total = proofs().count();
        let known = proofs().filter(|(_, (proof, _))| proof.known).count();
        let known = if known == 0 { String::new() } else { format!(", {known} of them earlier") };
        output::print(&format!("\n{proven} of {total} migrations proven{known}\n"));
    }
    if found.is_empty() { Exit::Done } else { Exit::Findings }
}

fn check_json(service: &Proven, check: &CheckOutcome) -> serde_json::Result<serde_json::Value> {
    let found: Vec<Diagnostic> = check.diagnostic().into_iter().collect();
    serde_json::to_value(ProofJson {
        service: &service.service,
        version: None,
        name: &check.name,
        verdict: if check.is_failed() { "check-fails" } else { "check-holds" },
        notes: &[],
        known: false,
        diagnostics: diagnostics_json(&found),
    })
}

pub(super) fn word(verdict: &ProofVerdict) -> &'static str {
    match verdict {
        ProofVerdict::Proven => "proven",
        ProofVerdict::NoDown => "no-down",
        ProofVerdict::DownFails(_) => "down-fails",
        ProofVerdict::UpFailsAgain(..) => "up-fails-again",
        ProofVerdict::Differs(_) => "differs",
        ProofVerdict::RowsDiffer(_) => "rows-differ",
    }
}

fn line(proof: &Proof, require_down: bool) -> String {
    let (mark, what) = match &proof.verdict {
        ProofVerdict::Proven => (style::done("✓"), ""),
        ProofVerdict::NoDown if !require_down => (style::faint("–"), "no way back"),
        ProofVerdict::NoDown => (style::failed("✗"), "no way back"),
        ProofVerdict::DownFails(_) => (style::failed("✗"), "the way back fails"),
        ProofVerdict::UpFailsAgain(ProofStep::UpTwice, _) => (style::failed("✗"), "it fails on top of itself"),
        ProofVerdict::UpFailsAgain(..) => (style::failed("✗"), "it cannot be applied again"),
        ProofVerdict::Differs(difference) => match difference.after {
            ProofStep::UpTwice => (style::failed("✗"), "on top of itself it makes something else"),
            ProofStep::Down => (style::failed("✗"), "the way back leaves something else"),
            ProofStep::UpAgain => (style::failed("✗"), "the second time makes something else"),
        },
        ProofVerdict::RowsDiffer(_) => (style::failed("✗"), "on top of itself it changes rows"),
    };
    let notes: String = proof.notes.iter().map(|note| format!("      {}\n", style::faint(note))).collect();
    format!("  {mark} {} {}  {}\n{notes}", proof.version, proof.name, style::faint(what))
}

pub(super) fn explain(proof: &Proof, require_down: bool) -> Vec<Diagnostic> {
    let name = format!("{} {}", proof.version, proof.name);
    match &proof.verdict {
        ProofVerdict::Proven => Vec::new(),
        ProofVerdict::NoDown if !require_down => Vec::new(),
        ProofVerdict::NoDown => {
            vec![
                Diagnostic::error("no-down", format!("{name} has no way back"))
                    .with_help(format!("write one beside `{}`", proof.path)),
            ]
        }
        ProofVerdict::DownFails(error) => error.diagnostics(),
        ProofVerdict::UpFailsAgain(step, error) => {
            let mut diagnostics = error.diagnostics();
            if let (ProofStep::UpTwice, Some(first)) = (step, diagnostics.first_mut()) {
                first.notes.push(format!("{name} was applied a second time, on top of itself"));
            }
            diagnostics
        }
        ProofVerdict::RowsDiffer(counts) => {
            let mut diagnostic =
                Diagnostic::error("not-proven", format!("applied on top of itself, {name} changes rows"));
            let line = |it: &RowCount| format!("{}: {} rows, then {}", it.table, it.before, it.after);
            diagnostic.notes = counts.iter().take(8).map(line).collect();
            vec![diagnostic.with_help("let it write only what is missing, as with `ON CONFLICT DO NOTHING`")]
        }
        ProofVerdict::Differs(difference) => {
            let message = match difference.after {
                ProofStep::UpTwice => format!("applied on top of itself, {name} makes something else"),
                ProofStep::Down => format!("after its way back, {name} is not undone"),
                ProofStep::UpAgain => format!("applied again after its way back, {name} makes something else"),
            };
            let mut diagnostic = Diagnostic::error("not-proven", message);
            diagnostic.notes = difference.changes.iter().take(8).map(change_line).collect();
            if !difference.sql.is_empty() {
                diagnostic.notes.push(format!("this would put it right:\n{}", difference.sql.trim_end()));
            }
            let help = match difference.after {
                ProofStep::UpTwice => format!("mend `{}`, so that it changes nothing the second time", proof.path),
                ProofStep::Down | ProofStep::UpAgain => format!("mend the way back of `{}`", proof.path),
            };
            vec![diagnostic.with_help(help)]
        }
    }
}
