//! `restore`.

mod show;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use limosa_engine::{
    ArchiveReader, BackupError, BackupForm, Place, RestoreOptions, RestorePreview, RestoreWish, StopSignal, Target,
    Unreadable, look_at_backup, make_database, preview_restore, restore, restore_database,
};
use limosa_syntax::Diagnostic;

use super::up::duration;
use crate::confirm::{ask, confirm};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::{Patient, on_target};
use crate::output;
use crate::output::duration::Calm;
use crate::serving::client_programs;

const EXAMPLES: &str = "\
It first shows what it would do: how many rows are there, and how many of them are newer than the backup and would be \
lost. Rows that are the same stay untouched; everything is one transaction. Tables that are gone are made again. \
A whole database of `pg_dump` is put into a new one, which takes the place of the old; the old one is kept.

Examples:
  limosa restore backups/dev-api-20260102T030405Z.limosa --dry-run
  limosa restore backups/dev-api-20260102T030405Z.limosa --table patient
  limosa restore FILE --merge                     rows that the backup lacks stay
  limosa restore FILE --into postgresql://me@host/elsewhere
  limosa restore FILE --allow overwrites-newer    where nobody can be asked";

/// Put rows back from a backup
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Restore {
    /// The backup.
    file: PathBuf,
    /// Only this table, as SQL spells it; may be given several times.
    #[arg(long, value_name = "TABLE")]
    table: Vec<String>,
    /// Another database than the environment's. One that is not there is made.
    #[arg(long, value_name = "URL")]
    into: Option<String>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Let rows stay that the backup lacks.
    #[arg(long)]
    merge: bool,
    /// Leave owners and privileges of a whole database to whoever restores: its roles need not be there.
    #[arg(long)]
    no_owner: bool,
    /// A danger that is run into on purpose, by its name.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Vec<Hazard>,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How long to wait for a run on the same target.
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = duration)]
    wait: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hazard {
    /// Rows that were written since the backup are lost.
    OverwritesNewer,
    /// The backup is of another service or another database.
    OtherDatabase,
}

