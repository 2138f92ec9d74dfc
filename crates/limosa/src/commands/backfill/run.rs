//! Beginning, and going on.

use std::time::Duration;

use clap::{Args, ValueEnum};
use limosa_catalog::Identifier;
use limosa_engine::{
    Assignment, BackfillDefinition, BackfillEvent, BackfillOptions, Job, OnError, Order, Preview, RowChange,
    StopSignal, Target, Throttle, backfill, column_name, preview_backfill, resume_backfill,
};
use limosa_ids::GeneratorSpec;
use limosa_project::{ColumnName, Project};

use super::super::up::duration;
use super::progress::Progress;
use super::{on_target, status, unusable};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Cell, Table, one_line, terminal_width};

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The table, as SQL spells it.
    #[arg(long, value_name = "TABLE")]
    table: String,
    /// What its rows are called in expressions and conditions.
    #[arg(long, value_name = "NAME", value_parser = name)]
    alias: Option<Identifier>,
    /// `column = expression`; may be given several times.
    #[arg(long, value_name = "COLUMN = EXPR", required_unless_present_any = ["generate", "delete"])]
    set: Vec<Assignment>,
    /// Take values from other tables, which --where joins to the one that is changed: `parent p`. Where several of
    /// their rows meet one of its rows, any of them gives the values.
    #[arg(long, value_name = "TABLES", requires_all = ["set", "condition"],
        conflicts_with_all = ["into", "generate", "delete"])]
    from: Option<String>,
    /// Copy rows into another table: --set gives its columns their values, and the rows stay as they are.
    #[arg(long, value_name = "TARGET", requires = "set", conflicts_with_all = ["generate", "delete"])]
    into: Option<String>,
    /// Leave out the rows that the target of --into has already.
    #[arg(long, requires = "into")]
    skip_present: bool,
    /// Fill a column where it is null with ids that are made here; `limosa id` lists the kinds. A generator may be left
    /// out where `[ids.column]` has one.
    #[arg(long, value_name = "COLUMN[=GENERATOR]", conflicts_with = "set")]
    generate: Option<String>,
    /// Delete the rows.
    #[arg(long, requires = "condition", conflicts_with_all = ["set", "generate"])]
    delete: bool,
    /// Which rows. A row that is done should no longer meet it: then it can be looked whether any is left.
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    manner: Manner,
}

#[derive(Debug, Args)]
pub(super) struct Resume {
    /// Its number; may be left out where there is one only.
    job: Option<i32>,
    #[command(flatten)]
    manner: Manner,
}

/// How batches follow each other.
#[derive(Debug, Args)]
struct Manner {
    /// How long a batch should take: its rows are locked for so long.
    #[arg(long, value_name = "TIME", default_value = "40ms", value_parser = duration)]
    batch_time: Duration,
    /// Rows in a batch, at most.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    batch_rows: u64,
    /// A pause behind each batch.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pause: Option<Duration>,
    /// Hold while a standby is further behind than this.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    max_lag: Duration,
    /// Hold while more than so many sessions are busy.
    #[arg(long, value_name = "N")]
    max_active: Option<u32>,
    /// Hold while this query gives true, or a text, which is then the reason.
    #[arg(long, value_name = "QUERY")]
    hold_while: Option<String>,
    /// What is done about a row that cannot be changed: stop, or leave it and put it on record.
    #[arg(long, value_enum, default_value_t = Failing::Stop)]
    on_error: Failing,
    /// How long to wait for another runner of the same job; the last batch of one that was killed may still be running.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    wait: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Failing {
    /// The job stops before its batch, and names the row.
    Stop,
    /// It is left as it is; its key and the error stand in the table `backfill_reject` beside the history.
    Skip,
}

impl Manner {
    fn options<'a>(&self, actor: &'a str) -> BackfillOptions<'a> {
        BackfillOptions {
            actor,
            batch_time: self.batch_time.max(Duration::from_millis(1)),
            most_rows: self.batch_rows.max(1),
            throttle: Throttle {
                pause: self.pause.unwrap_or_default(),
                most_lag: Some(self.max_lag),
                most_active: self.max_active,
                hold_while: self.hold_while.clone(),
            },
            on_error: match self.on_error {
                Failing::Stop => OnError::Stop,
                Failing::Skip => OnError::Skip,
            },
            wait: self.wait,
        }
    }
}

