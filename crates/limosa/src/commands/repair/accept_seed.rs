//! `repair accept --seed`.

use limosa_engine::{Deletes, Repair as Mending, SeedOptions, SeedRun, SeedState, seed, seed_checksum, seed_status};
use limosa_project::{Seed, SeedContent};
use limosa_syntax::Diagnostic;

use super::{Here, WAIT, mend};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Part;
use crate::one_target::Patient;
use crate::seeding::ServiceSeeds;
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

/// Takes a seed's file for what was last run. The rows of a table must be what the file says.
pub(super) async fn accept_seed(
    here: Here<'_>,
    name: &str,
    has_another_effect: bool,
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let Here { invocation, project, environment, parts } = here;
    for part in parts {
        let found = ServiceSeeds::read(project, part.service, environment, |_| false).map_err(Failure::findings)?;
        let Some(file) = found.seeds.iter().find(|file| file.name.as_str() == name) else { continue };
        let looked = look(here, part, &found.seeds, file).await?;
        if looked.state != Some(SeedState::Changed) {
            let message = format!("the seed `{name}` was not run, or not edited since, in {}", environment.name);
            return Err(Failure::usage("not-edited", message, "`limosa seed --dry-run` says what is to be written"));
        }
        let why = match (&file.content, looked.differs) {
            (SeedContent::Script, _) => Some("what a script would change cannot be told"),
            (SeedContent::Table(_), true) => Some("rows are not what the file says"),
            (SeedContent::Table(_), false) => None,
        };
        if let Some(why) = why.filter(|_| !has_another_effect) {
            let error = Diagnostic::error("another-effect", format!("`{name}` is not taken for what was run: {why}"));
            let help = "write it: `limosa seed`; `--allow another-effect` takes it all the same";
            return Err(Failure::findings(vec![error.in_file(&file.source).with_help(help)]));
        }
        confirm(&invocation.global, &format!("Take {name} for what was run in {}?", environment.name))?;
        let repairs = [Mending::AcceptSeed { name, checksum: &looked.checksum }];
        mend(here, part, &repairs, reason).await?;
        invocation.say(&format!("{name} counts as it was last run"));
        return Ok(Exit::Done);
    }
    let message = format!("there is no seed `{name}` for {}", environment.name);
    Err(Failure::usage("unknown-seed", message, "`limosa seed --dry-run` lists those that there are"))
}

/// How a seed stands, and whether its rows differ from its file.
struct Looked {
    state: Option<SeedState>,
    differs: bool,
    checksum: String,
}

async fn look(here: Here<'_>, part: &Part<'_>, seeds: &[Seed], file: &Seed) -> Result<Looked, Failure> {
    let Here { invocation, project, environment, .. } = here;
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, project, environment, std::slice::from_ref(part));
    let context = serving.variables(part.service)?;
    let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
    let mut looked = Looked { state: None, differs: false, checksum: seed_checksum(file, &values) };
    let mut waiting = Waiting { patience: WAIT, observer: &mut Patient, stop: &stop };
    let found = serving.target(part.service, Missing::Leave, &mut waiting).await;
    if let Ok(Found::Target(target)) = &found {
        let report = seed_status(target, seeds, &[], &values).await?;
        let outcome = report.seeds.iter().find(|outcome| outcome.name == file.name.as_str());
        looked.state = outcome.map(|outcome| outcome.state);
        if looked.state == Some(SeedState::Changed) && matches!(file.content, SeedContent::Table(_)) {
            let options = SeedOptions {
                run: SeedRun::Verify,
                force: false,
                deletes: Deletes::Refused,
                actor: "repair",
                wait: WAIT,
                values: &values,
                elsewhere: &[],
            };
            let verified = seed(target, seeds, &|it| it.name == file.name, &options, &mut Patient, &stop).await;
            // What cannot be compared is not the same.
            looked.differs = verified.map_or(true, |report| {
                report.seeds.iter().any(|outcome| outcome.counts.is_some_and(|counts| !counts.is_none()))
            });
        }
    }
    serving.stop().await?;
    found?;
    Ok(looked)
}
