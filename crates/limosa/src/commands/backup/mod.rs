//! `backup`.

mod list;
mod progress;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use limosa_catalog::Identifier;
use limosa_engine::{
    BackupError, BackupMade, BackupRequest, ClientPrograms, DumpFormat, Extent, StopSignal, TableFormat,
    TableSelection, Target, back_up_database, back_up_tables, bytes_for_people, prepare_backup_folder, touched_tables,
};
use limosa_project::{Environment, Project};

use self::progress::Progress;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::one_target::{PATIENCE, Patient};
use crate::output::duration::Calm;
use crate::output::{self, Verbosity};
use crate::serving::{Found, Missing, Serving, Waiting, client_programs};
use crate::signals;

const EXAMPLES: &str = "\
The whole database is saved by `pg_dump`, tables by limosa itself, as they are at one moment. What was written is read \
again before it counts. `limosa restore` puts it back. Where an environment says `backup = \"before-up\"`, `up` and \
`down` do this by themselves.

Examples:
  limosa --env prod backup                        the whole database of each service
  limosa --env prod --service api backup --tables touched       the tables that pending migrations touch
  limosa backup --table patient --table visit     these
  limosa backup --table patient --plain           as SQL that psql loads
  limosa backup list
  limosa backup --verify backups/dev-api-20260102T030405Z.limosa";

/// Save databases or tables into files
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    #[command(subcommand)]
    what: Option<What>,
    /// A table, as SQL spells it; may be given several times.
    #[arg(long, value_name = "TABLE")]
    table: Vec<String>,
    /// All tables of a schema; may be given several times.
    #[arg(long, value_name = "SCHEMA", value_parser = schema, conflicts_with = "table")]
    schema: Vec<Identifier>,
    /// Tables in place of the database: those that the pending migrations touch, or all.
    #[arg(long, value_enum, value_name = "WHICH", conflicts_with_all = ["table", "schema"])]
    tables: Option<Which>,
    /// SQL that psql loads.
    #[arg(long)]
    plain: bool,
    /// The file; by default one in the folder of `[backup]`, named after environment, service and time.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Look at a backup: whether it is whole, and its bytes are those that were written.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["table", "schema", "tables", "plain", "output"])]
    verify: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the backups that are there
    List(list::List),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Those that the pending migrations touch.
    Touched,
    /// All.
    All,
}

fn schema(text: &str) -> Result<Identifier, String> {
    Identifier::new(text).map_err(|error| error.to_string())
}

impl Backup {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        match (&self.what, &self.verify) {
            (Some(What::List(list)), _) => list.run(invocation),
            (None, Some(file)) => verify::verify(invocation, file).await,
            (None, None) => self.take(invocation).await,
        }
    }

    async fn take(&self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        if self.output.is_some() && parts.len() > 1 {
            return Err(Failure::usage(
                "name-the-service",
                "one file cannot hold the databases of several services",
                format!("name one: `limosa --service {} backup …`", project.services[0].name),
            ));
        }
        let stop = signals::listen();
        let mut serving = Serving::new(invocation, &project, environment, &parts);
        for part in &parts {
            let mut waiting = Waiting { patience: PATIENCE, observer: &mut Patient, stop: &stop };
            let target = match serving.target(part.service, Missing::Leave, &mut waiting).await? {
                Found::Target(target) => target,
                Found::NotYet { database } => {
                    invocation.say(&format!("{}: there is no database `{database}` yet", part.service.name));
                    continue;
                }
            };
            self.save(invocation, &project, environment, part, &target, &stop).await?;
        }
        serving.stop().await?;
        Ok(Exit::Done)
    }

    async fn save(
        &self,
        invocation: &Invocation,
        project: &Project,
        environment: &Environment,
        part: &Part<'_>,
        target: &Target,
        stop: &StopSignal,
    ) -> Result<(), Failure> {
        let selection = match self.selection(part, target, environment).await? {
            // The embedded server takes one connection, and its own pg_dump is not within reach.
            None if target.single_connection => Some(TableSelection::All),
            selection => selection,
        };
        let extension = match (self.plain, &selection) {
            (true, _) => "sql",
            (false, Some(_)) => "limosa",
            (false, None) => "dump",
        };
        let file = match &self.output {
            Some(file) => invocation.global.directory.join(file),
            None => {
                let folder = project.path(&project.backup.folder);
                prepare_backup_folder(&folder)?;
                folder.join(format!("{}.{extension}", stem(environment.name.as_str(), part)))
            }
        };
        let request = BackupRequest {
            file: &file,
            environment: environment.name.as_str(),
            limosa: env!("CARGO_PKG_VERSION"),
            before: None,
        };
        let mut progress = Progress::new(invocation);
        let made = {
            let mut observer = |event: &limosa_engine::BackupEvent| progress.on(event);
            match selection {
                Some(selection) => {
                    let format = if self.plain { TableFormat::Plain } else { TableFormat::Archive };
                    back_up_tables(target, &selection, format, &request, &mut observer, stop).await
                }
                None => {
                    let programs: ClientPrograms = client_programs(&invocation.environment);
                    let format = if self.plain { DumpFormat::Plain } else { DumpFormat::Custom };
                    back_up_database(target, &programs, format, &request, &mut observer, stop).await
                }
            }
        };
        progress.end();
        tell(invocation, &made?);
        Ok(())
    }

    /// Which tables; `None` where the whole database is meant.
    async fn selection(
        &self,
        part: &Part<'_>,
        target: &Target,
        environment: &Environment,
    ) -> Result<Option<TableSelection>, Failure> {
        if !self.table.is_empty() {
            return Ok(Some(TableSelection::Named(self.table.clone())));
        }
        if !self.schema.is_empty() {
            return Ok(Some(TableSelection::Schemas(self.schema.clone())));
        }
        match self.tables {
            None => Ok(None),
            Some(Which::All) => Ok(Some(TableSelection::All)),
            Some(Which::Touched) => {
                Ok(Some(touched_tables(target, &part.set, environment.run.order, &Extent::All).await?))
            }
        }
    }
}

/// `prod-api-20260102T030405Z`.
fn stem(environment: &str, part: &Part<'_>) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{environment}-{}-{now}", part.service.name)
}

fn tell(invocation: &Invocation, made: &BackupMade) {
    if invocation.global.json {
        output::print_json(made);
    } else if invocation.global.verbosity() > Verbosity::Quiet {
        let what = match (made.tables, made.rows) {
            (Some(1), Some(rows)) => format!("1 table, {rows} rows, "),
            (Some(tables), Some(rows)) => format!("{tables} tables, {rows} rows, "),
            _ => String::new(),
        };
        let (bytes, took) = (bytes_for_people(made.bytes), Calm(made.took));
        output::print(&format!("{}: {what}{bytes} in {took}, read again and found right\n", made.file.display()));
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        Self { diagnostics: error.diagnostics(), exit: error.ending().into() }
    }
}
