//! The statements of a migration, one after the other: each is given its phases in a place where it is not undone.

use std::collections::VecDeque;
use std::sync::Arc;

use limosa_syntax::{Command, Diagnostic, Directive, Script, SourceFile, Span, Statement, TableAction, part_spans};

use super::behind::{self, Behind};
use super::lasting::Waiting;
use super::phases::{OnlineChange, Phases};
use super::replication::is_of_receivers;
use super::situation::{Situation, Work};
use super::{allows_replicated, held, op};

/// What is said above a statement.
pub(super) struct Said<'a> {
    directives: Vec<&'a Directive>,
    /// What stands behind `-- limosa: backfill`.
    batches: Option<String>,
}

impl<'a> Said<'a> {
    pub(super) fn of(source: &SourceFile, script: &'a Script, index: usize) -> Self {
        let batches = script.directives.iter().find_map(|placed| {
            let is_it = placed.statement == Some(index) && matches!(placed.directive, Directive::Backfill(_));
            is_it.then(|| words_of(placed.span.of(&source.text)))
        });
        Self { directives: script.statement_directives(index).collect(), batches }
    }
}

/// What comes next.
pub(super) enum Next<'a> {
    /// A statement, or an action of one.
    Work(Box<Work<'a>>),
    /// A change of ids, which has been decided as a whole.
    Rekey(Box<Phases>, Span),
}

impl<'a> Next<'a> {
    fn work(&self) -> Option<&Work<'a>> {
        match self {
            Self::Work(work) => Some(work.as_ref()),
            Self::Rekey(..) => None,
        }
    }
}

/// A migration whose statements are compiled.
pub(super) struct Compiling<'c, 'a> {
    situation: &'c Situation<'a>,
    source: &'c Arc<SourceFile>,
    behind: Behind,
    pub(super) change: OnlineChange,
    pub(super) errors: Vec<Diagnostic>,
    /// Where the operations stand.
    pub(super) spans: Vec<Span>,
}

impl<'c, 'a> Compiling<'c, 'a> {
    pub(super) fn new(situation: &'c Situation<'a>, source: &'c Arc<SourceFile>, change: OnlineChange) -> Self {
        let behind = Behind::default();
        Self { situation, source, behind, change, errors: Vec::new(), spans: Vec::new() }
    }

    /// All statements. One that lets something rest on a column which gets another type comes behind that change.
    pub(super) fn all(&mut self, mut coming: VecDeque<Next<'_>>) {
        let mut waiting = Waiting::default();
        while let Some(next) = coming.pop_front() {
            let work = match next {
                Next::Rekey(phases, span) => {
                    self.rekey(*phases, span);
                    continue;
                }
                Next::Work(work) => *work,
            };
            let Some(work) = waiting.keeps(self.situation, work, coming.iter().filter_map(Next::work)) else {
                continue;
            };
            let is_change = matches!(work.action(), Some((_, TableAction::SetType { .. })));
            self.work(Work { place: self.change.operations.len(), ..work });
            if is_change {
                let free = waiting.released(self.situation, coming.iter().filter_map(Next::work));
                free.into_iter().rev().for_each(|work| coming.push_front(Next::Work(Box::new(work))));
            }
        }
    }

    fn rekey(&mut self, mut phases: Phases, span: Span) {
        let (sent, checks) = std::mem::take(&mut phases.checks).into_iter().partition(is_of_receivers);
        phases.checks = checks;
        phases.sent = if self.change.allows_replicated { Vec::new() } else { sent };
        self.change.operations.push(phases);
        self.spans.push(span);
    }

    fn work(&mut self, work: Work<'_>) {
        let (situation, work) = (self.situation, &work);
        let phases = situation
            .refuse_waiting_names(work)
            .and_then(|()| op::phases(situation, work))
            .and_then(|phases| self.behind.placed(situation, work, phases));
        match phases {
            Ok(mut phases) => {
                self.behind.notes(work, &phases);
                situation.leaves(work, &phases);
                if self.change.allows_replicated || work.directives.iter().any(|directive| allows_replicated(directive))
                {
                    (phases.sent, phases.sent_at_end) = Default::default();
                }
                self.change.operations.push(phases);
                self.spans.push(work.span);
            }
            Err(refusal) => self.errors.push(refusal.into_diagnostic(self.source, work.span)),
        }
        if behind::makes_type(work) {
            self.change.types.push(work.text.clone());
        }
        situation.has_spoken_of(held::spoken_of(work));
    }
}

/// What stands behind `-- limosa: backfill`.
fn words_of(comment: &str) -> String {
    comment.split_once("backfill").map_or("", |(_, words)| words.trim()).to_owned()
}

/// A statement, or the actions of an `ALTER TABLE` apart from each other.
pub(super) fn works<'a>(source: &SourceFile, statement: &Statement, said: &'a Said<'a>) -> Vec<Work<'a>> {
    let text = statement.span.of(&source.text);
    let (directives, batches) = (said.directives.as_slice(), said.batches.as_deref());
    let whole = |command: Command| Work {
        text: text.to_owned(),
        action_text: text.to_owned(),
        command,
        directives,
        batches,
        span: statement.span,
        place: 0,
    };
    let Command::AlterTable { table, view: false, only, actions } = Command::of(text) else {
        return vec![whole(Command::of(text))];
    };
    let parts = part_spans(text);
    if parts.len() != actions.len() {
        return vec![whole(Command::AlterTable { table, view: false, only, actions })];
    }
    let one = |(action, part): (_, Span)| {
        let action_text = part.of(text).to_owned();
        let only_word = if only { "ONLY " } else { "" };
        Work {
            text: format!("ALTER TABLE {only_word}{table} {action_text}"),
            action_text,
            command: Command::AlterTable { table: table.clone(), view: false, only, actions: vec![action] },
            directives,
            batches,
            span: Span::new(statement.span.start + part.start, statement.span.start + part.end),
            place: 0,
        }
    };
    actions.into_iter().zip(parts).map(one).collect()
}