impl Run {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let definition = self.definition(&project)?;
        if self.dry_run {
            let look = async |target: Target, _: StopSignal| Ok(preview_backfill(&target, &definition).await?);
            show(invocation, &definition.change.in_words(), &on_target(invocation, look).await?);
            return Ok(Exit::Done);
        }
        let actor = invocation.environment.actor();
        let options = self.manner.options(&actor);
        ask(invocation, &project, &format!("Change rows of {}", self.table))?;
        let mut progress = Progress::new(invocation, &project);
        let work = async |target: Target, stop: StopSignal| {
            let mut observer = |event: &BackfillEvent| progress.on(event);
            Ok(backfill(&target, &definition, &options, &mut observer, &stop).await?)
        };
        let result = on_target(invocation, work).await;
        progress.end(invocation, &result);
        done(invocation, &result?);
        Ok(Exit::Done)
    }

    fn definition(&self, project: &Project) -> Result<BackfillDefinition, Failure> {
        let change = match &self.generate {
            Some(text) => self.generated(text, project)?,
            None if self.delete => RowChange::Delete,
            None => match &self.into {
                Some(target) => RowChange::Insert {
                    target: target.clone(),
                    values: self.set.clone(),
                    skips_present: self.skip_present,
                },
                None => RowChange::Set { assignments: self.set.clone(), from: self.from.clone() },
            },
        };
        let (table, alias) = (self.table.clone(), self.alias.clone());
        Ok(BackfillDefinition { table, alias, change, condition: self.condition.clone() })
    }

    /// `column=generator`, or a column whose ids have a form in limosa.toml; both say the same where both say it.
    fn generated(&self, text: &str, project: &Project) -> Result<RowChange, Failure> {
        let form = || unusable(format!("`{text}`: expected COLUMN=GENERATOR, as in `public_id=cuid2:pat_`"));
        let (name, given) = text.split_once('=').map_or((text, None), |(name, spec)| (name, Some(spec)));
        let column = column_name(name.trim()).ok_or_else(form)?;
        let given: Option<GeneratorSpec> =
            given.map(|spec| spec.trim().parse()).transpose().map_err(|error| unusable(format!("{error}")))?;
        let named = ColumnName::parse(&format!("{}.{}", self.table, name.trim())).ok();
        let registered =
            named.and_then(|name| project.ids.of(name.schema.as_ref(), &name.table, &name.column).cloned());
        match (given, registered) {
            (Some(given), Some(registered)) if given != registered => Err(unusable(format!(
                "the ids of {}.{} are `{registered}` in limosa.toml, and `{given}` here",
                self.table,
                name.trim()
            ))),
            (Some(spec), _) | (None, Some(spec)) => Ok(RowChange::Generate { column, spec }),
            (None, None) => Err(form()),
        }
    }
}

fn name(text: &str) -> Result<Identifier, String> {
    column_name(text).ok_or_else(|| format!("`{text}` is no name; expected one as SQL spells it"))
}

/// Asks first where the environment wants that.
fn ask(invocation: &Invocation, project: &Project, what: &str) -> Result<(), Failure> {
    let environment = invocation.environment_of(project)?;
    if environment.confirm {
        confirm(&invocation.global, &format!("{what} in {}?", environment.name))?;
    }
    Ok(())
}

impl Resume {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let actor = invocation.environment.actor();
        let options = self.manner.options(&actor);
        ask(invocation, &project, "Change more rows")?;
        let mut progress = Progress::new(invocation, &project);
        let work = async |target: Target, stop: StopSignal| {
            let mut observer = |event: &BackfillEvent| progress.on(event);
            Ok(resume_backfill(&target, self.job, &options, &mut observer, &stop).await?)
        };
        let result = on_target(invocation, work).await;
        progress.end(invocation, &result);
        done(invocation, &result?);
        Ok(Exit::Done)
    }
}

fn done(invocation: &Invocation, job: &Job) {
    if invocation.global.json {
        output::print_json(&status::json(job));
    } else {
        let what = job.definition.as_ref().map_or_else(|| "changed".to_owned(), |it| it.change.in_words());
        output::print(&format!("job {} is done: {} rows of {} {what}\n", job.number, job.rows, job.relation));
    }
}

fn show(invocation: &Invocation, what: &str, preview: &Preview) {
    if invocation.global.json {
        output::print_json(preview);
        return;
    }
    let order = match preview.order {
        Order::Key => "in the order of the key",
        Order::Stride => "in windows of pages, strided",
    };
    output::print(&format!("{} rows of {} would be {what}, {order}\n", preview.rows, preview.table));
    let cells = |row: &Vec<Option<String>>| -> String {
        let cell = |(name, value): (&String, &Option<String>)| {
            format!("{name} = {}", value.as_deref().map_or_else(|| "NULL".into(), one_line))
        };
        preview.columns.iter().zip(row).map(cell).collect::<Vec<_>>().join(", ")
    };
    let mut table = Table::new([Alignment::Left; 1]).indented(2);
    preview.sample.iter().for_each(|row| table.push([Cell::from(cells(row))]));
    output::print(&table.render(terminal_width()));
}