impl Restore {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let file = invocation.global.directory.join(&self.file);
        let unreadable = |error: Unreadable| BackupError::Unreadable { path: file.clone(), error };
        let found = look_at_backup(&file);
        let mut elsewhere = invocation.clone();
        if let Some(url) = &self.into {
            elsewhere.global.url = Some(url.clone());
        }
        let form = match found {
            Ok(found) => found.form,
            // A dump whose record is gone can still be read by pg_restore.
            Err(Unreadable::NoArchive) if file.extension().is_some_and(|it| it == "dump") => BackupForm::Dump,
            Err(error) => return Err(unreadable(error).into()),
        };
        match form {
            BackupForm::Plain => Err(Failure::usage(
                "cannot-restore",
                format!("`{}` is SQL, which `psql` loads", file.display()),
                format!("psql -f {} \"$DATABASE_URL\"", file.display()),
            )),
            BackupForm::Archive => {
                let archive = ArchiveReader::open(&file).map_err(unreadable)?;
                archive.verify().map_err(unreadable)?;
                let work = async |target: Target, stop: StopSignal| {
                    self.rows(invocation, &target, &archive, &file, &stop).await
                };
                on_target(&elsewhere, "restore", work).await
            }
            BackupForm::Dump => {
                let work =
                    async |target: Target, stop: StopSignal| self.database(invocation, &target, &file, &stop).await;
                on_target(&elsewhere, "restore", work).await
            }
        }
    }

    async fn rows(
        &self,
        invocation: &Invocation,
        target: &Target,
        archive: &ArchiveReader,
        file: &Path,
        stop: &StopSignal,
    ) -> Result<Exit, Failure> {
        if self.into.is_some() && !self.dry_run && !target.single_connection {
            make_database(target).await?;
        }
        let wish = RestoreWish { tables: self.table.clone(), merge: self.merge };
        let preview = preview_restore(target, archive, file, &wish, stop).await?;
        if !invocation.global.json {
            output::tell(&show::preview(&preview, archive.contents(), self.merge));
        }
        if self.dry_run {
            if invocation.global.json {
                output::print_json(&preview);
            }
            return Ok(Exit::Done);
        }
        if preview.tables.iter().all(|table| !table.differs(self.merge) && !table.is_gone) {
            invocation.say("there is nothing to put back: the rows are those of the backup");
            return Ok(Exit::Done);
        }
        self.agree(invocation, &preview, archive)?;
        let actor = invocation.environment.actor();
        let options =
            RestoreOptions { actor: &actor, reason: self.reason.as_deref(), wait: self.wait, agreed: &preview };
        let restored = restore(target, archive, file, &wish, &options, &mut Patient, stop).await?;
        if invocation.global.json {
            output::print_json(&restored);
        } else {
            output::print(&format!("{} rows put back in {}\n", restored.rows, Calm(restored.took)));
        }
        Ok(Exit::Done)
    }

    /// Asks for what may not go by itself; off a terminal it has to be allowed by name.
    fn agree(&self, invocation: &Invocation, preview: &RestorePreview, archive: &ArchiveReader) -> Result<(), Failure> {
        let contents = archive.contents();
        if !preview.is_same_database && self.into.is_none() {
            let of = format!("database {} of {}", contents.database, contents.service);
            self.allowed(Hazard::OtherDatabase, &format!("the backup is of {of}, and this is {}", preview.database))?;
        }
        match preview.newer(self.merge) {
            0 => confirm(&invocation.global, &format!("Put these rows back in {}?", preview.database)),
            newer => self
                .allowed(Hazard::OverwritesNewer, &format!("{newer} rows are newer than the backup and would be lost")),
        }
    }

    fn allowed(&self, hazard: Hazard, what: &str) -> Result<(), Failure> {
        if self.allow.contains(&hazard) {
            return Ok(());
        }
        let name = hazard.to_possible_value().map_or_else(String::new, |it| it.get_name().to_owned());
        let answer = ask(&format!("{what}. Type `{name}` to go on: "));
        match answer {
            Some(answer) if answer == name => Ok(()),
            Some(_) => Err(Failure::usage("not-confirmed", "nothing was done", format!("type `{name}` to go on"))),
            None => Err(Diagnostic::error(name_of(hazard), what.to_owned())
                .with_note("nothing was done")
                .with_help(format!(
                    "`--allow {name}` does it; `--dry-run` shows more; `--merge` keeps rows that were added"
                ))
                .into()),
        }
    }

    async fn database(
        &self,
        invocation: &Invocation,
        target: &Target,
        file: &Path,
        stop: &StopSignal,
    ) -> Result<Exit, Failure> {
        if !self.table.is_empty() || self.merge {
            return Err(Failure::usage(
                "cannot-restore",
                "a whole database of pg_dump is put back as a whole",
                "restore it with --into another database, and copy the rows from there",
            ));
        }
        let place = if self.into.is_some() { Place::Fresh } else { Place::InPlaceOf };
        if place == Place::InPlaceOf {
            let what = format!("all of {} is replaced by the backup; it is kept under another name", target.database());
            if self.dry_run {
                output::print(&format!("{what}\n"));
                return Ok(Exit::Done);
            }
            self.allowed(Hazard::OverwritesNewer, &what)?;
        } else if self.dry_run {
            output::print(&format!("it would be put into {}\n", target.database()));
            return Ok(Exit::Done);
        }
        let programs = client_programs(&invocation.environment);
        let restored = restore_database(target, file, &programs, place, !self.no_owner, stop).await?;
        if invocation.global.json {
            output::print_json(&restored);
        } else {
            let old =
                restored.old.map_or_else(String::new, |old| format!("; the old one is {old}, drop it when you may"));
            output::print(&format!("{} is put back in {}{old}\n", restored.database, Calm(restored.took)));
        }
        Ok(Exit::Done)
    }
}

fn name_of(hazard: Hazard) -> &'static str {
    match hazard {
        Hazard::OverwritesNewer => "overwrites-newer",
        Hazard::OtherDatabase => "other-database",
    }
}
