//! From the statements of a migration to the way they are run.

mod backfill;
mod of_nothing;

use limosa_catalog::QualifiedName;
use limosa_syntax::{
    Diagnostic, Directive, Effect, LockWait, Loss, Script, SettingsChange, SourceFile, Span, Statement,
    TransactionControl, TransactionRule, enum_values_used_later,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::HazardKind;

pub use backfill::BackfillStep;

/// What a migration says about transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One transaction wherever PostgreSQL allows it.
    Auto,
    /// No transaction around the file: each statement commits by itself.
    Off,
    /// One transaction, or an error.
    Whole,
}

/// How a lock is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// In short tries: the statement locks a relation so that others queue behind it.
    Briefly,
    /// With the whole patience: nobody queues behind it, and a short timeout would kill it on an unrelated row or
    /// snapshot.
    Patiently,
    /// Takes no lock worth naming.
    Never,
}

/// One statement, ready to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the file.
    pub span: Span,
    /// What people call it: `CREATE TABLE`.
    pub tag: String,
    /// The main object's name as it should be shown, where the text names one.
    pub object: Option<String>,
    /// The same as a name for SQL.
    pub table: Option<QualifiedName>,
    /// How its locks are waited for.
    pub waiting: Waiting,
    /// Whether it may change settings of the session that outlive its transaction.
    pub changes_session: bool,
    /// The data of a `COPY … FROM stdin`.
    pub copy_data: Option<Span>,
    /// What to look for in the catalog where it is not known whether it ran.
    pub effect: Option<Effect>,
    /// What it would take away, values and all.
    pub losing: Option<Losing>,
}

/// A statement's loss, and what its file says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losing {
    /// What would go.
    pub loss: Loss,
    /// What is to be done about it.
    pub terms: LossTerms,
}

/// What a migration says about values that a statement would take away. What stands at the statement counts before what
/// stands at the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossTerms {
    /// Nothing.
    Unsaid,
    /// `allow deletes-data`: they may go.
    Allowed,
    /// `set-aside`: they are kept, for so long if that is said.
    SetAside(Option<Duration>),
}

impl Losing {
    /// How long what would go is kept, where the file says that it is set aside and it can be.
    #[must_use]
    pub fn keep(&self) -> Option<Duration> {
        match (&self.loss, self.terms) {
            (Loss::Rows(_) | Loss::Schemas(_), _) => None,
            (_, LossTerms::SetAside(keep)) => Some(keep.unwrap_or(LossTerms::USUAL_KEEP)),
            (_, LossTerms::Unsaid | LossTerms::Allowed) => None,
        }
    }
}

impl LossTerms {
    /// How long something is kept where nothing else is said.
    pub const USUAL_KEEP: Duration = Duration::from_secs(30 * 24 * 3_600);

    /// What the directives say of a statement.
    fn of(script: &Script, statement: usize) -> Self {
        let own = Self::said(script.statement_directives(statement));
        own.or_else(|| Self::said(script.file_directives())).unwrap_or(Self::Unsaid)
    }

    /// Where both are said, nothing is lost.
    fn said<'d>(directives: impl Iterator<Item = &'d Directive>) -> Option<Self> {
        let terms = directives.filter_map(|directive| match directive {
            Directive::SetAside(keep) => Some(Self::SetAside(*keep)),
            Directive::Allow(hazard) if hazard == HazardKind::DeletesData.name() => Some(Self::Allowed),
            _ => None,
        });
        terms.max_by_key(|terms| matches!(terms, Self::SetAside(_)))
    }
}

/// A part of a migration after which its position is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Statements that commit together with the record of their position. `begin` is the file's own BEGIN, where it has
    /// one with options (an isolation level, say).
    Transaction {
        /// The file's own `BEGIN …`, or `None` for a plain one.
        begin: Option<Span>,
        /// The statements between BEGIN and COMMIT.
        steps: Vec<Step>,
    },
    /// A statement that PostgreSQL refuses inside a transaction.
    Alone {
        /// The statement.
        step: Box<Step>,
        /// Why it cannot share a transaction.
        reason: String,
    },
    /// A change of rows that is run in batches, each of which commits by itself.
    Backfill(Box<BackfillStep>),
}

