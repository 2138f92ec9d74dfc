//! Writing the files of a take-over, then the history.

use limosa_engine::{Adoption, AdoptionDone, StopSignal, adopt};
use limosa_project::{MigrationSet, NewFile, plan_adoption, read_migrations, write_new};
use limosa_syntax::Diagnostic;

use super::{Adopt, Place, Seen, kept};
use crate::commands::sum;
use crate::failure::Failure;
use crate::one_target::{PATIENCE, Patient};

/// What was written.
pub(super) struct Recorded {
    /// The files, as people know them.
    pub(super) files: Vec<String>,
    /// What is on record.
    pub(super) done: AdoptionDone,
}

/// Writes what is to be written. If the history cannot be written, the files are gone again.
pub(super) async fn record(
    place: &Place<'_>,
    asked: &Adopt,
    seen: &Seen,
    stop: &StopSignal,
) -> Result<Recorded, Failure> {
    let (part, terms) = (place.part, asked.terms());
    let plan = plan_adoption(&seen.histories.histories, &part.set, &seen.histories.old.known, terms);
    let mut files = kept::lost(&plan);
    files.extend(kept::programs(place, seen, &plan)?);
    write_new(&part.set.folder, &files)
        .map_err(|error| Failure::from(Diagnostic::error("not-written", error.to_string())))?;
    let recorded = history(place, asked, seen, stop).await;
    match recorded {
        Ok((done, sum)) => {
            let mut files: Vec<String> = files.iter().map(|file| part.set.shown(&file.path)).collect();
            files.extend(sum);
            Ok(Recorded { files, done })
        }
        Err(failure) => {
            // A file that is not on record would be run where its effect is in place.
            take_away(place, &files);
            Err(failure)
        }
    }
}

async fn history(
    place: &Place<'_>,
    asked: &Adopt,
    seen: &Seen,
    stop: &StopSignal,
) -> Result<(AdoptionDone, Option<String>), Failure> {
    let part = place.part;
    // The files that were written are migrations now.
    let set: MigrationSet = read_migrations(place.project, part.service).map_err(Failure::findings)?;
    let histories = match asked.write_files {
        true => super::found::look(place, asked).await?.histories,
        false => seen.histories.histories.clone(),
    };
    let terms = limosa_project::AdoptionTerms { write_kept: false, ..asked.terms() };
    let plan = plan_adoption(&histories, &set, &seen.histories.old.known, terms);
    if plan.is_refused() {
        return Err(Failure::findings(plan.problems));
    }
    if let Some((_, entry)) = plan.programs.first() {
        let message =
            format!("no migration of `{}` stands for `{}`, though a file was written", set.shown_folder, entry.key);
        return Err(Failure::usage("not-read-back", message, "let `migrations` in limosa.toml name a new folder"));
    }
    let actor = place.invocation.environment.actor();
    let adoption = Adoption {
        seen: &seen.histories.old,
        named: &asked.tables,
        only: asked.tool,
        rows: &plan.adopted,
        guard: asked.guard,
        reason: asked.reason.as_deref(),
        actor: &actor,
        wait: PATIENCE,
    };
    let done = adopt(&place.target, &adoption, &mut Patient, stop).await?;
    let sum = sum::renew(place.project, part)?;
    Ok((done, sum))
}

fn take_away(place: &Place<'_>, files: &[NewFile]) {
    for file in files {
        let _ = std::fs::remove_file(place.part.set.folder.join(&file.path));
    }
}
