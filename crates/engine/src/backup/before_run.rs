//! The backup before a run changes anything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_plan::lock::Known;
use limosa_postgres::Session;

use super::dump::{ClientPrograms, DumpFormat, dump};
use super::error::BackupError;
use super::event::BackupEvent;
use super::retention::{Kept, prune};
use super::selection::TableSelection;
use super::take::{BackupMade, BackupRequest, Saving, TableFormat, take};
use super::touched::{TouchingScript, touched};
use crate::event::{Direction, Event, Observer};
use crate::plan::schemas;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;

/// How much is saved before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedBefore {
    /// The whole database.
    Database,
    /// The tables that the run touches.
    TouchedTables,
}

/// The backup that a run makes before it changes anything.
#[derive(Debug, Clone)]
pub struct BackupBeforeRun {
    /// How much.
    pub saved: SavedBefore,
    /// The folder; it is made where it is not there.
    pub folder: PathBuf,
    /// The name of the environment.
    pub environment: String,
    /// The version of Limosa.
    pub limosa: String,
    /// The programs of PostgreSQL that were found.
    pub programs: ClientPrograms,
    /// How many such backups are kept; `None` keeps all.
    pub keep: Option<u32>,
    /// How long they are kept; `None` keeps them for ever.
    pub retention: Option<Duration>,
}

impl BackupBeforeRun {
    /// Looks whether the folder can be written, before anything else is done.
    pub(crate) fn check(&self) -> Result<(), BackupError> {
        prepare_backup_folder(&self.folder)
    }

    /// Makes the backup; `None` where the run touches nothing that is there.
    pub(crate) async fn make<'s>(
        &self,
        worker: &Session,
        target: &Target,
        run: (Direction, &str),
        scripts: impl Iterator<Item = TouchingScript<'s>>,
        observer: &mut dyn Observer,
        stop: &StopSignal,
    ) -> Result<Option<BackupMade>, BackupError> {
        let (direction, version) = run;
        let selection = match self.saved {
            SavedBefore::Database => None,
            SavedBefore::TouchedTables => Some(self.touched(worker, target, scripts).await?),
        };
        let before = match direction {
            Direction::Up => format!("before-up-{version}"),
            Direction::Down => format!("before-down-{version}"),
        };
        self.save((worker, target), selection, (&before, version), observer, stop).await
    }

    /// Makes the backup before these tables, which are all, are dropped; `None` where there are none.
    pub(crate) async fn make_of_all(
        &self,
        worker: &Session,
        target: &Target,
        tables: Vec<String>,
        observer: &mut dyn Observer,
        stop: &StopSignal,
    ) -> Result<Option<BackupMade>, BackupError> {
        if tables.is_empty() {
            return Ok(None);
        }
        let selection = match self.saved {
            SavedBefore::Database if !target.single_connection => None,
            SavedBefore::Database | SavedBefore::TouchedTables => Some(TableSelection::Named(tables)),
        };
        self.save((worker, target), selection, ("before-fresh", "fresh"), observer, stop).await
    }

    /// Saves these tables, or the database. The file is called after what it is made before, and remarks are about the
    /// version.
    async fn save(
        &self,
        (worker, target): (&Session, &Target),
        selection: Option<TableSelection>,
        (before, version): (&str, &str),
        observer: &mut dyn Observer,
        stop: &StopSignal,
    ) -> Result<Option<BackupMade>, BackupError> {
        let service = target.service.clone();
        // The server inside the program takes one connection, which pg_dump would need.
        let selection = selection.or_else(|| target.single_connection.then_some(TableSelection::All));
        let extension = if selection.is_some() { "limosa" } else { "dump" };
        let file = self.file(&service, before, extension);
        let (environment, limosa) = (self.environment.as_str(), self.limosa.as_str());
        let request = BackupRequest { file: &file, environment, limosa, before: Some(before) };
        observer.on(&Event::BackupBegun { service: service.clone(), file: file.display().to_string() });
        let mut tell = |event: &BackupEvent| {
            if let BackupEvent::Remarked { remark } = event {
                let (service, version) = (service.clone(), version.to_owned());
                observer.on(&Event::Remarked { service, version, remark: remark.clone() });
            }
        };
        let saving = Saving { session: worker, target, request: &request, observer: &mut tell, stop };
        let made = match &selection {
            None => dump(saving, &self.programs, DumpFormat::Custom).await,
            Some(tables) => take(saving, tables, TableFormat::Archive).await,
        };
        let made = match made {
            Err(BackupError::NothingToSave) => {
                tell(&BackupEvent::Remarked {
                    remark: "no backup is made, since nothing that is there is touched".to_owned(),
                });
                return Ok(None);
            }
            made => made?,
        };
        observer.on(&Event::BackupDone {
            service: service.clone(),
            file: file.display().to_string(),
            bytes: made.bytes,
            rows: made.rows,
            took: made.took,
        });
        let kept = Kept { service: &service, environment, keep: self.keep, retention: self.retention };
        for removed in prune(&self.folder, &kept, jiff::Timestamp::now()) {
            let remark = format!("the backup {} is removed, as [backup] says", removed.display());
            observer.on(&Event::Remarked { service: service.clone(), version: version.to_owned(), remark });
        }
        Ok(Some(made))
    }

    async fn touched<'s>(
        &self,
        worker: &Session,
        target: &Target,
        scripts: impl Iterator<Item = TouchingScript<'s>>,
    ) -> Result<TableSelection, BackupError> {
        let facts = worker.facts().await.map_err(RunError::from)?;
        let catalog = worker.catalog(std::slice::from_ref(&target.history_schema)).await?;
        let known = Known::of_catalog(&catalog, schemas(worker, target).await?);
        Ok(touched(scripts, known, facts.version.major()))
    }

    /// A name that is not taken: two runs may begin in one second.
    fn file(&self, service: &str, before: &str, extension: &str) -> PathBuf {
        let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let stem = format!("{}-{service}-{now}-{}", self.environment, in_a_file_name(before));
        let named = |more: &str| self.folder.join(format!("{stem}{more}.{extension}"));
        let mut numbered = (2..).map(|number| named(&format!("-{number}")));
        let first = named("");
        if is_free(&first) { first } else { numbered.find(|path| is_free(path)).unwrap_or(first) }
    }
}

/// Makes a folder for backups, which git is not to see, and looks whether it can be written.
///
/// # Errors
/// It cannot.
pub fn prepare_backup_folder(folder: &Path) -> Result<(), BackupError> {
    let prepared = || {
        if !folder.exists() {
            std::fs::create_dir_all(folder)?;
            std::fs::write(folder.join(".gitignore"), "*\n")?;
        }
        tempfile::Builder::new().prefix(".limosa-").suffix(".part").tempfile_in(folder).map(drop)
    };
    prepared().map_err(|error| BackupError::NotWritable { path: folder.to_owned(), error })
}

fn is_free(path: &Path) -> bool {
    !path.exists()
}

/// Repeatable objects go by names that may hold anything.
fn in_a_file_name(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().map(|c| if fits(c) { c } else { '_' }).take(80).collect()
}
