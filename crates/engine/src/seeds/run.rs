//! One run over the seeds of a service, in one transaction.

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::ServerError;
use limosa_project::{MaxDelete, SeedContent, SeedMode};
use limosa_syntax::{Diagnostic, Severity};

use super::difference;
use super::error::SeedError;
use super::load::Loading;
use super::order::{Circle, Order, Place, order};
use super::prepare::{Chosen, ChosenSeed};
use super::relation::Relation;
use super::report::SeedReport;
use super::room::Room;
use super::script;
use super::statement::{FileRows, Pass, Statements};
use super::task::{Task, Work, constraint_refused, shared_tables};
use super::tracking::{Record, upsert};
use super::transaction::{Transaction, number};
use super::work::{TableWork, spelled, tables};
use super::{Deletes, SeedOptions, SeedRun};
use crate::clock::ServerClock;
use crate::history::{ChainLink, EventRecord, Prepared, append_event};
use crate::run_error::RunError;
use crate::stop::StopSignal;

/// The name of the kind of event.
const EVENT: &str = "seed";

/// A run.
pub(super) struct Runner<'a> {
    transaction: Transaction<'a>,
    chosen: Chosen<'a>,
    options: &'a SeedOptions<'a>,
    stop: &'a StopSignal,
}

impl<'a> Runner<'a> {
    pub(super) fn new(
        transaction: Transaction<'a>,
        chosen: Chosen<'a>,
        options: &'a SeedOptions<'a>,
        stop: &'a StopSignal,
    ) -> Self {
        Self { transaction, chosen, options, stop }
    }

    /// Runs the seeds, and commits them with their records.
    pub(super) async fn write(
        self,
        actor: &str,
        last: &ChainLink,
        clock: ServerClock,
    ) -> Result<SeedReport, SeedError> {
        self.transaction.begin().await?;
        let result = async {
            let tasks = self.run().await?;
            self.record(&tasks, actor, last, clock).await?;
            self.transaction.commit().await?;
            Ok(self.report(tasks))
        }
        .await;
        if result.is_err() {
            self.transaction.roll_back().await;
        }
        result
    }

    /// Shows what would be done, or what differs, and takes all back.
    pub(super) async fn look(self) -> Result<SeedReport, SeedError> {
        self.transaction.begin().await?;
        let result = self.run().await.map(|tasks| self.report(tasks));
        self.transaction.roll_back().await;
        result
    }

