//! Beginning, and going on.

use std::time::Duration;

use clap::Args;
use limosa_catalog::Identifier;
use limosa_engine::{
    Assignment, BackfillDefinition, BackfillEvent, Estimate, Job, Order, Preview, RowChange, StopSignal, Target, Trial,
    backfill, bytes_for_people, column_name, preview_backfill, resume_backfill,
};
use limosa_ids::GeneratorSpec;
use limosa_project::{ColumnName, Project};

use super::manner::Manner;
use super::progress::Progress;
use super::{status, unusable};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::on_target;
use crate::output::duration::Calm;
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

impl Run {
    pub(super) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let definition = self.definition(&project)?;
        let actor = invocation.environment.actor();
        let options = self.manner.options(&actor, invocation.environment_of(&project)?);
        if self.dry_run {
            let look =
                async |target: Target, _: StopSignal| Ok(preview_backfill(&target, &definition, &options).await?);
            show(invocation, &definition.change.in_words(), &on_target(invocation, "backfill", look).await?);
            return Ok(Exit::Done);
        }
        ask(invocation, &project, &format!("Change rows of {}", self.table))?;
        let mut progress = Progress::new(invocation, &project, self.manner.log.as_deref());
        let work = async |target: Target, stop: StopSignal| {
            let mut observer = |event: &BackfillEvent| progress.on(event);
            Ok(backfill(&target, &definition, &options, &mut observer, &stop).await?)
        };
        let result = on_target(invocation, "backfill", work).await;
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
        Ok(BackfillDefinition { table, alias, change, condition: self.condition.clone(), keeps: None })
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
        let options = self.manner.options(&actor, invocation.environment_of(&project)?);
        ask(invocation, &project, "Change more rows")?;
        let mut progress = Progress::new(invocation, &project, self.manner.log.as_deref());
        let work = async |target: Target, stop: StopSignal| {
            let mut observer = |event: &BackfillEvent| progress.on(event);
            Ok(resume_backfill(&target, self.job, &options, &mut observer, &stop).await?)
        };
        let result = on_target(invocation, "backfill", work).await;
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
    let about = if preview.is_exact { "" } else { "about " };
    output::print(&format!("{about}{} rows of {} would be {what}, {order}\n", preview.rows, preview.table));
    let cells = |row: &Vec<Option<String>>| -> String {
        let cell = |(name, value): (&String, &Option<String>)| {
            format!("{name} = {}", value.as_deref().map_or_else(|| "NULL".into(), one_line))
        };
        preview.columns.iter().zip(row).map(cell).collect::<Vec<_>>().join(", ")
    };
    let mut table = Table::new([Alignment::Left; 1]).indented(2);
    preview.sample.iter().for_each(|row| table.push([Cell::from(cells(row))]));
    output::print(&table.render(terminal_width()));
    let trial = match &preview.trial {
        Trial::Tried(estimate) => format!("{}\n", in_words(estimate)),
        Trial::Failed(error) => format!("a batch that was tried and taken back failed: {}\n", one_line(error)),
        Trial::NoRows => return,
    };
    output::print(&trial);
}

/// How long it would take, and how sure that is.
fn in_words(estimate: &Estimate) -> String {
    let Estimate { least, most, wal, batches, rows } = *estimate;
    let sure = match (batches, most.as_secs_f64() > 3.0 * least.as_secs_f64()) {
        (1, _) => ", by guess: only one batch could be tried",
        (_, true) => ", roughly: batches differed much",
        (_, false) => "",
    };
    let whole =
        |time: Duration| Calm(Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)));
    format!(
        "it would take {} to {} with one worker and write about {} of WAL{sure}; {batches} batches of {rows} rows in \
         all were tried and taken back",
        whole(least),
        whole(most),
        bytes_for_people(wal)
    )
}
