//! What an old history says goes on record here, in one transaction.

use std::time::Duration;

use limosa_project::{Adopted, AdoptedTarget, FoundHistory, Migration, Repeatable, SeenTable, Verdict};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::guard;
use super::look::{OldHistories, read};
use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::history::{EventRecord, MigrationRecord, Prepared, append_event, insert_adopted};
use crate::lock::{Locked, take_to_write};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open};
use crate::up::leave_snapshot;

/// What goes on record.
pub struct Adoption<'a> {
    /// What was seen; if the tables hold something else by now, nothing goes on record.
    pub seen: &'a OldHistories,
    /// The tables that were named when it was seen.
    pub named: &'a [String],
    /// The tool that was named when it was seen.
    pub only: Option<limosa_project::ToolName>,
    /// The rows, in the order in which they go on record.
    pub rows: &'a [Adopted<'a>],
    /// Whether the old tables are guarded from now on.
    pub guard: bool,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
}

/// What went on record.
#[derive(Debug, Default)]
pub struct AdoptionDone {
    /// How many migrations are on record as applied.
    pub migrations: usize,
    /// How many rows of programs are in the log.
    pub events: usize,
    /// The tables that are guarded.
    pub guarded: Vec<String>,
    /// What is worth knowing and stopped nothing.
    pub warnings: Vec<Diagnostic>,
}

