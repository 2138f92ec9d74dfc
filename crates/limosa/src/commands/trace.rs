//! `trace`.

mod picture;
mod render;
#[cfg(test)]
mod sample;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, value_parser};
use limosa_catalog::{ServerMajor, ServerVersion};
use limosa_engine::{TraceRequest, keep_traces, trace};
use limosa_plan::trace::Trace as Seen;
use limosa_project::{MigrationSet, OrderPolicy, Project, Service};
use limosa_syntax::{Diagnostic, SourceFile};

use self::picture::picture;
use self::render::{render, summary};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::output::{self, terminal_width};
use crate::serving::native_shadow;
use crate::signals;
use crate::terms::Terms;

const EXAMPLES: &str = "\
Runs migrations statement by statement in a throw-away PostgreSQL whose tables have rows, and shows what each \
statement really locked, from when to when, what others could do meanwhile (a second session tries), which tables it \
read or rewrote, and how much it wrote to the write-ahead log. Nothing is done to any target.

Without a file, what is pending is traced; a file that is no migration runs after all migrations.

It needs server binaries, as packages of PostgreSQL bring them, since the PostgreSQL inside limosa takes one \
connection at a time. LIMOSA_PG_BIN names their folder where they are not in the usual places.

Examples:
  limosa trace                                what is pending, in every service
  limosa trace migrations/007_add_status.sql  one migration, after those before it
  limosa trace --rows 100000 change.sql       a change that is no migration yet, over larger tables
  limosa trace --svg locks.svg                the locks as a picture
  limosa --json trace > trace.json            everything";

/// Show what migrations really lock, read and write, in a shadow with rows in it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Trace {
    /// Migrations of the project, or other files of SQL; what is pending where none is named.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// So many rows are made for each table.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = value_parser!(u64).range(0..=10_000_000))]
    rows: u64,
    /// Writes the locks over the statements as a picture.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// What is traced of one service.
struct Job<'p> {
    service: &'p Service,
    request: TraceRequest,
    /// The major version of the target, where there is one.
    major: Option<ServerMajor>,
}

impl Trace {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let jobs = if self.files.is_empty() {
            self.pending(invocation, &project, &parts).await?
        } else {
            vec![self.named(&project, &parts)?]
        };
        let mut traces = Vec::new();
        for job in &jobs {
            if job.request.scripts.is_empty() {
                invocation.say(&format!("{}: nothing is pending", job.service.name));
                continue;
            }
            let seen = run(invocation, &project, job).await?;
            if !invocation.global.json {
                output::print(&render(&seen, terminal_width()));
            }
            traces.push(seen);
        }
        if let Some(path) = &self.svg {
            std::fs::write(path, picture(&traces)).map_err(|error| {
                Failure::usage(
                    "unwritable",
                    format!("`{}` cannot be written: {error}", path.display()),
                    "name another file",
                )
            })?;
        }
        if invocation.global.json {
            output::print_json(&traces);
        } else if !traces.is_empty() {
            output::print(&summary(&traces));
        }
        let all_ran = traces.iter().flat_map(|trace| &trace.migrations).all(|migration| migration.succeeded());
        Ok(if all_ran { Exit::Done } else { Exit::Findings })
    }

    /// What is pending on the targets.
    async fn pending<'p>(
        &self,
        invocation: &Invocation,
        project: &'p Project,
        parts: &'p [Part<'p>],
    ) -> Result<Vec<Job<'p>>, Failure> {
        let environment = invocation.environment_of(project)?;
        let mut jobs = Vec::new();
        for seen in look(invocation, project, environment, parts, OrderPolicy::Any).await? {
            let status = seen.status?;
            if !status.problems.is_empty() {
                return Err(Failure::findings(status.problems));
            }
            let pending: Vec<_> = status.pending.iter().collect();
            let request = TraceRequest::of_pending(&seen.part.set, &pending, &[], self.rows);
            let major = status.server.as_deref().and_then(major_of);
            jobs.push(Job { service: seen.part.service, request, major });
        }
        Ok(jobs)
    }

    /// The files that were named, on the service to which they belong.
    fn named<'p>(&self, project: &Project, parts: &[Part<'p>]) -> Result<Job<'p>, Failure> {
        let has = |part: &Part<'_>| self.files.iter().any(|file| migration_file(project, &part.set, file).is_some());
        let owners: Vec<&Part<'p>> = parts.iter().filter(|part| has(part)).collect();
        let part = match (owners.as_slice(), parts) {
            ([only], _) => *only,
            ([], [only]) => only,
            _ => {
                let first = parts.first().map_or("api", |part| part.service.name.as_str());
                return Err(Failure::usage(
                    "name-the-service",
                    "files are traced on the migrations of one service",
                    format!("name it: `limosa --service {first} trace …`"),
                ));
            }
        };
        let file = |path: &PathBuf| match migration_file(project, &part.set, path) {
            Some(file) => Ok(file),
            None => loose_file(path),
        };
        let files: Vec<Arc<SourceFile>> = self.files.iter().map(file).collect::<Result<_, _>>()?;
        let request = TraceRequest::of_files(&part.set, &files, self.rows).map_err(Failure::findings)?;
        Ok(Job { service: part.service, request, major: None })
    }
}

async fn run(invocation: &Invocation, project: &Project, job: &Job<'_>) -> Result<Seen, Failure> {
    let terms = Terms::of(invocation, project, job.service)?;
    let replay = terms.replay();
    let mut shadow = native_shadow(&invocation.environment, job.major)?;
    if let Some(wanted) = job.major.filter(|wanted| *wanted != shadow.major()) {
        let message = format!("the shadow is PostgreSQL {}, and the target is PostgreSQL {wanted}", shadow.major());
        let help = format!("install PostgreSQL {wanted}, or name its folder in LIMOSA_PG_BIN");
        invocation.warn(&[Diagnostic::warning("other-major", message)
            .with_note("locks differ little between versions, and sometimes they do")
            .with_help(help)]);
    }
    let (major, stop) = (shadow.major(), signals::listen());
    let traced = trace(&mut shadow, &job.request, &replay, &stop).await;
    shadow.stop().await?;
    let traced = traced?;
    keep_traces(&invocation.known(), &replay, major, &job.request, &traced);
    Ok(traced)
}

/// The major version of `18.1`.
fn major_of(version: &str) -> Option<ServerMajor> {
    let number: u32 = version.split('.').next()?.parse().ok()?;
    Some(ServerVersion::from_number(number.checked_mul(10_000)?).ok()?.major())
}

/// The file as the set knows it, where it is one of its scripts.
fn migration_file(project: &Project, set: &MigrationSet, path: &Path) -> Option<Arc<SourceFile>> {
    let wanted = path.canonicalize().ok()?;
    let migrations = set.migrations.iter().map(|migration| &migration.up);
    let repeatables = set.repeatables.iter().map(|repeatable| &repeatable.up);
    let sources = migrations.chain(repeatables).map(|script| &script.source);
    let mut found =
        sources.filter(|source| project.path(Path::new(&source.path)).canonicalize().is_ok_and(|it| it == wanted));
    found.next().cloned()
}

fn loose_file(path: &Path) -> Result<Arc<SourceFile>, Failure> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::usage(
            "unreadable",
            format!("`{shown}` cannot be read: {error}"),
            "name a migration of the project or another file of SQL; without a name, what is pending is traced",
        )
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage("not-utf8", format!("`{shown}` is not UTF-8"), "convert it, for example with iconv")
    })?;
    Ok(Arc::new(SourceFile { path: shown, text: text.into() }))
}