impl Stage {
    /// The statements of the stage.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Transaction { steps, .. } => steps,
            Self::Alone { step, .. } => std::slice::from_ref(&**step),
            Self::Backfill(backfill) => std::slice::from_ref(&backfill.step),
        }
    }
}

/// How a migration is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Execution {
    /// All statements, the history row and the event commit together.
    Whole {
        /// The file's own `BEGIN …`, or `None` for a plain one.
        begin: Option<Span>,
        /// The statements.
        steps: Vec<Step>,
    },
    /// Stage by stage, the position recorded before and after each.
    Staged(Vec<Stage>),
}

impl Execution {
    /// The statements that are run in batches.
    pub fn backfills(&self) -> impl Iterator<Item = &BackfillStep> {
        let stages: &[Stage] = match self {
            Self::Whole { .. } => &[],
            Self::Staged(stages) => stages,
        };
        stages.iter().filter_map(|stage| match stage {
            Stage::Backfill(backfill) => Some(backfill.as_ref()),
            Stage::Transaction { .. } | Stage::Alone { .. } => None,
        })
    }

    /// All statements in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let (whole, staged): (&[Step], &[Stage]) = match self {
            Self::Whole { steps, .. } => (steps, &[]),
            Self::Staged(stages) => (&[], stages),
        };
        whole.iter().chain(staged.iter().flat_map(Stage::steps))
    }
}

