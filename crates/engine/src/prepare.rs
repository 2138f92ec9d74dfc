//! From files to jobs: everything that can be known before the first statement runs.

use limosa_catalog::QualifiedName;
use limosa_plan::{Execution, Mode, RetryPolicy, Step, plan_execution};
use limosa_project::{Script, TransactionMode};
use limosa_syntax::{Coexistence, Command, Diagnostic, Directive, Script as Statements};
use std::time::Duration;

use crate::backfill::generator_problem;
use crate::verify::take_verify_section;

/// What is done with a statement under `-- limosa: backfill`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backfills {
    /// It is run in batches.
    InBatches,
    /// It is run as it stands, where tables are small; ids are made in batches all the same, since the statement does
    /// not hold them.
    AtOnce,
}

/// A script, ready to be run.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// How its statements are run.
    pub execution: Execution,
    /// Queries that must return no rows when all is done, or nothing is (`-- limosa: verify`).
    pub verify: Vec<Step>,
    /// What the script says of its own `lock_timeout`.
    pub lock_timeout: Option<Duration>,
    /// What the script says of its own `statement_timeout`.
    pub statement_timeout: Option<Duration>,
    /// Whether it says that old and new clients are to work while it runs (`-- limosa: online`).
    pub online: bool,
    /// The table whose key gets other values (`-- limosa: rekey`). Rows that have the old ones cannot be changed by the
    /// plain statements.
    pub rekeyed: Option<QualifiedName>,
    /// How both versions find their names meanwhile, where it says that.
    pub coexistence: Option<Coexistence>,
    /// The most bytes that it may need on disk where it is run online (`-- limosa: max-growth`).
    pub max_growth: Option<u64>,
    /// What is worth knowing and keeps nothing from running.
    pub warnings: Vec<Diagnostic>,
}

impl Prepared {
    /// The target's policy, with what the script says for itself.
    #[must_use]
    pub fn retry(&self, policy: RetryPolicy) -> RetryPolicy {
        match self.lock_timeout {
            // Whoever asks for longer tries than patience allows means the tries.
            Some(first_try) => RetryPolicy { first_try, patience: policy.patience.max(first_try) },
            None => policy,
        }
    }
}

/// Splits, classifies and decides.
///
/// # Errors
/// Everything in the script that keeps it from being run.
pub fn prepare(
    script: &Script,
    layout_mode: TransactionMode,
    backfills: Backfills,
) -> Result<Prepared, Vec<Diagnostic>> {
    let mut statements = Statements::parse_section(&script.source.text, script.section);
    let mut mode = match layout_mode {
        TransactionMode::Auto => Mode::Auto,
        TransactionMode::Off => Mode::Off,
        TransactionMode::Whole => Mode::Whole,
    };
    let (mut lock_timeout, mut statement_timeout, mut online) = (None, None, false);
    let (mut coexistence, mut max_growth, mut rekeyed) = (None, None, None);
    for placed in &statements.directives {
        match &placed.directive {
            Directive::Transaction { on: true } => mode = Mode::Whole,
            Directive::Transaction { on: false } => mode = Mode::Off,
            // Of several, the longest: the transaction has one queue behind it, whichever statement waits.
            Directive::LockTimeout(timeout) => lock_timeout = lock_timeout.max(Some(*timeout)),
            Directive::StatementTimeout(timeout) => statement_timeout = statement_timeout.max(Some(*timeout)),
            Directive::Online => online = true,
            Directive::Coexistence(way) => coexistence = Some(*way),
            Directive::MaxGrowth(bytes) => max_growth = Some(*bytes),
            Directive::Rekey(_) => {
                let statement = placed.statement.and_then(|at| statements.statements.get(at));
                let command = statement.map(|statement| Command::of(statement.span.of(&script.source.text)));
                if let Some(Command::AlterTable { table, .. }) = command {
                    rekeyed = Some(table);
                }
            }
            _ => {}
        }
    }
    let verify = take_verify_section(&script.source, &mut statements)?;
    let mut execution = plan_execution(&script.source, &statements, mode)?;
    let problems: Vec<Diagnostic> =
        execution.backfills().filter_map(|backfill| generator_problem(backfill, &script.source)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    if backfills == Backfills::AtOnce && execution.backfills().next().is_some() {
        let runs_as_it_stands =
            |directive: &Directive| matches!(directive, Directive::Backfill(said) if said.generate.is_none());
        statements.directives.retain(|placed| !runs_as_it_stands(&placed.directive));
        execution = plan_execution(&script.source, &statements, mode)?;
    }
    let warnings = statements
        .problems
        .into_iter()
        .filter(|problem| !problem.is_error())
        .map(|problem| problem.into_diagnostic(&script.source))
        .collect();
    Ok(Prepared {
        execution,
        verify,
        lock_timeout,
        statement_timeout,
        online,
        rekeyed,
        coexistence,
        max_growth,
        warnings,
    })
}
