//! `prove`.

use clap::Args;
use limosa_engine::{Extent, Proof, ProofStep, ProofVerdict, Replay, change_line, prove};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, DiagnosticJson, diagnostics_json, render_diagnostics, style, terminal_width};
use crate::serving::{folders, search_path, shadow};
use crate::signals;

const EXAMPLES: &str = "\
For each migration that has a way back: up, down, up in a throw-away database. After the way back the catalog \
must be what it was before, and after the second time up what it was after the first, with privileges and \
comments.

Examples:
  limosa prove                          every service
  limosa --service api prove            one of them
  limosa prove --require-down           a migration without a way back counts as a finding";

/// Run each migration up, down and up again in a shadow, and compare
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Prove {
    /// A migration without a way back is a finding.
    #[arg(long)]
    require_down: bool,
}

#[derive(Serialize)]
struct ProofJson<'a> {
    service: &'a str,
    version: &'a str,
    name: &'a str,
    verdict: &'static str,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

/// One service's proofs, with what is to be said about them.
struct Proven {
    service: String,
    proofs: Vec<(Proof, Vec<Diagnostic>)>,
}

impl Prove {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let stop = signals::listen();
        let scripts = parts.iter().flat_map(|part| part.set.migrations.iter().map(|migration| migration.up.text()));
        let mut shadow = shadow(&invocation.environment, None, scripts)?;
        let (mut all, mut failed) = (Vec::new(), None);
        for part in &parts {
            let Part { service, set } = part;
            let context = invocation.environment.with_files(&folders(&project.root, &service.migrations))?;
            let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
            let path = search_path(&service.schemas);
            let replay = Replay {
                service: service.name.as_str(),
                history_schema: &project.history_schema,
                owner_role: service.owner_role.as_ref(),
                search_path: path.as_deref(),
                values: &values,
                extent: Extent::All,
            };
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
            match prove(&mut shadow, set, &replay, &stop, &mut tell).await {
                Ok(proofs) => {
                    let proofs = proofs.into_iter().map(|proof| {
                        let diagnostics = explain(&proof, require_down);
                        (proof, diagnostics)
                    });
                    all.push(Proven { service: service.name.to_string(), proofs: proofs.collect() });
                }
                Err(error) => {
                    failed = Some(Failure::from(error));
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

fn tell_all(invocation: &Invocation, all: &[Proven]) -> Exit {
    let found: Vec<Diagnostic> =
        all.iter().flat_map(|service| service.proofs.iter().flat_map(|(_, found)| found.iter().cloned())).collect();
    let proofs = || all.iter().flat_map(|service| service.proofs.iter().map(move |proof| (&service.service, proof)));
    if invocation.global.json {
        let json = |(service, (proof, found)): (&'_ String, &'_ (Proof, Vec<Diagnostic>))| {
            serde_json::to_value(ProofJson {
                service,
                version: &proof.version,
                name: &proof.name,
                verdict: word(&proof.verdict),
                diagnostics: diagnostics_json(found),
            })
        };
        output::print_json(&proofs().filter_map(|proof| json(proof).ok()).collect::<Vec<_>>());
    } else {
        output::tell(&render_diagnostics(&found, terminal_width()));
        let proven = proofs().filter(|(_, (proof, _))| matches!(proof.verdict, ProofVerdict::Proven)).count();
        let total = proofs().count();
        output::print(&format!("\n{proven} of {total} migrations proven\n"));
    }
    if found.is_empty() { Exit::Done } else { Exit::Findings }
}

fn word(verdict: &ProofVerdict) -> &'static str {
    match verdict {
        ProofVerdict::Proven => "proven",
        ProofVerdict::NoDown => "no-down",
        ProofVerdict::DownFails(_) => "down-fails",
        ProofVerdict::UpFailsAgain(_) => "up-fails-again",
        ProofVerdict::Differs(_) => "differs",
    }
}

fn line(proof: &Proof, require_down: bool) -> String {
    let (mark, what) = match &proof.verdict {
        ProofVerdict::Proven => (style::done("✓"), ""),
        ProofVerdict::NoDown if !require_down => (style::faint("–"), "no way back"),
        ProofVerdict::NoDown => (style::failed("✗"), "no way back"),
        ProofVerdict::DownFails(_) => (style::failed("✗"), "the way back fails"),
        ProofVerdict::UpFailsAgain(_) => (style::failed("✗"), "it cannot be applied again"),
        ProofVerdict::Differs(difference) => match difference.after {
            ProofStep::Down => (style::failed("✗"), "the way back leaves something else"),
            ProofStep::UpAgain => (style::failed("✗"), "the second time makes something else"),
        },
    };
    format!("  {mark} {} {}  {}\n", proof.version, proof.name, style::faint(what))
}

fn explain(proof: &Proof, require_down: bool) -> Vec<Diagnostic> {
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
        ProofVerdict::DownFails(error) | ProofVerdict::UpFailsAgain(error) => error.diagnostics(),
        ProofVerdict::Differs(difference) => {
            let message = match difference.after {
                ProofStep::Down => format!("after its way back, {name} is not undone"),
                ProofStep::UpAgain => format!("applied again after its way back, {name} makes something else"),
            };
            let mut diagnostic = Diagnostic::error("not-proven", message);
            diagnostic.notes = difference.changes.iter().take(8).map(change_line).collect();
            if !difference.sql.is_empty() {
                diagnostic.notes.push(format!("this would put it right:\n{}", difference.sql.trim_end()));
            }
            vec![diagnostic.with_help(format!("mend the way back of `{}`", proof.path))]
        }
    }
}
