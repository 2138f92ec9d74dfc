//! `renumber`.

mod dates;
mod environments;
mod proof;
mod render;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use limosa_project::{
    AppliedMigration, Project, RenumberChanges, RenumberMap, RenumberPlan, RenumberWish, Wrappers,
    files_are_half_changed, finish_files, plan_renumber, renumber_changes,
};
use limosa_syntax::{Diagnostic, SourceFile};

use self::dates::{DateSource, dates};
use self::environments::{Environments, PutRight};
use self::proof::{Proof, prove};
use self::render::{show, tell_done, to_json};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output;
use crate::selection;
use crate::signals;

const EXAMPLES: &str = "\
Without more, versions that several migrations have: the one that a database has keeps it, and the others move behind \
all that is there; where no database has any of them, they keep their place, and those behind make room. The old and \
the new names are shown before anything happens. Where the order changes, both orders are run in a throw-away \
PostgreSQL, and must lead to the same schema.

Renamed are the migrations with their down files; names of those files in programs and scripts beside them are \
exchanged. Programs that wrap them (010_x.js, 20240101000010-x.js) are renamed with them, or keep the name by which \
another tool knows them (`--wrappers`). limosa.sum is renewed, and limosa.renumber \
says what moved. Then the histories of all environments that can be reached are put right, each in one transaction; \
those that cannot are put right by their next `limosa up`. A run that was cut off is gone on with by the next.

A map holds a line for each migration that moves, `#` before a remark:
  010_create_data_mapper_table -> 026
  core/003_add_role.sql        -> 030

Examples:
  limosa renumber --dry-run                the old and the new names, and nothing else
  limosa renumber --behind                 others of one version move behind all that is there
  limosa renumber --map map.txt
  limosa renumber --to timestamps          from numbers to points in time, as git knows them
  limosa renumber --to sequence            and back";

/// Give migrations other versions: duplicates, a map, timestamps for numbers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Renumber {
    /// New versions, a line each: `010_add_fees -> 026`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "behind"])]
    map: Option<PathBuf>,
    /// Give all migrations versions of this style, in the order that they have.
    #[arg(long, value_enum, value_name = "STYLE", conflicts_with = "behind")]
    to: Option<Style>,
    /// Of several that have one version, all but one move behind everything that is there.
    #[arg(long)]
    behind: bool,
    /// Where the points in time come from; git, where it knows the files, unless said otherwise.
    #[arg(long, value_enum, value_name = "SOURCE", requires = "to")]
    dates: Option<DateSource>,
    /// What becomes of programs that wrap a migration for another tool. Where limosa keeps a history already they get
    /// the migration's number, otherwise they keep the name by which their tool knows them.
    #[arg(long, value_enum, value_name = "WHAT")]
    wrappers: Option<WrapperNames>,
    /// Show what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave the databases to their next `limosa up`.
    #[arg(long)]
    files_only: bool,
    /// Take another order although it cannot be proven that it leads to the same schema.
    #[arg(long)]
    unproven: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    /// UTC to the second: 20241222120000.
    Timestamps,
    /// 001, 002 …
    Sequence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WrapperNames {
    /// They get the migration's number.
    Rename,
    /// They keep their names.
    Keep,
}

/// What happens to one migrations folder.
struct FolderPlan<'p> {
    part: &'p Part<'p>,
    /// The services that share it, by their places.
    services: Vec<usize>,
    plan: RenumberPlan,
    changes: Option<RenumberChanges>,
    wrappers: Wrappers,
    proof: Proof,
}

