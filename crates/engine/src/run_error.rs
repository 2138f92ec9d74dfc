//! Why a run on one target ended early, and what that means for the next one.

use std::sync::Arc;
use std::time::Duration;

use limosa_catalog::Identifier;
use limosa_plan::{Change, Changed};
use limosa_postgres::{ConnectError, FactsError, IntrospectError, ServerError};
use limosa_syntax::{Diagnostic, SourceFile, Span, SubstitutionError};

use crate::aside::CatalogLocked;
use crate::backfill::BackfillFailure;
use crate::backup::BackupError;
use crate::checks::ChecksFailed;
use crate::event::{Blocker, Direction};
use crate::history::HistoryError;
use crate::verify::VerifyFailure;

/// A statement that the server refused.
#[derive(Debug)]
pub struct StatementFailure {
    /// The version of the migration.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// The file that was running.
    pub source: Arc<SourceFile>,
    /// The statement; `None` where it was one of Limosa's own.
    pub span: Option<Span>,
    /// The byte that the server points at.
    pub point: Option<usize>,
    /// What people call the statement.
    pub tag: Option<String>,
    /// What the server said.
    pub error: ServerError,
    /// The same in one line, with the values of placeholders taken out.
    pub masked: String,
    /// What the server added, line by line, with the values of placeholders taken out.
    pub detail: Option<String>,
    /// What the server advises, with the values of placeholders taken out.
    pub hint: Option<String>,
    /// What of the migration is in effect.
    pub in_effect: InEffect,
}

/// What of a migration that failed is in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InEffect {
    /// Nothing: its transaction was rolled back.
    Nothing,
    /// The stages before the one that failed.
    Stages {
        /// How many are done.
        done: usize,
        /// Of how many.
        of: usize,
    },
}

/// Where a migration in stages was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumable {
    /// Its version.
    pub version: String,
    /// The stage that comes next, counted from 1.
    pub stage: usize,
    /// Of how many.
    pub of: usize,
}

/// How the program should end because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// A finding about the project's files or the target.
    Finding,
    /// Wrong use, or something unexpected.
    Error,
    /// Stopped part-way; the next run goes on.
    Resumable,
    /// Locks were not to be had; trying again later may do.
    TryAgain,
}

