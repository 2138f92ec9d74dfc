//! Online change: a migration compiled into scripts that leave old and new clients able to work.
//!
//! Each statement is recognised by one operation ([`op`]), which gives its [`Phases`] as data: what must be so before
//! anything is changed, how both versions become able to work (*expand*), how rows that are there get their values
//! (*backfill*), what rests on those (*complete*), how the old goes (*contract*), and how all of it is taken back
//! before that (*abort*) and afterwards (*reverse*). The phases of all statements are printed as ordinary scripts,
//! which run as any other does: in stages, with short locks, from where they were cut off.
//!
//! What narrows holds when all rows have their values; what widens, and what goes, waits for contract, since the old
//! version may rest on it. So a migration can be aborted without a value lost at any time before.

mod copy;
mod expression;
mod fill;
mod not_null;
mod op;
mod phases;
mod refusal;
mod reliance;
mod replication;
mod situation;
mod sync;

use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier};
use limosa_syntax::{Command, Diagnostic, Directive, Script, SourceFile, Statement, part_spans};

pub use phases::{OldName, OnlineChange, OnlineCheck, OnlineStep, Phases};
pub use reliance::{Reliance, relies_on};
pub use situation::OnlineSettings;

use situation::{Situation, Work};

use crate::numbered_name::NumberedName;

/// Compiles the statements of a migration that is to be run online, for the database that they meet.
///
/// # Errors
/// All statements that cannot be run online, each with the nearest way.
pub fn compile(
    source: &Arc<SourceFile>,
    script: &Script,
    catalog: &Catalog,
    settings: OnlineSettings<'_>,
) -> Result<OnlineChange, Vec<Diagnostic>> {
    let situation = Situation::new(catalog, settings)
        .map_err(|error| vec![Diagnostic::error("not-online", error.to_string()).in_file(source)])?;
    let mut change = OnlineChange::default();
    let mut errors = Vec::new();
    for (index, statement) in script.statements.iter().enumerate() {
        let directives: Vec<&Directive> = script.statement_directives(index).collect();
        let batches = script.directives.iter().find_map(|placed| {
            let is_it = placed.statement == Some(index) && matches!(placed.directive, Directive::Backfill(_));
            is_it.then(|| words_of(placed.span.of(&source.text)))
        });
        for work in works(source, statement, (&directives, batches.as_deref()), change.operations.len()) {
            match op::phases(&situation, &work) {
                Ok(phases) => change.operations.push(phases),
                Err(refusal) => errors.push(refusal.into_diagnostic(source, work.span)),
            }
        }
    }
    if errors.is_empty() { Ok(change) } else { Err(errors) }
}

/// What the names begin with of all that an online change makes for itself: `limosa_online_7_`.
#[must_use]
pub fn online_prefix(history_schema: &Identifier, number: i64) -> String {
    match NumberedName::new(history_schema, "online", number) {
        Ok(name) => format!("{}_", name.start().as_str()),
        Err(_) => format!("online_{number}_"),
    }
}

/// What stands behind `-- limosa: backfill`.
fn words_of(comment: &str) -> String {
    comment.split_once("backfill").map_or("", |(_, words)| words.trim()).to_owned()
}

/// A statement, or the actions of an `ALTER TABLE` apart from each other.
fn works<'a>(
    source: &Arc<SourceFile>,
    statement: &Statement,
    (directives, batches): (&'a [&'a Directive], Option<&'a str>),
    place: usize,
) -> Vec<Work<'a>> {
    let text = statement.span.of(&source.text);
    let whole = |command: Command| Work {
        text: text.to_owned(),
        action_text: text.to_owned(),
        command,
        directives,
        batches,
        span: statement.span,
        place,
    };
    let Command::AlterTable { table, view: false, only, actions } = Command::of(text) else {
        return vec![whole(Command::of(text))];
    };
    let parts = part_spans(text);
    if parts.len() != actions.len() {
        return vec![whole(Command::AlterTable { table, view: false, only, actions })];
    }
    let one = |(at, (action, part)): (usize, (_, limosa_syntax::Span))| {
        let action_text = part.of(text).to_owned();
        let only_word = if only { "ONLY " } else { "" };
        Work {
            text: format!("ALTER TABLE {only_word}{table} {action_text}"),
            action_text,
            command: Command::AlterTable { table: table.clone(), view: false, only, actions: vec![action] },
            directives,
            batches,
            span: limosa_syntax::Span::new(statement.span.start + part.start, statement.span.start + part.end),
            place: place + at,
        }
    };
    actions.into_iter().zip(parts).enumerate().map(one).collect()
}
