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

mod ahead;
mod behind;
mod copy;
mod dependents;
mod expression;
mod family;
mod fill;
mod full_names;
mod going;
mod held;
mod named;
mod not_null;
mod numbering;
mod op;
mod partitions;
mod phases;
mod plain;
mod privileges;
mod put_back;
mod quarantine;
mod refusal;
mod rekey;
mod reliance;
mod replication;
mod reverse;
mod routines;
mod situation;
mod sync;
mod table;
mod trial;
mod trigger_name;
mod versions;
mod watch;
mod way_back;

use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier, InvalidIdentifier};
use limosa_syntax::{Command, Diagnostic, Directive, Script, SourceFile, Statement, part_spans};

pub use dependents::readers;
pub use going::Going;
pub use phases::{
    Ahead, Carry, EachRow, Growth, Made, OldName, OnlineChange, OnlineCheck, OnlineStep, Phases, Quarantine, Ready,
    Shown, Twins,
};
pub use plain::{InHand, held_up_by_open};
pub use rekey::{RekeyAsk, RekeyDraft, RekeyEdge, RekeySource, SoftReference, draft_rekey};
pub use reliance::{Reliance, relies_on};
pub use situation::OnlineSettings;
pub use trial::{Trial, TrialStep};
pub use versions::{
    SchemaVersion, VersionChange, VersionSchema, VersionView, VersionedSchema, Versioning, taken_from_versions,
};
pub use watch::{Watch, lost_with_names, said_at_once};

use behind::Behind;
use replication::is_of_receivers;
use situation::{Situation, Work};

use crate::numbered_name::NumberedName;

/// The name under which it is allowed that what is sent to others changes.
const REPLICATED: &str = "replicated";

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
    let allowed = script.file_directives().any(allows_replicated);
    let mut change = OnlineChange { allows_replicated: allowed, ..OnlineChange::default() };
    let (mut errors, mut spans) = (Vec::new(), Vec::new());
    situation.foresees(source, script);
    let mut behind = Behind::default();
    // Decided first, since other statements may be about its columns, too; run in its place.
    let mut rekey = match rekey::phases(&situation, source, script) {
        None => None,
        Some(Ok(together)) => Some((Some(together.phases), together.statements)),
        Some(Err(refused)) => {
            return Err(refused.into_iter().map(|(span, refusal)| refusal.into_diagnostic(source, span)).collect());
        }
    };
    for (index, statement) in script.statements.iter().enumerate() {
        if let Some((phases, statements)) = &mut rekey
            && statements.contains(&index)
        {
            if let Some(mut phases) = phases.take() {
                let (sent, checks) = std::mem::take(&mut phases.checks).into_iter().partition(is_of_receivers);
                phases.checks = checks;
                phases.sent = if allowed { Vec::new() } else { sent };
                change.operations.push(phases);
                spans.push(statement.span);
            }
            continue;
        }
        let directives: Vec<&Directive> = script.statement_directives(index).collect();
        let batches = script.directives.iter().find_map(|placed| {
            let is_it = placed.statement == Some(index) && matches!(placed.directive, Directive::Backfill(_));
            is_it.then(|| words_of(placed.span.of(&source.text)))
        });
        for work in works(source, statement, (&directives, batches.as_deref()), change.operations.len()) {
            let phases = situation
                .refuse_waiting_names(&work)
                .and_then(|()| op::phases(&situation, &work))
                .and_then(|phases| behind.placed(&situation, &work, phases));
            match phases {
                Ok(mut phases) => {
                    behind.notes(&situation, &work, &phases);
                    if allowed || directives.iter().any(|directive| allows_replicated(directive)) {
                        (phases.sent, phases.sent_at_end) = Default::default();
                    }
                    change.operations.push(phases);
                    spans.push(work.span);
                }
                Err(refusal) => errors.push(refusal.into_diagnostic(source, work.span)),
            }
            if behind::makes_type(&work) {
                change.types.push(work.text.clone());
            }
            situation.has_spoken_of(held::spoken_of(&work));
        }
    }
    match ahead::ready(&situation, &change.operations) {
        Ok(ready) => change.ready = ready,
        Err((at, refusal)) => errors.push(match spans.get(at) {
            Some(span) => refusal.into_diagnostic(source, *span),
            None => refusal.into_diagnostic_of(source),
        }),
    }
    change.trial = trial::trial(&situation, source, script, &change.operations);
    if let Some(versioning) = settings.versions.filter(|_| errors.is_empty()) {
        match versions::versions(&situation, versioning, &change.operations) {
            Ok(versions) => change.versions = Some(versions),
            Err((at, refusal)) => errors.push(match at.and_then(|at| spans.get(at)) {
                Some(span) => refusal.into_diagnostic(source, *span),
                None => refusal.into_diagnostic_of(source),
            }),
        }
    }
    if errors.is_empty() { Ok(change) } else { Err(errors) }
}

/// The statements that make the schemas of the newest version again, as the tables are and as open changes show them.
///
/// # Errors
/// A name that PostgreSQL cannot take.
pub fn current_version(catalog: &Catalog, settings: OnlineSettings<'_>) -> Result<Vec<String>, InvalidIdentifier> {
    let situation = Situation::new(catalog, settings)?;
    Ok(settings.versions.map(|versioning| versions::current_again(&situation, versioning)).unwrap_or_default())
}

/// What the names begin with of all that an online change makes for itself: `limosa_online_7_`.
#[must_use]
pub fn online_prefix(history_schema: &Identifier, number: i64) -> String {
    match NumberedName::new(history_schema, "online", number) {
        Ok(name) => format!("{}_", name.start().as_str()),
        Err(_) => format!("online_{number}_"),
    }
}

/// Whether a directive says that those are ready to whom tables are replicated.
fn allows_replicated(directive: &Directive) -> bool {
    matches!(directive, Directive::Allow(hazard) if hazard == REPLICATED)
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