/// Why a run on one target ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Files and history do not fit together; nothing was run.
    #[error("{} problem(s) between the files and the history", .0.len())]
    Problems(Vec<Diagnostic>),
    /// The server cannot be used, being too old or no PostgreSQL.
    #[error(transparent)]
    Unusable(#[from] FactsError),
    /// The server takes no writes.
    #[error("{database} takes no writes: {why}")]
    ReadOnly {
        /// The database.
        database: String,
        /// Whether it is a standby, or a setting.
        why: String,
    },
    /// The role that is to own what migrations create cannot be taken on.
    #[error("{login} cannot become {owner}, the owner_role of this service: {error}")]
    CannotBecomeOwner {
        /// The role of `owner_role`.
        owner: Identifier,
        /// The role that logged in.
        login: String,
        /// What the server said.
        error: ServerError,
    },
    /// The history schema cannot be made.
    #[error("the history schema {schema} cannot be made or changed: {error}")]
    CannotKeepHistory {
        /// The schema.
        schema: Identifier,
        /// The role that tried.
        role: String,
        /// The database.
        database: String,
        /// What the server said.
        error: ServerError,
    },
    /// Another runner holds the target's lock.
    #[error("another run holds the lock of this target: {holder}")]
    TargetLocked {
        /// Who.
        holder: String,
        /// How long this run waited.
        waited: Duration,
    },
    /// The database is not what the last run left.
    #[error("the schema was changed by other means than limosa in {} place(s)", .0.len())]
    Drift(Vec<Change>),
    /// The database is not what was looked at a moment ago.
    #[error("the database was changed while it was looked at")]
    ChangedMeanwhile,
    /// The catalog cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The catalog cannot be read beside somebody else.
    #[error(transparent)]
    CatalogLocked(Box<CatalogLocked>),
    /// A statement failed.
    #[error("{}: {}", .0.version, .0.masked)]
    Statement(Box<StatementFailure>),
    /// A statement that is run in batches ended early.
    #[error("{}: {}", .0.version, .0.masked)]
    Backfill(Box<BackfillFailure>),
    /// A query of a migration's verify section returned rows.
    #[error("{}: {} where there must be none, says its verify section", .0.version, .0.rows.count())]
    Verify(Box<VerifyFailure>),
    /// Checks failed after migrations that stay applied.
    #[error("{} check(s) failed", .0.failed().count())]
    Checks(Box<ChecksFailed>),
    /// The backup before the run was not made; nothing was run.
    #[error(transparent)]
    Backup(Box<BackupError>),
    /// The locks of a migration were not to be had.
    #[error("{version}: locks were not to be had for {:.0} s: {}", .waited.as_secs_f64(), .failure.masked)]
    LocksNotFree {
        /// The migration.
        version: String,
        /// How long it was tried.
        waited: Duration,
        /// Who held them last.
        blockers: Vec<Blocker>,
        /// The last failure.
        failure: Box<StatementFailure>,
    },
    /// A statement was cut off and the catalog cannot tell whether it ran.
    #[error("{version}: `{tag}` was cut off, and it cannot be seen whether it ran")]
    Undecided {
        /// The migration.
        version: String,
        /// Whether it was being applied or reverted.
        direction: Direction,
        /// The file.
        file: Arc<SourceFile>,
        /// The statement.
        span: Span,
        /// What people call it.
        tag: String,
    },
    /// Somebody asked to stop.
    #[error("stopped on request")]
    Stopped {
        /// Where a migration in stages stands; `None` where none is under way.
        resumable: Option<Resumable>,
    },
    /// A statement that needs a session of its own, behind a pooler that gives none.
    #[error("`{tag}` cannot run through a transaction pooler here")]
    AloneBehindPooler {
        /// The file.
        file: Arc<SourceFile>,
        /// The statement.
        span: Span,
        /// What people call it.
        tag: String,
    },
    /// There is no way back, or more than one.
    #[error("{}", .0.message)]
    Down(Box<Diagnostic>),
    /// A statement is not to be run as things stand; what of its migration had run was rolled back.
    #[error("{}", .0.message)]
    Refused(Box<Diagnostic>),
    /// The target is not what the plan was made for; nothing was run.
    #[error("{}", .0.message)]
    Moved(Box<Diagnostic>),
    /// Both the file and the history have a down script, and they differ.
    #[error("{version}: the down file and the down script in the history differ")]
    DownsDiffer {
        /// The migration.
        version: String,
        /// The file.
        path: String,
    },
    /// The server refused something of Limosa's own.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl RunError {
    /// Placeholders that cannot be filled, in the text under the span.
    pub(crate) fn placeholders(source: &Arc<SourceFile>, span: Span, errors: Vec<SubstitutionError>) -> Self {
        let diagnostic = |error: SubstitutionError| {
            let mut problem = error.into_problem();
            problem.span = problem.span.shifted(span.start);
            problem.into_diagnostic(source)
        };
        Self::Problems(errors.into_iter().map(diagnostic).collect())
    }

    /// How the program should end.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self {
            Self::Problems(_)
            | Self::Drift(_)
            | Self::ChangedMeanwhile
            | Self::Down(_)
            | Self::Refused(_)
            | Self::DownsDiffer { .. }
            | Self::Checks(_) => Ending::Finding,
            Self::Verify(failure) => match failure.in_effect {
                InEffect::Nothing => Ending::Finding,
                InEffect::Stages { .. } => Ending::Resumable,
            },
            Self::Backfill(failure) => failure.ending(),
            Self::Backup(error) => error.ending(),
            Self::TargetLocked { .. } | Self::LocksNotFree { .. } | Self::CatalogLocked(_) => Ending::TryAgain,
            Self::Stopped { .. } | Self::Undecided { .. } => Ending::Resumable,
            Self::Server(error) if error.is_connection_lost() => Ending::Resumable,
            Self::Statement(failure) if failure.error.is_connection_lost() => Ending::Resumable,
            Self::Statement(failure) => match failure.in_effect {
                InEffect::Nothing => Ending::Error,
                InEffect::Stages { .. } => Ending::Resumable,
            },
            _ => Ending::Error,
        }
    }

    /// The error in one line.
    #[must_use]
    pub fn headline(&self) -> String {
        match self {
            Self::Statement(failure) => failure.masked.lines().next().unwrap_or_default().to_owned(),
            Self::Backfill(failure) => failure.masked.lines().next().unwrap_or_default().to_owned(),
            other => other.to_string().lines().next().unwrap_or_default().to_owned(),
        }
    }

    /// What the event log keeps of it, as JSON; `None` for what is no failure of a migration.
    pub(crate) fn history_detail(&self) -> Option<String> {
        let line_of = |source: &SourceFile, span: Span| {
            limosa_syntax::LineIndex::new(&source.text).locate(&source.text, span.start).line
        };
        let failure = match self {
            Self::Statement(failure) => failure,
            Self::LocksNotFree { failure, .. } => failure,
            Self::Backfill(failure) => return failure.history_detail(),
            Self::Verify(failure) => {
                let detail = serde_json::json!({
                    "file": failure.source.path,
                    "line": line_of(&failure.source, failure.span),
                    "statement": "verify",
                    "message": format!("it returned {}", failure.rows.count()),
                });
                return Some(detail.to_string());
            }
            _ => return None,
        };
        let line = failure.span.map(|span| line_of(&failure.source, span));
        let detail = serde_json::json!({
            "file": failure.source.path,
            "line": line,
            "statement": failure.tag,
            "sqlstate": crate::server_words::code(&failure.error),
            "message": failure.masked,
        });
        Some(detail.to_string())
    }

    /// The error as people should see it: what, where, why, and what to do next.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Problems(problems) => problems.clone(),
            Self::Down(diagnostic) | Self::Refused(diagnostic) | Self::Moved(diagnostic) => {
                vec![(**diagnostic).clone()]
            }
            Self::Statement(failure) => vec![failure.diagnostic("statement-failed")],
            Self::Backfill(failure) => vec![failure.diagnostic()],
            Self::Verify(failure) => vec![failure.diagnostic()],
            Self::Checks(failed) => failed.diagnostics(),
            Self::Backup(error) => error.diagnostics(),
            Self::LocksNotFree { waited, blockers, failure, .. } => vec![locks_not_free(*waited, blockers, failure)],
            Self::Undecided { file, span, tag, version, direction } => {
                let verb = match direction {
                    Direction::Up => "up",
                    Direction::Down => "down",
                };
                vec![
                    Diagnostic::error(
                        "interrupted-statement",
                        format!("`{tag}` of {version} was cut off, and the catalog cannot tell whether it ran"),
                    )
                    .at(file, *span)
                    .with_label("look whether this took effect")
                    .with_help(format!(
                        "if it did, go on with `limosa {verb} --interrupted applied`; if it may run again, \
                             `limosa {verb} --interrupted retry`"
                    )),
                ]
            }
            Self::AloneBehindPooler { file, span, tag } => vec![
                Diagnostic::error(
                    "needs-a-session",
                    format!(
                        "`{tag}` runs outside a transaction, \
                         where a pooler in transaction mode keeps no role or search_path"
                    ),
                )
                .at(file, *span)
                .with_help("use a URL that leads to PostgreSQL directly, or to the pooler's session mode"),
            ],
            Self::DownsDiffer { version, path } => vec![
                Diagnostic::error("downs-differ", format!("the way back of {version} was edited since it was applied"))
                    .with_note(format!("`{path}` differs from the down script that the history holds"))
                    .with_help("choose one: `--down-from file` or `--down-from history`"),
            ],
            Self::TargetLocked { holder, waited } => vec![
                Diagnostic::error(
                    "target-locked",
                    format!(
                        "another run holds the lock of this target, after {:.0} s of waiting",
                        waited.as_secs_f64()
                    ),
                )
                .with_note(format!("held by {holder}"))
                .with_help("wait for it, or give more time with `--wait 30m`; a run that is gone holds no lock"),
            ],
            Self::ReadOnly { why, .. } => {
                vec![Diagnostic::error("read-only", self.to_string()).with_note(why.clone()).with_help(
                    "use the URL of the primary; `target_session_attrs=read-write` with several hosts finds it",
                )]
            }
            Self::CannotBecomeOwner { owner, login, error } => vec![
                Diagnostic::error(
                    "owner-role",
                    format!("{login} cannot become {owner}, the `owner_role` of this service"),
                )
                .with_note(error.to_string())
                .with_help(if crate::server_words::code(error) == Some("42501") {
                    format!("let an administrator run: GRANT {owner} TO {}", quoted(login))
                } else {
                    format!("let an administrator run: CREATE ROLE {owner}; or name another role as `owner_role`")
                }),
            ],
            Self::CannotKeepHistory { schema, role, database, error } => vec![
                Diagnostic::error("no-history", format!("the history schema {schema} cannot be made in {database}"))
                    .with_note(error.to_string())
                    .with_help(format!(
                        "let an administrator run: CREATE SCHEMA {schema} AUTHORIZATION {}",
                        quoted(role)
                    )),
            ],
            Self::Stopped { resumable } => {
                let diagnostic = Diagnostic::warning("stopped", "stopped on request");
                vec![
                    match resumable {
                        Some(at) => diagnostic.with_note(format!(
                            "{} stands before stage {} of {}; what is done before is recorded",
                            at.version, at.stage, at.of
                        )),
                        None => diagnostic.with_note("no migration is half done"),
                    }
                    .with_help("run the same command again to go on"),
                ]
            }
            Self::Connect(error) => vec![connect(error)],
            Self::History(HistoryError::Newer { .. }) => {
                vec![
                    Diagnostic::error("newer-history", self.to_string())
                        .with_help("use a Limosa at least as new as the one that wrote it"),
                ]
            }
            Self::History(HistoryError::NoPrivilege { schema, .. }) => vec![
                Diagnostic::error("no-history", self.to_string())
                    .with_help(format!("connect as the role that owns schema {schema}, or set `owner_role` to it")),
            ],
            Self::History(_) | Self::Unusable(_) => vec![Diagnostic::error("unusable-target", self.to_string())],
            Self::Server(error) => vec![server(error)],
            Self::CatalogLocked(error) => vec![error.diagnostic()],
            Self::Introspect(error) => vec![Diagnostic::error("catalog", error.to_string())],
            Self::Drift(changes) => vec![drift(changes)],
            Self::ChangedMeanwhile => vec![
                Diagnostic::error("changed-meanwhile", self.to_string())
                    .with_help("nothing was put on record; run it again"),
            ],
        }
    }
}

