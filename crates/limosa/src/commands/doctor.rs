//! `doctor`.

use clap::Args;
use limosa_engine::{Examination, FindingState, doctor};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::looking::each;
use crate::output::{self, Verbosity, style};
use crate::serving::Found;

const EXAMPLES: &str = "\
Asks and tries nothing out: no lock is taken, nothing is written. Exit code 1 where something would keep `up` \
from working.

Examples:
  limosa doctor                 every service of the default environment
  limosa --env prod doctor -q   only what is wrong";

/// Examine the targets before anything runs: who am I, may I, what is there
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let examined = each(invocation, &project, environment, &parts, async |part, found| {
            Ok(match found {
                Found::Target(target) => Some(doctor(&target, Some(&part.set)).await),
                Found::NotYet { .. } => None,
            })
        })
        .await?;
        let (mut examinations, mut problems) = (Vec::new(), Vec::new());
        let mut text = String::new();
        let verbosity = invocation.global.verbosity();
        for (part, examined) in parts.iter().zip(examined) {
            match examined {
                Ok(Some(examination)) => {
                    text.push_str(&render(&examination, verbosity));
                    examinations.push(examination);
                }
                Ok(None) => {
                    let service = style::heading(part.service.name.as_str());
                    let database = part.service.database.as_str();
                    text.push_str(&format!("{service}  {database}  yet to be made by `limosa up`\n"));
                }
                Err(failure) => problems.extend(failure.diagnostics),
            }
        }
        if invocation.global.json {
            output::print_json(&examinations);
        } else {
            output::print(&text);
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let bad = examinations.iter().any(|examination| examination.worst() == FindingState::Bad);
        Ok(if bad { Exit::Findings } else { Exit::Done })
    }
}

fn render(examination: &Examination, verbosity: Verbosity) -> String {
    let mut text = format!("{}  {}\n", style::heading(&examination.service), examination.database);
    let least = match verbosity {
        Verbosity::Quiet => FindingState::Warning,
        Verbosity::Normal | Verbosity::Verbose => FindingState::Good,
    };
    for finding in examination.findings.iter().filter(|finding| finding.state >= least) {
        let mark = match finding.state {
            FindingState::Good => style::done("✓"),
            FindingState::Note => style::faint("·"),
            FindingState::Warning => style::warning("!"),
            FindingState::Bad => style::failed("✗"),
        };
        text.push_str(&format!("  {mark} {}\n", finding.says));
        for line in &finding.detail {
            text.push_str(&format!("      {}\n", style::faint(line)));
        }
        if let Some(hint) = &finding.hint {
            text.push_str(&format!("    {} {hint}\n", style::hint("→")));
        }
    }
    text.push('\n');
    text
}