/// Decides how the statements of a file are run.
///
/// A file that begins and commits its own transactions keeps them: each becomes a stage, so that the position commits
/// with it; a file that is nothing but one transaction is run as if it had not said so.
///
/// # Errors
/// Text that cannot be split, transaction control that would make the record untrue (`ROLLBACK`, `PREPARE TRANSACTION`,
/// an open transaction at the end), statements that a forced transaction cannot hold, and statements under
/// `-- limosa: backfill` that cannot be run in batches.
pub fn plan_execution(source: &Arc<SourceFile>, script: &Script, mode: Mode) -> Result<Execution, Vec<Diagnostic>> {
    let mut errors: Vec<Diagnostic> = script
        .problems
        .iter()
        .filter(|problem| problem.severity == limosa_syntax::Severity::Error)
        .map(|problem| problem.clone().into_diagnostic(source))
        .collect();
    let runs = transactions(source, &script.statements, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let commit_after: BTreeSet<usize> =
        enum_values_used_later(&source.text, script).into_iter().map(|(adds, _)| adds).collect();

    let backfills = backfill::find(source, script, &mut errors);
    errors.extend(of_nothing::find(source, script));
    errors.extend(runs.iter().filter(|run| run.explicit).flat_map(|run| {
        let inside = run.statements.iter().filter_map(|index| backfills.get(index));
        inside.map(|backfill| backfill.in_transaction(source))
    }));
    if !errors.is_empty() {
        return Err(errors);
    }
    if mode == Mode::Whole {
        errors.extend(runs.iter().flat_map(|run| &run.statements).filter_map(|index| {
            let statement = &script.statements[*index];
            let why = alone_because(statement)
                .or_else(|| backfills.get(index).map(|_| "each of its batches commits by itself".to_owned()))
                .or_else(|| commit_after.contains(index).then(|| "its value is used later in the file".to_owned()))?;
            Some(
                Diagnostic::error(
                    "cannot-share-a-transaction",
                    format!("`{}` cannot be in this transaction", statement.class.tag),
                )
                .at(source, statement.span)
                .with_label(why)
                .with_help("take `transaction on` away, or move the statement to a migration of its own"),
            )
        }));
        if !errors.is_empty() {
            return Err(errors);
        }
    }
    let losing = losing(source, script, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(assemble(script, &runs, &commit_after, backfills, losing, mode))
}

/// The statements that would take values away, by their numbers. An `UPDATE` counts where its values are to be kept.
fn losing(source: &Arc<SourceFile>, script: &Script, errors: &mut Vec<Diagnostic>) -> BTreeMap<usize, Losing> {
    let mut found = BTreeMap::new();
    for (index, statement) in script.statements.iter().enumerate() {
        let terms = LossTerms::of(script, index);
        let mut loss = Loss::of(statement.span.of(&source.text));
        if loss.is_none() && matches!(terms, LossTerms::SetAside(_)) {
            match Loss::of_update(&source.text, statement.span) {
                Ok(of_update) => loss = of_update,
                Err(problems) => {
                    errors.extend(problems.into_iter().map(|problem| problem.into_diagnostic(source)));
                }
            }
        }
        let asks = |directive: &Directive| matches!(directive, Directive::SetAside(_));
        if loss.is_none() && script.statement_directives(index).any(asks) && errors.is_empty() {
            errors.push(
                Diagnostic::error("nothing-to-set-aside", "this takes nothing away that could be set aside")
                    .at(source, statement.span)
                    .with_help(
                        "what can be set aside is a `DROP TABLE`, a `DROP COLUMN`, and the old values of an `UPDATE` \
                         without `WITH`",
                    ),
            );
        }
        found.extend(loss.map(|loss| (index, Losing { loss, terms })));
    }
    found
}

/// Statements between one BEGIN and its COMMIT, or between such blocks.
struct Run {
    begin: Option<Span>,
    /// Whether the file itself wrote BEGIN and COMMIT around it.
    explicit: bool,
    statements: Vec<usize>,
}

fn transactions(source: &Arc<SourceFile>, statements: &[Statement], errors: &mut Vec<Diagnostic>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut open: Option<(usize, Run)> = None;
    let mut loose = Run { begin: None, explicit: false, statements: Vec::new() };
    for (index, statement) in statements.iter().enumerate() {
        let refuse = |code: &'static str, message: &str, help: &str| {
            Diagnostic::error(code, message).at(source, statement.span).with_help(help)
        };
        match statement.class.transaction {
            TransactionRule::Control(TransactionControl::Begin) => {
                if open.is_some() {
                    errors.push(refuse(
                        "nested-begin",
                        "`BEGIN` inside a transaction",
                        "remove it, or commit before it",
                    ));
                    continue;
                }
                if !loose.statements.is_empty() {
                    runs.push(std::mem::replace(&mut loose, Run { begin: None, explicit: false, statements: vec![] }));
                }
                let text = statement.span.of(&source.text);
                let plain = text.split_whitespace().count() == 1;
                let begin = (!plain).then_some(statement.span);
                open = Some((index, Run { begin, explicit: true, statements: Vec::new() }));
            }
            TransactionRule::Control(TransactionControl::Commit) => match open.take() {
                Some((_, run)) => runs.push(run),
                None => errors.push(refuse(
                    "commit-without-begin",
                    "`COMMIT` without a `BEGIN` before it",
                    "remove it: a migration is committed together with its record",
                )),
            },
            TransactionRule::Control(TransactionControl::Rollback) => errors.push(refuse(
                "rollback-in-migration",
                "a migration that rolls itself back would be recorded as applied",
                "remove the `ROLLBACK`; `limosa plan` shows what would run without running it",
            )),
            TransactionRule::Control(TransactionControl::Prepare) => errors.push(refuse(
                "prepared-transaction",
                "a prepared transaction outlives the migration and keeps its locks",
                "commit it instead",
            )),
            _ => match &mut open {
                Some((_, run)) => run.statements.push(index),
                None => loose.statements.push(index),
            },
        }
    }
    if let Some((index, _)) = open {
        errors.push(
            Diagnostic::error("open-transaction", "the file begins a transaction and never commits it")
                .at(source, statements[index].span)
                .with_help("add `COMMIT;` at its end, or remove the `BEGIN`: a migration is a transaction by itself"),
        );
    }
    if !loose.statements.is_empty() {
        runs.push(loose);
    }
    runs
}

fn assemble(
    script: &Script,
    runs: &[Run],
    commit_after: &BTreeSet<usize>,
    mut backfills: BTreeMap<usize, BackfillStep>,
    losing: BTreeMap<usize, Losing>,
    mode: Mode,
) -> Execution {
    let statements = &script.statements;
    for (index, backfill) in &mut backfills {
        backfill.step.losing = losing.get(index).cloned();
    }
    let step = |index: usize| {
        let plain = Step::of(&statements[index]);
        let losing = losing.get(&index).cloned();
        let makes_room = losing.as_ref().is_some_and(|losing| matches!(losing.loss, Loss::Values { .. }));
        Step { losing, waiting: if makes_room { Waiting::Briefly } else { plain.waiting }, ..plain }
    };
    let only_run = match runs {
        [] => return Execution::Whole { begin: None, steps: Vec::new() },
        [only] => Some(only),
        _ => None,
    };
    let can_be_whole = |run: &&Run| {
        (mode != Mode::Off || run.explicit)
            && backfills.is_empty()
            && run.statements.iter().all(|i| alone_because(&statements[*i]).is_none() && !commit_after.contains(i))
    };
    if let Some(run) = only_run.filter(can_be_whole) {
        return Execution::Whole { begin: run.begin, steps: run.statements.iter().map(|index| step(*index)).collect() };
    }
    // Beside blocks of its own, what a file leaves outside them commits statement by statement, as in psql.
    let each_alone = mode == Mode::Off || runs.iter().any(|run| run.explicit);
    let mut stages = Vec::new();
    for run in runs {
        let mut group = Vec::new();
        for index in &run.statements {
            let statement = &statements[*index];
            if let Some(backfill) = backfills.remove(index) {
                flush(&mut stages, &mut group, run.begin);
                stages.push(Stage::Backfill(Box::new(backfill)));
                continue;
            }
            let reason = if run.explicit { None } else { alone_because(statement) };
            match reason {
                Some(reason) => {
                    flush(&mut stages, &mut group, run.begin);
                    stages.push(Stage::Alone { step: Box::new(step(*index)), reason });
                }
                None => {
                    group.push(step(*index));
                    if !run.explicit && (each_alone || commit_after.contains(index)) {
                        flush(&mut stages, &mut group, None);
                    }
                }
            }
        }
        flush(&mut stages, &mut group, run.begin);
    }
    Execution::Staged(stages)
}

fn flush(stages: &mut Vec<Stage>, group: &mut Vec<Step>, begin: Option<Span>) {
    if !group.is_empty() {
        stages.push(Stage::Transaction { begin, steps: std::mem::take(group) });
    }
}

fn alone_because(statement: &Statement) -> Option<String> {
    match &statement.class.transaction {
        TransactionRule::Forbidden(forbidden) => Some(format!("it {}", forbidden.reason())),
        TransactionRule::MayControl => Some("it may commit by itself".to_owned()),
        TransactionRule::Allowed | TransactionRule::Control(_) => None,
    }
}

impl Step {
    /// A statement as a step, whatever it may lose.
    #[must_use]
    pub fn of(statement: &Statement) -> Self {
        Self {
            span: statement.span,
            tag: statement.class.tag.to_string(),
            object: statement.class.object.as_ref().map(|name| match &name.schema {
                Some(schema) => format!("{}.{}", schema.as_str(), name.name.as_str()),
                None => name.name.as_str().to_owned(),
            }),
            table: statement.class.object.clone(),
            waiting: match statement.class.waits {
                LockWait::Briefly => Waiting::Briefly,
                LockWait::Patiently => Waiting::Patiently,
                LockWait::Never => Waiting::Never,
            },
            changes_session: statement.class.settings == SettingsChange::Session,
            copy_data: statement.copy_data,
            effect: statement.class.effect.clone(),
            losing: None,
        }
    }
}