impl Renumber {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        self.go_on(invocation, &project)?;
        let parts = invocation.parts(&project)?;
        let environments = Environments::look(invocation, &project, &parts, self.files_only).await?;
        // Nobody needs to know the fraction of the second.
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut plans = Vec::new();
        // Services that share a folder share its versions.
        for (number, part) in parts.iter().enumerate() {
            if parts[..number].iter().all(|other| other.set.folder != part.set.folder) {
                plans.push(self.plan(invocation, &project, &parts, part, &environments, now).await?);
            }
        }
        let is_empty = plans.iter().all(|it| it.plan.moves.is_empty());
        let due = environments.due();
        if self.dry_run || is_empty && due == 0 {
            if invocation.global.json {
                output::print_json(&to_json(&plans, &environments, &[]));
            } else {
                show(invocation, &plans, &environments);
            }
            return Ok(if self.dry_run && !is_empty { Exit::Findings } else { Exit::Done });
        }
        if !invocation.global.json {
            show(invocation, &plans, &environments);
        }
        confirm(&invocation.global, "Do this?")?;
        for FolderPlan { part, changes, .. } in &plans {
            if let Some(changes) = changes {
                changes.act.perform(&part.set.folder).map_err(|error| Failure::from(error.diagnostic()))?;
            }
        }
        let done = match self.files_only {
            true => Vec::new(),
            false => self.put_right(invocation, &project, &environments).await?,
        };
        if invocation.global.json {
            output::print_json(&to_json(&plans, &environments, &done));
        } else {
            tell_done(invocation, &done, &environments);
        }
        Ok(done.iter().fold(Exit::Done, |exit, target| exit.and(target.exit())))
    }

    /// Finishes what an earlier run began on disk.
    fn go_on(&self, invocation: &Invocation, project: &Project) -> Result<(), Failure> {
        for service in selection::services(project, &invocation.global.services)? {
            let folder = project.path(&service.migrations);
            if !files_are_half_changed(&folder) {
                continue;
            }
            if self.dry_run {
                let message = format!("renaming the files of `{}` was cut off", service.name);
                return Err(Failure::usage("files-half-changed", message, "go on with it: `limosa renumber`"));
            }
            finish_files(&folder).map_err(|error| Failure::from(error.diagnostic()))?;
            invocation.say(&format!("the renaming in `{}` that was cut off is finished", service.migrations.display()));
        }
        Ok(())
    }

    async fn plan<'p>(
        &self,
        invocation: &Invocation,
        project: &Project,
        parts: &[Part<'_>],
        part: &'p Part<'p>,
        environments: &Environments<'_>,
        now: Timestamp,
    ) -> Result<FolderPlan<'p>, Failure> {
        let sharing = |other: &Part<'_>| other.set.folder == part.set.folder;
        let services = (0..parts.len()).filter(|at| sharing(&parts[*at])).collect();
        let histories: Vec<Vec<AppliedMigration>> = environments.histories(parts, sharing);
        let map = self.map.as_ref().map(read_map).transpose()?;
        let known = match self.to {
            Some(Style::Timestamps) => dates(self.dates, part, environments.dates(parts, sharing)),
            _ => Vec::new(),
        };
        let wish = match (&map, self.to, self.behind) {
            (Some(map), ..) => RenumberWish::Map(map),
            (_, Some(Style::Timestamps), _) => RenumberWish::Timestamps(&known),
            (_, Some(Style::Sequence), _) => RenumberWish::Sequence,
            (_, _, true) => RenumberWish::Behind,
            _ => RenumberWish::Apart,
        };
        let plan = plan_renumber(&part.set, &histories, wish, now).map_err(Failure::findings)?;
        let wrappers = match self.wrappers {
            Some(WrapperNames::Rename) => Wrappers::Rename,
            Some(WrapperNames::Keep) => Wrappers::Keep,
            None if histories.is_empty() => Wrappers::Keep,
            None => Wrappers::Rename,
        };
        if plan.moves.is_empty() {
            return Ok(FolderPlan { part, services, plan, changes: None, wrappers, proof: Proof::NotNeeded });
        }
        let changes =
            renumber_changes(&part.set, &plan, now, wrappers).map_err(|error| Failure::from(error.diagnostic()))?;
        let proof = prove(invocation, project, part, &plan, self.unproven).await?;
        Ok(FolderPlan { part, services, plan, changes: Some(changes), wrappers, proof })
    }

    /// Puts the histories right, with the files as they are now.
    async fn put_right(
        &self,
        invocation: &Invocation,
        project: &Project,
        environments: &Environments<'_>,
    ) -> Result<Vec<PutRight>, Failure> {
        let parts = invocation.parts(project)?;
        let stop = signals::listen();
        environments.put_right(invocation, project, &parts, self.reason.as_deref(), &stop).await
    }
}

fn read_map(path: &PathBuf) -> Result<RenumberMap, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::from(
            Diagnostic::error("unreadable-file", format!("`{shown}` cannot be read: {error}"))
                .with_help("a map is a text with a line `010_add_fees -> 026` for each migration that moves"),
        )
    })?;
    let source = Arc::new(SourceFile { path: shown, text: text.into() });
    RenumberMap::parse(&source).map_err(Failure::findings)
}