    async fn run(&self) -> Result<Vec<Task<'_>>, SeedError> {
        let mut tasks = self.tasks().await?;
        let Order { sequence, late, deferred } = self.order(&tasks)?;
        for (task, column) in late {
            if let Work::Table(work) = &mut tasks[task].work {
                work.columns[column].late = true;
            }
        }
        for (task, constraint) in deferred {
            if let Work::Table(work) = &tasks[task].work {
                let name = QualifiedName {
                    schema: work.relation.name.schema.clone(),
                    name: Identifier::new(constraint).map_err(|error| ServerError::Value(error.to_string()))?,
                };
                self.transaction.ask(&format!("SET CONSTRAINTS {name} DEFERRED")).await?;
            }
        }
        let verify = self.options.run == SeedRun::Verify;
        for at in &sequence {
            self.stopped()?;
            match &tasks[*at].work {
                Work::Table(_) if verify => self.compare(*at, &mut tasks[*at]).await?,
                Work::Table(_) => self.first_pass(*at, &mut tasks[*at]).await?,
                Work::Script(_) if verify => {}
                Work::Script(steps) => {
                    let chosen = tasks[*at].chosen;
                    let counts = script::run(&self.transaction, chosen, steps).await?;
                    tasks[*at].counts = counts;
                }
            }
        }
        if verify {
            return Ok(in_order(tasks, &sequence));
        }
        for at in &sequence {
            self.late_pass(*at, &mut tasks[*at]).await?;
        }
        for at in sequence.iter().rev() {
            self.delete(*at, &mut tasks[*at]).await?;
        }
        for at in &sequence {
            self.advance_sequences(*at, &tasks[*at]).await?;
        }
        if let Err(error) = self.transaction.ask("SET CONSTRAINTS ALL IMMEDIATE").await {
            return Err(constraint_refused(&tasks, error));
        }
        Ok(in_order(tasks, &sequence))
    }

    /// Reads the files that are run, and looks at their tables; all problems together.
    async fn tasks(&self) -> Result<Vec<Task<'_>>, SeedError> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for chosen in self.chosen.seeds.iter().filter(|chosen| chosen.is_run) {
            match chosen.seed.rows() {
                Ok(rows) => files.push((chosen, rows)),
                Err(found) => problems.extend(found),
            }
        }
        let mut names: Vec<QualifiedName> = Vec::new();
        for (chosen, rows) in &files {
            if let (SeedContent::Table(settings), Some(rows)) = (&chosen.seed.content, rows) {
                names.extend(tables(settings, rows));
            }
        }
        names.sort();
        names.dedup();
        let relations = self.relations(&names).await?;
        let find = |name: &QualifiedName| relations.get(name).cloned();
        let mut tasks = Vec::new();
        for (chosen, rows) in files {
            let work = match (&chosen.seed.content, rows) {
                (SeedContent::Table(settings), Some(rows)) => {
                    TableWork::new(chosen.seed, settings, rows, &find).map(|work| Work::Table(Box::new(work)))
                }
                _ => script::steps(chosen.seed).map(Work::Script),
            };
            match work {
                Ok(work) => tasks.push(Task::new(chosen, work)),
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(shared_tables(&tasks));
        if problems.is_empty() { Ok(tasks) } else { Err(SeedError::Findings(problems)) }
    }

    async fn relations(&self, names: &[QualifiedName]) -> Result<BTreeMap<QualifiedName, Relation>, ServerError> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.transaction.ask(&Relation::question(names)).await?;
        let decoded = rows.iter().map(|row| Relation::decode(row));
        Ok(names.iter().cloned().zip(decoded).filter_map(|(name, relation)| Some((name, relation?))).collect())
    }

    fn order(&self, tasks: &[Task<'_>]) -> Result<Order, SeedError> {
        let places: Vec<Place> = tasks.iter().map(Task::place).collect();
        order(&places).map_err(|Circle(names)| {
            let message = format!("seeds refer to each other in a circle: {}", names.join(" → "));
            let error = Diagnostic::error("circle", message).with_help(
                "make one of the foreign keys `DEFERRABLE`, or one of its columns nullable; values that are looked up \
                 need a nullable column",
            );
            SeedError::Findings(vec![error])
        })
    }

    /// Writes what can be written before all rows are there.
    async fn first_pass(&self, at: usize, task: &mut Task<'_>) -> Result<(), SeedError> {
        let Work::Table(work) = &task.work else { return Ok(()) };
        if work.columns.is_empty() {
            return Ok(());
        }
        let statements = Statements::new(work, at);
        let loading = self.loading(task.chosen, work, &statements);
        let dry = self.options.run == SeedRun::DryRun;
        if !dry && let Some(rows) = loading.fill_empty().await? {
            task.counts.inserted = rows;
            task.straight = true;
            return Ok(());
        }
        loading.stage().await?;
        loading.resolve(false).await?;
        let refused = |error| loading.refused(None, error);
        if work.has_late() {
            self.transaction.ask(&statements.note_fresh()).await.map_err(refused)?;
        }
        let changes = work.settings.mode != SeedMode::Insert;
        if dry {
            let (_, added) = difference::added(&self.transaction, work, &statements).await.map_err(refused)?;
            task.differences.extend(added);
            if changes {
                let (_, changed) =
                    difference::changed(&self.transaction, work, &statements, Pass::First, FileRows::All)
                        .await
                        .map_err(refused)?;
                task.differences.extend(changed);
            }
        }
        // First what is there: a value may move from one row to a new one.
        let mut room = Room::default();
        if changes && statements.update(Pass::First, FileRows::All).is_some() {
            let update = |rows| statements.update(Pass::First, rows).unwrap_or_default();
            task.counts.updated = loading.write_with_room(update, &mut room, dry).await?;
        }
        let insert = |rows| statements.insert(rows);
        task.counts.inserted = loading.write_with_room(insert, &mut room, dry).await?;
        task.counts.deleted = room.deleted;
        task.differences.extend(room.differences);
        Ok(())
    }

    /// Fills the columns that refer to rows which had to be there first.
    async fn late_pass(&self, at: usize, task: &mut Task<'_>) -> Result<(), SeedError> {
        let Work::Table(work) = &task.work else { return Ok(()) };
        if !work.has_late() {
            return Ok(());
        }
        let statements = Statements::new(work, at);
        let loading = self.loading(task.chosen, work, &statements);
        loading.resolve(true).await?;
        let update = |rows| statements.update(Pass::Late, rows).unwrap_or_default();
        if statements.update(Pass::Late, FileRows::All).is_none() {
            return Ok(());
        }
        loading.write(update, FileRows::Fresh).await?;
        if work.settings.mode == SeedMode::Insert {
            return Ok(());
        }
        if self.options.run == SeedRun::DryRun {
            let changed =
                difference::changed(&self.transaction, work, &statements, Pass::Late, FileRows::Settled).await;
            task.differences.extend(changed.map_err(|error| loading.refused(None, error))?.1);
        }
        task.counts.updated += loading.write(update, FileRows::Settled).await?;
        Ok(())
    }

    /// Deletes what the seed owns and the file does not hold, if that is not too much.
    async fn delete(&self, at: usize, task: &mut Task<'_>) -> Result<(), SeedError> {
        let Work::Table(work) = &task.work else { return Ok(()) };
        if work.settings.mode != SeedMode::Sync || task.straight {
            return Ok(());
        }
        let statements = Statements::new(work, at);
        let loading = self.loading(task.chosen, work, &statements);
        let refused = |error| loading.refused(None, error);
        let counts = self.transaction.ask(&statements.count_surplus()).await.map_err(refused)?;
        let gone = task.counts.deleted;
        let (owned, surplus) = (number(&counts, 0) + gone, number(&counts, 1) + gone);
        if surplus == 0 {
            return Ok(());
        }
        if self.options.run == SeedRun::DryRun && surplus > gone {
            let (_, rows) = difference::surplus(&self.transaction, work, &statements, &[]).await.map_err(refused)?;
            task.differences.extend(rows);
        }
        let limit = match self.options.deletes {
            Deletes::Refused => MaxDelete::Rows(0),
            Deletes::Limited => work.settings.max_delete,
            Deletes::Allowed => MaxDelete::Percent(100),
        };
        if surplus > limit.of(owned) {
            let finding = too_many_deletes(task.chosen, work, (owned, surplus), limit);
            if self.options.run == SeedRun::Write {
                return Err(SeedError::Findings(vec![finding.with_note("nothing was written")]));
            }
            let severity = Severity::Warning;
            task.warnings.push(Diagnostic { severity, ..finding.with_note("the run itself would be refused") });
        }
        task.counts.deleted += self.transaction.count(&statements.delete(&[])).await.map_err(refused)?;
        Ok(())
    }

    async fn advance_sequences(&self, at: usize, task: &Task<'_>) -> Result<(), SeedError> {
        let Work::Table(work) = &task.work else { return Ok(()) };
        if task.counts.inserted == 0 || self.options.run == SeedRun::DryRun {
            return Ok(());
        }
        let statements = Statements::new(work, at);
        for sql in statements.advance_sequences() {
            let moved = self.transaction.ask(&sql).await;
            moved.map_err(|error| self.loading(task.chosen, work, &statements).refused(None, error))?;
        }
        Ok(())
    }

    /// What differs between file and table, nothing being written.
    async fn compare(&self, at: usize, task: &mut Task<'_>) -> Result<(), SeedError> {
        let Work::Table(work) = &task.work else { return Ok(()) };
        let statements = Statements::new(work, at);
        let loading = self.loading(task.chosen, work, &statements);
        let refused = |error| loading.refused(None, error);
        if !work.columns.is_empty() {
            loading.stage().await?;
            let (missing, rows) = difference::added(&self.transaction, work, &statements).await.map_err(refused)?;
            task.counts.inserted = missing;
            task.differences.extend(rows);
            if work.settings.mode != SeedMode::Insert {
                let (edited, rows) =
                    difference::changed(&self.transaction, work, &statements, Pass::Whole, FileRows::All)
                        .await
                        .map_err(refused)?;
                task.counts.updated = edited;
                task.differences.extend(rows);
            }
        }
        if work.settings.mode == SeedMode::Sync {
            let (surplus, rows) =
                difference::surplus(&self.transaction, work, &statements, &[]).await.map_err(refused)?;
            task.counts.deleted = surplus;
            task.differences.extend(rows);
        }
        Ok(())
    }

    /// Puts all seeds on record, in their transaction.
    async fn record(
        &self,
        tasks: &[Task<'_>],
        actor: &str,
        last: &ChainLink,
        clock: ServerClock,
    ) -> Result<(), SeedError> {
        let target = self.transaction.target;
        let (mut sql, mut last) = (Vec::new(), last.clone());
        for task in tasks {
            let seed = task.chosen.seed;
            let (relation, rows) = match &task.work {
                Work::Table(work) => (Some((work.relation.oid, work.relation.name.to_string())), Some(work.rows.len())),
                Work::Script(_) => (None, None),
            };
            let detail = serde_json::json!({
                "path": seed.source.path,
                "table": relation.as_ref().map(|(_, name)| name),
                "rows": rows,
                "inserted": task.counts.inserted,
                "updated": task.counts.updated,
                "deleted": task.counts.deleted,
            });
            let (checksum, counts) = (task.chosen.checksum.as_str(), task.counts);
            let record = Record { seed, checksum, relation, rows, counts, actor };
            sql.push(upsert(&target.history_schema, &target.service, &record));
            let event = EventRecord {
                service: target.service.clone(),
                at: clock.now(),
                kind: EVENT.to_owned(),
                version: None,
                name: Some(seed.name.to_string()),
                checksum: Some(checksum.to_owned()),
                actor: actor.to_owned(),
                reason: None,
                detail: Some(detail.to_string()),
            };
            let (text, link) = append_event(&target.history_schema, &last, &event, Prepared::No);
            sql.push(text);
            last = link;
        }
        self.transaction.ask(&sql.join(";\n")).await?;
        Ok(())
    }

    fn report(&self, tasks: Vec<Task<'_>>) -> SeedReport {
        let mut report = self.chosen.report();
        report.seeds.retain(|outcome| tasks.iter().all(|task| task.chosen.seed.name.as_str() != outcome.name));
        report.seeds.extend(tasks.into_iter().map(Task::outcome));
        report
    }

    fn loading<'b>(
        &'b self,
        chosen: &'b ChosenSeed<'_>,
        work: &'b TableWork<'b>,
        statements: &'b Statements<'b>,
    ) -> Loading<'b> {
        Loading { transaction: &self.transaction, work, statements, chosen }
    }

    fn stopped(&self) -> Result<(), RunError> {
        if self.stop.is_asked() { Err(RunError::Stopped { resumable: None }) } else { Ok(()) }
    }
}

fn too_many_deletes(
    chosen: &ChosenSeed<'_>,
    work: &TableWork<'_>,
    (owned, surplus): (u64, u64),
    limit: MaxDelete,
) -> Diagnostic {
    let (name, table) = (&chosen.seed.name, spelled(&work.relation.name));
    let message = format!("`{name}` would delete {surplus} of {owned} rows of {table}, and may delete {limit}");
    let error = Diagnostic::error("too-many-deletes", message).in_file(work.source());
    error.with_help(format!(
        "look at them with `limosa seed {name} --dry-run`; allow it once with `--allow deletes-data`, or always with \
         `max_delete` in [seed.{name}]"
    ))
}

/// Tasks in the order in which they were run.
fn in_order<'a>(tasks: Vec<Task<'a>>, sequence: &[usize]) -> Vec<Task<'a>> {
    let mut tasks: Vec<Option<Task<'a>>> = tasks.into_iter().map(Some).collect();
    sequence.iter().filter_map(|at| tasks.get_mut(*at)?.take()).collect()
}
