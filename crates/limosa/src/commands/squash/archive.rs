//! `squash --remove-archive`.

use limosa_project::{OrderPolicy, Project, Standing};
use limosa_syntax::Diagnostic;

use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::output;

/// Removes the archive, if every database of every environment has its baseline or is yet to be made.
pub(super) async fn remove_archive(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    dry_run: bool,
) -> Result<Exit, Failure> {
    let squashed = part.set.squashed.as_deref().filter(|squashed| squashed.originals.is_some());
    let Some(squashed) = squashed else {
        invocation.say("there is no archive");
        return Ok(Exit::Done);
    };
    let (mut told, mut needed) = (String::new(), Vec::new());
    for environment in &project.environments {
        let parts = std::slice::from_ref(part);
        let seen = look(invocation, project, environment, parts, OrderPolicy::Any).await?;
        let Some(status) = seen.into_iter().next().map(|seen| seen.status) else { continue };
        let name = &environment.name;
        match status {
            Err(failure) => {
                let why = failure.diagnostics.first().map_or_else(String::new, |it| it.message.clone());
                needed.push(format!("{name} cannot be asked: {why}"));
            }
            Ok(status) => match part.set.standing(&status.applied()) {
                Ok(Standing::Files) => told.push_str(&format!("{name}  has passed, or is yet to be made\n")),
                Ok(Standing::Past(_)) => told.push_str(&format!("{name}  passes with its next `limosa up`\n")),
                Ok(Standing::Before(_)) => needed.push(format!("{name} has run only some of what is archived")),
                Err(problem) => needed.push(format!("{name}: {}", problem.message)),
            },
        }
    }
    output::print(&told);
    if !needed.is_empty() {
        let message = format!("the archive of {} migrations is still needed", squashed.replaces.len());
        let mut error = Diagnostic::error("archive-needed", message);
        error.notes = needed;
        return Err(Failure::findings(vec![
            error.with_help("`limosa --env NAME up` takes a database past the baseline"),
        ]));
    }
    if dry_run {
        return Ok(Exit::Done);
    }
    let folder = part.set.folder.join("archive");
    confirm(&invocation.global, &format!("Remove {}?", part.set.shown("archive")))?;
    std::fs::remove_dir_all(&folder)?;
    invocation.say(&format!("{} is removed", part.set.shown("archive")));
    Ok(Exit::Done)
}
