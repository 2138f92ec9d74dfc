//! `sum`.

use clap::Args;
use limosa_project::{Project, SUM_FILE, SumFile, SumState, read_migrations, rehash};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::output;

const EXAMPLES: &str = "\
The sum file chains the hashes of all migrations, so that two branches which both add one conflict in git and \
not in production. It is renewed after a merge, and after a file that is not applied was edited. A file that is \
applied and was edited is refused: the target is looked at for that.

Examples:
  limosa sum             renew limosa.sum of every service
  limosa sum --check     exit 1 where one is out of date; needs no database
  limosa sum --offline   do not look at the target";

/// Renew limosa.sum after a merge or an edit
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sum {
    /// Only say whether it is up to date.
    #[arg(long)]
    check: bool,
    /// Do not ask the target which files are applied.
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
struct SumJson {
    service: String,
    path: String,
    up_to_date: bool,
    written: bool,
}

impl Sum {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let environment = invocation.environment_of(&project)?;
        let mut applied = vec![Vec::new(); parts.len()];
        if !self.check && !self.offline {
            let seen = look(invocation, &project, environment, &parts, environment.run.order).await?;
            for (applied, seen) in applied.iter_mut().zip(seen) {
                *applied = seen.status.map_err(unreachable)?.applied();
            }
        }
        let (mut sums, mut problems) = (Vec::new(), Vec::new());
        for (part, applied) in parts.iter().zip(&applied) {
            match rehash(&part.set, applied) {
                Ok(sum) => sums.push((part, sum)),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(Failure::findings(problems));
        }
        let mut results = Vec::new();
        for (part, sum) in sums {
            let up_to_date = matches!(&part.set.sum, SumState::Valid { sum: there, .. } if *there == sum);
            let written = !up_to_date && !self.check;
            if written {
                std::fs::write(part.set.folder.join(SUM_FILE), sum.render())?;
            }
            let path = part.set.shown(SUM_FILE);
            results.push(SumJson { service: part.service.name.to_string(), path, up_to_date, written });
        }
        let stale = self.check && results.iter().any(|result| !result.up_to_date);
        if invocation.global.json {
            output::print_json(&results);
        } else {
            let line = |result: &SumJson| {
                let what = match (result.up_to_date, result.written) {
                    (true, _) => "up to date",
                    (_, true) => "written",
                    _ => "out of date; run `limosa sum`",
                };
                format!("{}  {what}\n", result.path)
            };
            output::print(&results.iter().map(line).collect::<String>());
        }
        Ok(if stale { Exit::Findings } else { Exit::Done })
    }
}

/// Renews the sum file of a service whose files have just changed on disk; where there is none, none is made. Gives its
/// path.
pub(super) fn renew(project: &Project, part: &Part<'_>) -> Result<Option<String>, Failure> {
    if matches!(part.set.sum, SumState::Absent) {
        return Ok(None);
    }
    let set = read_migrations(project, part.service).map_err(Failure::findings)?;
    std::fs::write(set.folder.join(SUM_FILE), SumFile::of(&set).render())?;
    Ok(Some(set.shown(SUM_FILE)))
}

/// Without the target it is not known which files may be edited.
fn unreachable(mut failure: Failure) -> Failure {
    failure.diagnostics.push(
        Diagnostic::error("applied-unknown", "it cannot be seen which files are applied")
            .with_help("`limosa sum --offline` takes all files as they are"),
    );
    failure
}
