//! `adopt --from scripts`: which scripts are in effect that were run by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_catalog::Catalog;
use limosa_engine::{ScriptVerdict, catalogs_before, judge_script, old_histories, replay};
use limosa_plan::{DiffOptions, Owners};
use limosa_project::{MigrationSet, Version, history_of_scripts};
use limosa_syntax::Diagnostic;

use super::Place;
use super::found::Found;
use super::schema::live;
use crate::failure::Failure;
use crate::ignoring::rules;
use crate::serving::shadow;
use crate::terms::Terms;

/// Runs the service's migrations in a shadow one after the other, and compares what each of them changes with the
/// database. A search by halves would not do: somebody may have run the third and not the second.
pub(super) async fn look(place: &Place<'_>, through: Option<&str>) -> Result<Found, Failure> {
    let set = &place.part.set;
    let old = old_histories(&place.target, &[], None).await?;
    if set.migrations.is_empty() {
        let message = format!("`{}` holds no scripts with a version", set.shown_folder);
        let help = "give each a version in limosa.toml: `[project.loose]`, or `[service.NAME.loose]`";
        return Err(Failure::usage("no-scripts", message, help));
    }
    let verdicts = match through {
        Some(file) => up_to(set, file)?,
        None => judged(place, set).await?,
    };
    let mut problems = Vec::new();
    let last = verdicts.iter().rposition(|(_, verdict)| *verdict == ScriptVerdict::InEffect);
    let mut paths = Vec::new();
    for (at, (path, verdict)) in verdicts.iter().enumerate() {
        match verdict {
            ScriptVerdict::InEffect => paths.push(path.clone()),
            ScriptVerdict::Untold if last.is_some_and(|last| at < last) => {
                paths.push(path.clone());
                let message = format!("`{path}` changes no schema; it is taken to be in effect, as what follows it is");
                problems.push(Diagnostic::warning("untold-script", message).with_help(
                    "look at its rows; where it was never run, run it by hand: it must be safe to run it twice then",
                ));
            }
            ScriptVerdict::Untold => {
                let message = format!("`{path}` changes no schema; it is taken to be pending");
                let help = format!("where it was run, say so: `--through {path}`");
                problems.push(Diagnostic::warning("untold-script", message).with_help(help));
            }
            ScriptVerdict::Partly { there, missing } => problems.push(partly(path, there, missing)),
            ScriptVerdict::NotInEffect => {}
        }
    }
    let mut history = history_of_scripts(paths);
    history.problems = problems;
    Ok(Found { old, histories: vec![history], scripts: verdicts })
}

fn partly(path: &str, there: &[String], missing: &[String]) -> Diagnostic {
    let mut diagnostic = Diagnostic::error("partly-in-effect", format!("`{path}` is in effect in part"));
    diagnostic.notes = vec![format!("there: {}", there.join(", ")), format!("not there: {}", missing.join(", "))];
    diagnostic.with_help(
        "bring the rest about by hand, or take back what is there; \
         `--through FILE` takes all up to a file as in effect",
    )
}

/// All up to a file, as somebody says who knows.
fn up_to(set: &MigrationSet, file: &str) -> Result<Vec<(String, ScriptVerdict)>, Failure> {
    let shown =
        |at: usize| set.migrations.get(at).map(|migration| migration.up.source.path.clone()).unwrap_or_default();
    let is_it = |at: &usize| shown(*at) == file || shown(*at).rsplit('/').next() == Some(file);
    let Some(last) = (0..set.migrations.len()).find(is_it) else {
        let message = format!("`{}` holds no migration `{file}`", set.shown_folder);
        return Err(Failure::usage(
            "no-such-script",
            message,
            "`--through` names a file as `limosa status -v` shows it",
        ));
    };
    let verdict = |at: usize| if at <= last { ScriptVerdict::InEffect } else { ScriptVerdict::NotInEffect };
    Ok((0..set.migrations.len()).map(|at| (shown(at), verdict(at))).collect())
}

async fn judged(place: &Place<'_>, set: &MigrationSet) -> Result<Vec<(String, ScriptVerdict)>, Failure> {
    let live = live(place).await?;
    let terms = Terms::of(place.invocation, place.project, place.part.service)?;
    let known = place.invocation.known();
    let texts = set.migrations.iter().map(|migration| migration.up.text());
    let mut server = shadow(&place.invocation.environment, Some(live.major()), texts)?;
    let wanted: BTreeSet<Version> = set.migrations.iter().map(|migration| migration.version.clone()).collect();
    // Repeatable objects run after all versions, and would look like the work of the last one.
    let versioned = MigrationSet { repeatables: Vec::new(), ..set.clone() };
    let catalogs = async {
        let before = catalogs_before(&mut server, set, &terms.replay(), &wanted, &known).await?;
        let last = replay(&mut server, &versioned, &terms.replay(), &known).await?;
        Ok::<_, limosa_engine::DesiredError>((before, last))
    }
    .await;
    server.stop().await?;
    let (before, last) = catalogs?;
    let last = Arc::new(last);
    let options =
        DiffOptions { owners: Owners::Ignore, ignore: rules(Some(place.project), &[]), ..DiffOptions::default() };
    let catalog = |at: usize| -> Option<&Arc<Catalog>> {
        set.migrations.get(at).map_or(Some(&last), |migration| before.get(&migration.version))
    };
    let judge = |(at, migration): (usize, &limosa_project::Migration)| {
        let verdict = match (catalog(at), catalog(at + 1)) {
            (Some(before), Some(after)) => judge_script(before, after, &live, &options),
            _ => ScriptVerdict::Untold,
        };
        (migration.up.source.path.clone(), verdict)
    };
    Ok(set.migrations.iter().enumerate().map(judge).collect())
}
