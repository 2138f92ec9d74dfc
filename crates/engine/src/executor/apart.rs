//! Statements that need a look at the database in the midst of their transaction: those that would lose something, and
//! those by which something comes back that was set aside.

use std::collections::BTreeSet;
use std::time::Duration;

use limosa_catalog::{ColumnName, Identifier};
use limosa_plan::{Losing, LossTerms, Step};
use limosa_postgres::{IntrospectError, ServerError, Session};
use limosa_syntax::{Diagnostic, Loss};

use super::{Executor, Job};
use crate::aside::Instead;
use crate::event::Direction;
use crate::loss::{Baseline, LossPolicy};
use crate::run_error::RunError;

/// What a run does about values that its statements would lose.
#[derive(Debug, Clone, Default)]
pub(crate) struct LossRules {
    pub(crate) policy: LossPolicy,
    /// What was there before the run; what it makes itself, it may drop.
    pub(crate) baseline: Baseline,
    /// What is set aside where nothing is said, and for how long.
    pub(crate) set_aside: Option<Duration>,
    /// Whether the rules hold on the way back, too, and not for `up` alone.
    pub(crate) hold_for_down: bool,
    /// On the way back, a column may come without the values that it demanded.
    pub(crate) allow_missing: bool,
}

/// The beginnings of statements that may make something that is kept.
const MAKING: [&str; 5] = ["CREATE TABLE", "CREATE INDEX", "ALTER TABLE", "CREATE TYPE", "CREATE DOMAIN"];

/// The beginnings of those that write rows.
const WRITING: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE"];

/// What is done with one such statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// What it drops is set aside.
    SetAside(Duration),
    /// It is set aside if it holds values, and runs otherwise.
    SetAsideIfAny(Duration),
    /// It is refused if it would lose values.
    Guard,
    /// Something may come back in its place.
    BringBack,
    /// It drops types that what is set aside may need.
    KeepTypes(Duration),
}

/// Why a statement apart did not do what it should.
pub(super) enum ApartFailure {
    /// The server refused the statement itself; its position counts in it.
    Statement(ServerError),
    /// The server refused something of Limosa's own.
    Own(ServerError),
    /// It is not to be done.
    Refused(RunError),
}

impl From<ServerError> for ApartFailure {
    fn from(error: ServerError) -> Self {
        Self::Own(error)
    }
}

impl From<IntrospectError> for ApartFailure {
    fn from(error: IntrospectError) -> Self {
        match error {
            // Among these are locks that are not to be had, after which there is another try.
            IntrospectError::Server(source) | IntrospectError::Question { source, .. } => Self::Own(source),
            other => Self::Refused(other.into()),
        }
    }
}

impl From<Diagnostic> for ApartFailure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(RunError::Refused(Box::new(diagnostic)))
    }
}

/// What the work on a statement apart needs.
pub(super) struct Scene<'a> {
    pub(super) worker: &'a Session,
    pub(super) history_schema: &'a Identifier,
    pub(super) service: &'a str,
    pub(super) actor: &'a str,
    pub(super) rules: &'a LossRules,
    pub(super) job: &'a Job<'a>,
    /// What has come back in this transaction, by its number.
    pub(super) back: BTreeSet<i64>,
    /// Columns that come back without demanding a value.
    pub(super) waived: Vec<ColumnName>,
}

impl Scene<'_> {
    pub(super) async fn flight(&self, sql: &str) -> Result<(), ServerError> {
        self.worker.flight(sql).await.map(drop).map_err(|failure| failure.error)
    }

    /// Runs the statement, or what stands in its place. Gives what is to be said of it.
    pub(super) async fn run(&mut self, apart: Apart, step: &Step, sql: &str) -> Result<Vec<String>, ApartFailure> {
        match (apart, &step.losing) {
            (Apart::BringBack, _) => self.bring_back_instead(step, sql).await,
            (Apart::KeepTypes(keep), _) => self.drop_types(step, sql, keep).await,
            (apart, _) => self.without_loss(apart, step, sql).await,
        }
    }

    /// Runs a statement that would lose values, without losing them.
    pub(super) async fn without_loss(&self, apart: Apart, step: &Step, sql: &str) -> Result<Vec<String>, ApartFailure> {
        match (apart, &step.losing) {
            (Apart::SetAside(keep), Some(Losing { loss: Loss::Values { table, columns }, .. })) => {
                self.keep_values(step, sql, (table, columns), keep).await
            }
            (Apart::SetAside(keep), _) => self.set_aside(step, sql, keep).await,
            (Apart::SetAsideIfAny(keep), Some(losing)) => match self.held(&losing.loss).await? {
                Some(_) => self.set_aside(step, sql, keep).await,
                None => self.plainly(sql).await,
            },
            (Apart::Guard, Some(losing)) => match self.held(&losing.loss).await? {
                Some(held) => Err(held.refusal(self.job, step).into()),
                None => self.plainly(sql).await,
            },
            (Apart::SetAsideIfAny(_) | Apart::Guard, None) | (Apart::BringBack | Apart::KeepTypes(_), _) => {
                self.plainly(sql).await
            }
        }
    }

    pub(super) async fn plainly(&self, sql: &str) -> Result<Vec<String>, ApartFailure> {
        self.flight(sql).await.map_err(ApartFailure::Statement)?;
        Ok(Vec::new())
    }
}

impl Executor<'_> {
    /// Whether a statement is run apart from the others of its transaction.
    pub(super) fn apart(&self, job: &Job<'_>, step: &Step) -> Option<Apart> {
        let begins = |tags: &[&str]| tags.iter().any(|tag| step.tag.starts_with(tag));
        let may_come_back = match job.direction {
            Direction::Up => begins(&MAKING) || begins(&WRITING),
            Direction::Down => begins(&MAKING),
        };
        if may_come_back && !job.asides.is_empty() {
            let sql = step.span.of(&job.source.text);
            if step.losing.is_none() || Instead::of(sql, job.asides).is_some() {
                return Some(Apart::BringBack);
            }
        }
        if job.direction == Direction::Down && !self.loss.hold_for_down {
            return None;
        }
        if job.direction == Direction::Down && matches!(step.tag.as_str(), "DROP TYPE" | "DROP DOMAIN") {
            return self.loss.set_aside.filter(|_| self.loss.policy == LossPolicy::Refuse).map(Apart::KeepTypes);
        }
        self.loss.of(job.direction, step.losing.as_ref()?)
    }
}

impl LossRules {
    /// What becomes of a statement that would lose this.
    pub(super) fn of(&self, direction: Direction, losing: &Losing) -> Option<Apart> {
        // What an update of a down script writes over is what the migration had written.
        if direction == Direction::Down && matches!(losing.loss, Loss::Values { .. }) {
            return None;
        }
        let can_be_kept = !matches!(losing.loss, Loss::Rows(_) | Loss::Schemas(_));
        match losing.terms {
            LossTerms::SetAside(keep) if can_be_kept => {
                Some(Apart::SetAside(keep.or(self.set_aside).unwrap_or(LossTerms::USUAL_KEEP)))
            }
            LossTerms::Allowed => None,
            LossTerms::Unsaid | LossTerms::SetAside(_) if self.policy == LossPolicy::Allow => None,
            LossTerms::Unsaid | LossTerms::SetAside(_) => match self.set_aside.filter(|_| can_be_kept) {
                Some(keep) => Some(Apart::SetAsideIfAny(keep)),
                None => Some(Apart::Guard),
            },
        }
    }
}