fn quoted(role: &str) -> String {
    Identifier::new(role).map_or_else(|_| role.to_owned(), |role| role.to_string())
}

fn connect(error: &ConnectError) -> Diagnostic {
    let diagnostic = Diagnostic::error("no-connection", error.to_string());
    match error.hint() {
        Some(hint) => diagnostic.with_help(hint),
        None => diagnostic,
    }
}

fn server(error: &ServerError) -> Diagnostic {
    let diagnostic = Diagnostic::error("server", error.to_string());
    if error.is_connection_lost() {
        return diagnostic
            .with_note("the target is as it was before the migration that was running, or after it, never between")
            .with_help("when the server is back, run the same command again: it looks first and finishes the work");
    }
    diagnostic
}

/// How many changed objects an error names.
const NAMED: usize = 8;

fn drift(changes: &[Change]) -> Diagnostic {
    let message = "the database is not what the last run left";
    let mut diagnostic = Diagnostic::error("drift", message);
    diagnostic.notes = changes.iter().take(NAMED).map(change_line).collect();
    if changes.len() > NAMED {
        diagnostic.notes.push(format!("and {} more", changes.len() - NAMED));
    }
    diagnostic.with_help("`limosa drift` shows all of it and mends it; `--allow drift` goes on, and keeps it on record")
}

