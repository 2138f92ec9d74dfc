//! What is to be traced.

use std::sync::Arc;

use limosa_plan::Execution;
use limosa_project::{Migration, MigrationSet, Repeatable, Script, TransactionMode};
use limosa_syntax::{Diagnostic, SourceFile};

use crate::pending::PendingJob;
use crate::prepare::{Backfills, Prepared, prepare};

/// A script whose statements are traced, or which only has to run before others.
#[derive(Debug, Clone)]
pub struct TracedScript {
    /// The version, where it is a migration.
    pub version: Option<String>,
    /// What people call it.
    pub name: String,
    /// Its text.
    pub up: Script,
    /// Its statements, and how they are run.
    pub prepared: Prepared,
    /// Whether it is to be shown. One that is not runs in its turn, and nothing is told of it.
    pub shown: bool,
}

impl TracedScript {
    /// A migration that is pending.
    #[must_use]
    pub fn of_job(job: &PendingJob<'_>) -> Self {
        let version = (!job.repeatable).then(|| job.version.clone());
        let (name, up) = (job.name.to_owned(), job.up.clone());
        Self { version, name, up, prepared: job.prepared.clone(), shown: true }
    }

    /// A migration of the project.
    ///
    /// # Errors
    /// What keeps its script from being run.
    pub fn of_migration(migration: &Migration, shown: bool) -> Result<Self, Vec<Diagnostic>> {
        let prepared = prepare(&migration.up, migration.transaction, Backfills::InBatches)?;
        let (version, name) = (Some(migration.version.to_string()), migration.name.to_string());
        Ok(Self { version, name, up: migration.up.clone(), prepared, shown })
    }

    /// A repeatable object of the project.
    ///
    /// # Errors
    /// What keeps its script from being run.
    pub fn of_repeatable(repeatable: &Repeatable) -> Result<Self, Vec<Diagnostic>> {
        let prepared = prepare(&repeatable.up, repeatable.transaction, Backfills::InBatches)?;
        Ok(Self { version: None, name: repeatable.name.to_string(), up: repeatable.up.clone(), prepared, shown: true })
    }

    /// A file that is no migration.
    ///
    /// # Errors
    /// What keeps it from being run.
    pub fn of_file(source: &Arc<SourceFile>) -> Result<Self, Vec<Diagnostic>> {
        let up = Script::whole(source, limosa_project::Separator::Semicolon);
        let prepared = prepare(&up, TransactionMode::Auto, Backfills::InBatches)?;
        Ok(Self { version: None, name: source.path.clone(), up, prepared, shown: true })
    }

    /// How its statements go together.
    pub(super) fn execution(&self) -> &Execution {
        &self.prepared.execution
    }
}

/// What is to be traced, and on what.
#[derive(Debug)]
pub struct TraceRequest {
    /// What has been applied when the first of the scripts runs.
    pub before: MigrationSet,
    /// The scripts, in the order in which they run.
    pub scripts: Vec<TracedScript>,
    /// How many rows each table is given.
    pub rows: u64,
}

impl TraceRequest {
    /// The pending scripts of a set, on top of everything else in it but what is pending `later`, by version or by
    /// name.
    #[must_use]
    pub fn of_pending(set: &MigrationSet, jobs: &[&PendingJob<'_>], later: &[String], rows: u64) -> Self {
        let is_pending = |version: Option<&str>, name: &str| {
            jobs.iter().any(|job| match version {
                Some(version) => !job.repeatable && job.version == version,
                None => job.repeatable && job.name == name,
            })
        };
        let mut before = set.clone();
        before.migrations.retain(|it| {
            let version = it.version.to_string();
            !is_pending(Some(&version), it.name.as_str()) && !later.contains(&version)
        });
        before.repeatables.retain(|it| {
            let name = it.name.as_str();
            !is_pending(None, name) && later.iter().all(|later| later != name)
        });
        let scripts = jobs.iter().map(|job| TracedScript::of_job(job)).collect();
        Self { before: without_sum(before), scripts, rows }
    }

    /// These files, each after all migrations before it; what is no migration comes after all of them, in the order in
    /// which it is named.
    ///
    /// # Errors
    /// What keeps the scripts from being run.
    pub fn of_files(set: &MigrationSet, files: &[Arc<SourceFile>], rows: u64) -> Result<Self, Vec<Diagnostic>> {
        let is_named = |script: &Script| files.iter().any(|file| file.path == script.source.path);
        let first = set.migrations.iter().position(|it| is_named(&it.up)).unwrap_or(set.migrations.len());
        let loose = |file: &&Arc<SourceFile>| {
            let migrations = set.migrations.iter().map(|it| &it.up);
            let repeatables = set.repeatables.iter().map(|it| &it.up);
            !migrations.chain(repeatables).any(|script| script.source.path == file.path)
        };
        let loose: Vec<_> = files.iter().filter(loose).collect();
        let repeatables: Vec<_> = set.repeatables.iter().filter(|it| is_named(&it.up)).collect();
        let last = if loose.is_empty() && repeatables.is_empty() {
            set.migrations.iter().rposition(|it| is_named(&it.up)).map_or(first, |last| last + 1)
        } else {
            set.migrations.len()
        };
        let mut before = set.clone();
        before.migrations.truncate(first);
        if first < last || !repeatables.is_empty() {
            // They belong to the newest schema.
            before.repeatables.clear();
        }
        let (mut scripts, mut problems) = (Vec::new(), Vec::new());
        let between = set.migrations.iter().take(last).skip(first);
        let found = between
            .map(|it| TracedScript::of_migration(it, is_named(&it.up)))
            .chain(repeatables.into_iter().map(TracedScript::of_repeatable))
            .chain(loose.into_iter().map(TracedScript::of_file));
        for script in found {
            match script {
                Ok(script) => scripts.push(script),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(Self { before: without_sum(before), scripts, rows }) } else { Err(problems) }
    }
}

/// A part of a set does not fit the sum file of the whole.
fn without_sum(mut set: MigrationSet) -> MigrationSet {
    set.sum = limosa_project::SumState::Absent;
    set
}