/// Puts migrations on record that another tool has applied, in one transaction, and leaves a snapshot of the catalog.
///
/// # Errors
/// A target that cannot be written to, a role that may not make the history or the guard, old tables that have changed
/// since they were looked at.
pub async fn adopt(
    target: &Target,
    adoption: &Adoption<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<AdoptionDone, RunError> {
    let opened = open(target).await?;
    let (locked, actor) = take_to_write(target, (adoption.actor, adoption.wait), opened, observer, stop).await?;
    let result = record(target, adoption, &actor, &locked, observer, stop).await;
    locked.release().await;
    result
}

async fn record(
    target: &Target,
    adoption: &Adoption<'_>,
    actor: &str,
    locked: &Locked,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<AdoptionDone, RunError> {
    let (tables, _) = read(&locked.worker, target, adoption.named, adoption.only).await?;
    if tables != adoption.seen.tables {
        return Err(RunError::ChangedMeanwhile);
    }
    let values: &Lookup<'_> = &|_| None;
    let placeholders = Placeholders::new(values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    let mut writing = Writing::new(target, adoption, actor, &executor);
    for row in adoption.rows {
        writing.row(row);
    }
    let guarded: Vec<&FoundHistory> = match adoption.guard {
        true => tables.iter().map(|table| &table.found).collect(),
        false => Vec::new(),
    };
    if !guarded.is_empty() {
        writing.statements.extend(guard::set(&target.history_schema, &guarded));
        let all: Vec<String> = guarded.iter().flat_map(|found| guard::tables(found)).map(SeenTable::shown).collect();
        writing.event("guard", None, &json!({ "adoption": writing.id, "tables": all }));
        writing.done.guarded = guarded.iter().map(|found| found.table.shown()).collect();
    }
    let Writing { statements, last, mut done, .. } = writing;
    executor.write_history(&statements).await?;
    executor.last = last.clone();
    done.warnings.extend(leave_snapshot(target, locked, &last).await);
    Ok(done)
}

/// The statements of one adoption, as they are gathered.
struct Writing<'a> {
    target: &'a Target,
    actor: &'a str,
    reason: Option<&'a str>,
    clock: crate::clock::ServerClock,
    /// By what its events know each other.
    id: String,
    statements: Vec<String>,
    last: crate::history::ChainLink,
    done: AdoptionDone,
}

/// What an event is about.
struct Subject<'a> {
    version: Option<&'a str>,
    name: &'a str,
    checksum: Option<&'a str>,
}

impl<'a> Writing<'a> {
    fn new(target: &'a Target, adoption: &Adoption<'a>, actor: &'a str, executor: &Executor<'_>) -> Self {
        let clock = executor.clock;
        let (id, last) = (clock.now().to_string(), executor.last.clone());
        let (statements, done) = (Vec::new(), AdoptionDone::default());
        Self { target, actor, reason: adoption.reason, clock, id, statements, last, done }
    }

    /// One row of the old history: the migration that it is, and an event that says what the old tool knew of it.
    fn row(&mut self, row: &Adopted<'_>) {
        let entry = row.entry;
        let at = entry.applied_at.map(|at| at.to_string());
        let verified = match entry.verdict {
            Verdict::Same => "same",
            Verdict::Edited => "edited",
            Verdict::Unverified => "unverified",
        };
        let mut detail = json!({
            "adoption": self.id, "tool": row.tool.as_str(), "table": row.table, "key": entry.key, "file": verified,
        });
        if let Some(detail) = detail.as_object_mut() {
            detail.extend(at.as_ref().map(|at| ("applied_at".to_owned(), json!(at))));
            detail.extend(entry.applied_by.as_ref().map(|by| ("applied_by".to_owned(), json!(by))));
            let sum = entry.checksum.as_ref().filter(|sum| !sum.value.is_empty());
            let sum = sum.map(|sum| json!({ "algorithm": sum.algorithm, "value": sum.value }));
            detail.extend(sum.map(|sum| ("checksum".to_owned(), sum)));
        }
        let by = entry.applied_by.as_deref();
        match row.target {
            AdoptedTarget::Migration(migration) => {
                self.migration(migration, at.as_deref(), by, &detail);
            }
            AdoptedTarget::Repeatable(repeatable) => {
                if let Some(detail) = detail.as_object_mut() {
                    detail.insert("repeatable".to_owned(), json!(true));
                }
                self.repeatable(repeatable, at.as_deref(), by, &detail);
            }
            AdoptedTarget::Event => {
                self.event("adopt", Some(Subject { version: None, name: &entry.key, checksum: None }), &detail);
                self.done.events += 1;
            }
        }
    }

    fn migration(&mut self, migration: &Migration, at: Option<&str>, by: Option<&str>, detail: &serde_json::Value) {
        let (version, checksum) = (migration.version.to_string(), migration.checksum.to_string());
        let record = MigrationRecord {
            service: &self.target.service,
            version: &version,
            repeatable: false,
            name: migration.name.as_str(),
            checksum: &checksum,
            up: migration.up.text(),
            down: migration.down.as_ref().map(|down| down.text()),
            path: &migration.up.source.path,
        };
        self.record(&record, at, by, detail);
    }

    fn repeatable(&mut self, repeatable: &Repeatable, at: Option<&str>, by: Option<&str>, detail: &serde_json::Value) {
        let checksum = repeatable.checksum.to_string();
        let name = repeatable.name.as_str();
        let record = MigrationRecord {
            service: &self.target.service,
            version: name,
            repeatable: true,
            name,
            checksum: &checksum,
            up: repeatable.up.text(),
            down: None,
            path: &repeatable.up.source.path,
        };
        self.record(&record, at, by, detail);
    }

    fn record(&mut self, record: &MigrationRecord<'_>, at: Option<&str>, by: Option<&str>, detail: &serde_json::Value) {
        self.statements.push(insert_adopted(&self.target.history_schema, record, at, by));
        let subject = Subject { version: Some(record.version), name: record.name, checksum: Some(record.checksum) };
        self.event("adopt", Some(subject), detail);
        self.done.migrations += 1;
    }

    fn event(&mut self, kind: &str, subject: Option<Subject<'_>>, detail: &serde_json::Value) {
        let subject = subject.as_ref();
        let event = EventRecord {
            service: self.target.service.clone(),
            at: self.clock.now(),
            kind: kind.to_owned(),
            version: subject.and_then(|subject| subject.version).map(str::to_owned),
            name: subject.map(|subject| subject.name.to_owned()),
            checksum: subject.and_then(|subject| subject.checksum).map(str::to_owned),
            actor: self.actor.to_owned(),
            reason: self.reason.map(str::to_owned),
            detail: Some(detail.to_string()),
        };
        let (sql, link) = append_event(&self.target.history_schema, &self.last, &event, Prepared::No);
        self.statements.push(sql);
        self.last = link;
    }
}