/// One line about what happened to an object.
#[must_use]
pub fn change_line(change: &Change) -> String {
    match &change.what {
        Changed::Added => format!("{} was added", change.id),
        Changed::Removed => format!("{} is gone", change.id),
        Changed::Altered(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|it| format!("{}: {} → {}", it.field, it.from, it.to)).collect();
            format!("{} was changed ({})", change.id, fields.join(", "))
        }
    }
}

fn locks_not_free(waited: Duration, blockers: &[Blocker], failure: &StatementFailure) -> Diagnostic {
    let mut diagnostic = failure.diagnostic("locks-not-free");
    diagnostic.message =
        format!("the locks of {} were not to be had in {:.1} s", failure.version, waited.as_secs_f64());
    diagnostic.notes = blockers.iter().map(blocker_line).collect();
    diagnostic.notes.push(failure.masked.clone());
    if blockers.iter().any(|blocker| blocker.pid == 0) {
        diagnostic.notes.push(
            "a prepared transaction holds its locks until somebody says `COMMIT PREPARED` or `ROLLBACK PREPARED`, \
             whoever comes and goes"
                .to_owned(),
        );
    }
    diagnostic.with_help("end or wait for what holds them, then run it again; `patience` in [run] sets how long to try")
}

/// One line about who is in the way.
#[must_use]
pub fn blocker_line(blocker: &Blocker) -> String {
    let mut line = match blocker.pid {
        0 => "held by a prepared transaction".to_owned(),
        pid => format!("held by process {pid}"),
    };
    if let Some(user) = &blocker.user {
        line.push_str(&format!(", user {user}"));
    }
    if let Some(application) = &blocker.application {
        line.push_str(&format!(", application {application}"));
    }
    if let Some(state) = &blocker.state {
        line.push_str(&format!(", {state}"));
    }
    if let Some(holds) = &blocker.holds {
        line.push_str(&format!(", {holds}"));
    }
    line.push_str(&format!(", for {:.1} s", blocker.age.as_secs_f64()));
    if let Some(query) = &blocker.query {
        line.push_str(&format!(": {}", query.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    line
}

impl StatementFailure {
    fn diagnostic(&self, code: &'static str) -> Diagnostic {
        if self.error.is_connection_lost() {
            return server(&self.error);
        }
        let what = match self.direction {
            Direction::Up => "",
            Direction::Down => "the way back of ",
        };
        let mut diagnostic = Diagnostic::error(code, self.masked.lines().next().unwrap_or_default().to_owned());
        if let Some(span) = self.span {
            let point = self.point.map(|at| {
                let rest = &self.source.text[at..span.end];
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
                Span::new(at, at + word.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8)))
            });
            diagnostic = diagnostic.at(&self.source, point.unwrap_or(span));
        } else {
            diagnostic = diagnostic.in_file(&self.source);
        }
        if let ServerError::Database(error) = &self.error {
            diagnostic.label = Some(format!("PostgreSQL says {}", error.sqlstate.code()));
        }
        diagnostic.notes.extend(self.detail.clone());
        diagnostic.help.clone_from(&self.hint);
        diagnostic.notes.push(match self.in_effect {
            InEffect::Nothing => {
                format!("{what}{} {} was rolled back; nothing of it is in effect", self.version, self.name)
            }
            InEffect::Stages { done, of } => format!(
                "{what}{} {} is recorded as done up to stage {done} of {of}; mend the rest and run it again",
                self.version, self.name
            ),
        });
        diagnostic
    }
}
