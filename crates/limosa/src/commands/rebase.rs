//! `rebase`.

use clap::Args;
use jiff::Timestamp;
use limosa_project::{AppliedMigration, AppliedState, Identity, MigrationSet, Rename, apply_renames, plan_rebase};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::sum;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::git::{git, parts_of};
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::output;

const EXAMPLES: &str = "\
Migrations that are applied in the environment keep their versions; the others, if one of them comes before the \
newest of those, get new ones behind it, in the order they have. With --onto, those in the other branch are the \
ones that stay.

Examples:
  limosa rebase                     behind what is applied in the default environment
  limosa --env staging rebase       behind what is applied there
  limosa rebase --onto origin/main  behind what that branch holds
  limosa rebase --dry-run           show the new names, rename nothing";

/// Move my migrations behind those that arrived from another branch
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rebase {
    /// A branch or commit of git: its migrations stay, mine move behind them.
    #[arg(long, value_name = "REF")]
    onto: Option<String>,
    /// Show the new names, and rename nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct RenameJson {
    service: String,
    from: String,
    to: String,
}

impl Rebase {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let environment = invocation.environment_of(&project)?;
        let seen = look(invocation, &project, environment, &parts, environment.run.order).await?;
        let (mut plans, mut problems) = (Vec::new(), Vec::new());
        for seen in seen {
            let part = seen.part;
            let applied = seen.status?.applied();
            let theirs = match &self.onto {
                Some(commit) => held_by(part, commit)?,
                None => applied.clone(),
            };
            match plan_rebase(&part.set, &theirs, Timestamp::now()) {
                Ok(renames) => {
                    let name = environment.name.as_str();
                    problems.extend(renames.iter().filter_map(|rename| applied_here(part, rename, &applied, name)));
                    plans.push((part, renames));
                }
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(Failure::findings(problems));
        }
        let mut told = Vec::new();
        for (part, renames) in &plans {
            if !self.dry_run && !renames.is_empty() {
                apply_renames(&part.set.folder, renames)
                    .map_err(|error| Failure::from(Diagnostic::error("not-renamed", error.to_string())))?;
                sum::renew(&project, part)?;
            }
            told.extend(renames.iter().map(|rename| RenameJson {
                service: part.service.name.to_string(),
                from: part.set.shown(&rename.from),
                to: part.set.shown(&rename.to),
            }));
        }
        if invocation.global.json {
            output::print_json(&told);
        } else if told.is_empty() {
            invocation.say("nothing to move: my migrations come last already");
        } else {
            output::print(&told.iter().map(|rename| format!("{} → {}\n", rename.from, rename.to)).collect::<String>());
        }
        Ok(Exit::Done)
    }
}

/// The migrations whose files another commit holds.
fn held_by(part: &Part<'_>, commit: &str) -> Result<Vec<AppliedMigration>, Failure> {
    let refused = |said: String| {
        let error = Diagnostic::error("git", format!("git cannot list the files of `{commit}`: {said}"));
        Failure::from(error.with_help("name a branch or commit that this repository has: `git branch --all`"))
    };
    let words = ["ls-tree", "-r", "-z", "--name-only", "--end-of-options", commit, "--", "."];
    let paths = parts_of(&git(&part.set.folder, &words).map_err(refused)?);
    Ok(those_in(&part.set, &paths))
}

fn those_in(set: &MigrationSet, paths: &[String]) -> Vec<AppliedMigration> {
    let is_there = |owned: &str| paths.iter().any(|path| path == owned || path.starts_with(&format!("{owned}/")));
    set.migrations
        .iter()
        .filter(|migration| is_there(&migration.path))
        .map(|migration| AppliedMigration {
            identity: Identity::Version(migration.version.clone()),
            name: migration.name.clone(),
            checksum: Some(migration.checksum),
            state: AppliedState::Applied,
        })
        .collect()
}

/// What is applied under a version would be lost to the history under another.
fn applied_here(
    part: &Part<'_>,
    rename: &Rename,
    applied: &[AppliedMigration],
    environment: &str,
) -> Option<Diagnostic> {
    let migration = part.set.migrations.iter().find(|migration| migration.path == rename.from)?;
    applied.iter().find(|record| {
        record.identity == Identity::Version(migration.version.clone()) && record.name == migration.name
    })?;
    let (service, version) = (&part.service.name, &migration.version);
    let message = format!("{version} {} would move, and is applied in {environment}", migration.name);
    Some(Diagnostic::error("applied-here", message).in_file(&migration.up.source).with_help(format!(
        "take it back first: `limosa --env {environment} --service {service} down --only {version}`"
    )))
}
