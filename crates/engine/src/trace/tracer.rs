//! One script under way: the session that runs it, and those that look on.

use std::time::{Duration, Instant};

use limosa_catalog::{Identifier, ServerMajor};
use limosa_plan::Step;
use limosa_plan::lock::{Known, StatementLocks};
use limosa_plan::trace::{TracedFailure, TracedStatement};
use limosa_postgres::{ConnectionSettings, ServerError, Session};
use limosa_syntax::{Command, LineIndex, summarize};

use super::observe::log_position;
use super::probe::Onlookers;
use super::script::TracedScript;
use crate::desired::{DesiredError, make_role, missing_role};
use crate::executor::Placeholders;
use crate::server_words::position;

const SUMMARY_CHARACTERS: usize = 200;

/// One script under way.
pub(super) struct Tracer<'a> {
    pub(super) script: &'a TracedScript,
    /// On which it runs.
    pub(super) session: &'a Session,
    pub(super) onlookers: Onlookers<'a>,
    /// How to open one session more.
    pub(super) settings: &'a ConnectionSettings,
    /// Schemas that are nobody's business.
    pub(super) left_out: &'a [Identifier],
    pub(super) placeholders: &'a Placeholders<'a>,
    /// What is known before the next statement, as a plan would know it.
    pub(super) known: Known,
    pub(super) major: ServerMajor,
    /// Whether a statement has cost the session.
    pub(super) lost: bool,
}

/// How one statement ran.
pub(super) struct Ran {
    pub(super) failure: Option<TracedFailure>,
    pub(super) duration: Duration,
    pub(super) wal_bytes: u64,
}

impl Tracer<'_> {
    /// A statement of which nothing is known yet but what its text says.
    pub(super) fn unobserved(&self, step: &Step, ran: Ran) -> TracedStatement {
        let text = &self.script.up.source.text;
        TracedStatement {
            line: LineIndex::new(text).locate(text, step.span.start).line,
            tag: step.tag.clone(),
            summary: summarize(step.span.of(text), SUMMARY_CHARACTERS),
            duration: ran.duration,
            wal_bytes: ran.wal_bytes,
            locks: Vec::new(),
            work: Vec::new(),
            failure: ran.failure,
            differences: Vec::new(),
        }
    }

    /// What is expected of a statement.
    pub(super) fn expected(&self, step: &Step) -> StatementLocks {
        StatementLocks::of(&self.command(step), &self.known, self.major)
    }

    /// Takes a statement as done.
    pub(super) fn done(&mut self, step: &Step) {
        let command = self.command(step);
        self.known.apply(&command);
    }

    fn command(&self, step: &Step) -> Command {
        Command::of(step.span.of(&self.script.up.source.text))
    }

    /// The text to be sent.
    pub(super) fn filled(&self, step: &Step) -> Result<String, DesiredError> {
        let filled = self.placeholders.fill(&self.script.up.source, step.span);
        filled.map_err(|error| DesiredError::Replay(Box::new(error)))
    }

    /// Runs a statement in the open transaction. A role that the shadow lacks is made.
    pub(super) async fn run(&mut self, step: &Step, again: Option<&str>) -> Result<Ran, DesiredError> {
        let text = self.filled(step)?;
        let before = log_position(self.session).await?;
        let mut begun = Instant::now();
        let mut sent = self.send(step, &text).await;
        if let (Err(error), Some(again)) = (&sent, again)
            && let Some(role) = missing_role(error)
        {
            make_role(self.onlookers.watcher, &role).await?;
            self.session.flight(again).await.map_err(|failure| failure.error)?;
            begun = Instant::now();
            sent = self.send(step, &text).await;
        }
        let duration = begun.elapsed();
        match sent {
            Ok(()) => {
                let wal_bytes = log_position(self.session).await?.saturating_sub(before);
                Ok(Ran { failure: None, duration, wal_bytes })
            }
            Err(error) => {
                self.lost = error.is_connection_lost() || self.session.is_closed();
                Ok(Ran { failure: Some(self.failure(step, &error)), duration, wal_bytes: 0 })
            }
        }
    }

    async fn send(&self, step: &Step, text: &str) -> Result<(), ServerError> {
        match step.copy_data {
            Some(data) => {
                let data = data.of(&self.script.up.source.text).as_bytes();
                self.session.copy_in(text, data).await.map(drop)
            }
            None => self.session.flight(text).await.map(drop).map_err(|failure| failure.error),
        }
    }

    /// Why a statement failed. A place in it is only told where nothing was filled in before it.
    pub(super) fn failure(&self, step: &Step, error: &ServerError) -> TracedFailure {
        let source = &self.script.up.source;
        let message = error.database().map_or_else(|| error.to_string(), |database| database.message.clone());
        let point = position(error).filter(|_| !self.placeholders.any_in(source, step.span)).and_then(|at| {
            let (byte, _) = step.span.of(&source.text).char_indices().nth(at.checked_sub(1)?)?;
            Some(LineIndex::new(&source.text).locate(&source.text, step.span.start + byte).line)
        });
        TracedFailure {
            message: self.placeholders.mask(&message),
            sqlstate: error.sqlstate().map(|code| code.code().to_owned()),
            line: point,
        }
    }
}
