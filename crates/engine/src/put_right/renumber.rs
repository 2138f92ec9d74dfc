//! Histories whose migrations have other versions by now: they are put right before anything else is done.

use std::time::Duration;

use limosa_project::{MigrationSet, RecordedVersion, VersionMove};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::{Who, on_history};
use crate::event::Observer;
use crate::executor::Act;
use crate::history::{self, History};
use crate::lock::{Locked, take_to_write};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open};

/// What a history is put right for.
pub struct RenumberOptions<'a> {
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
}

/// Puts a target's history right, in one transaction with an event `renumber`: rows of migrations that have another
/// version now get it. Gives what moved; nothing, where nothing is to be done.
///
/// # Errors
/// A target that cannot be written to, or a history in which another migration has such a version.
pub async fn renumber(
    target: &Target,
    set: &MigrationSet,
    options: &RenumberOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<VersionMove>, RunError> {
    let opened = open(target).await?;
    if due(set, &opened.history)?.is_empty() {
        opened.session.close().await;
        return Ok(Vec::new());
    }
    let (mut locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let who = Who { actor: &actor, reason: options.reason };
    let result = put_right(target, set, &mut locked, who, observer, stop).await;
    locked.release().await;
    result
}

/// The rows of a history that have another version by what lies beside the migrations.
///
/// # Errors
/// A history in which another migration has such a version.
pub(crate) fn due(set: &MigrationSet, history: &History) -> Result<Vec<VersionMove>, RunError> {
    let rows: Vec<RecordedVersion<'_>> = history
        .rows
        .iter()
        .filter(|row| !row.repeatable)
        .map(|row| RecordedVersion { version: &row.version, checksum: &row.checksum, path: &row.path })
        .collect();
    set.renumbered.moves(&set.shown_folder, &rows).map_err(|error| {
        RunError::Problems(vec![
            Diagnostic::error("versions-meet", error.to_string())
                .with_help("this database ran a migration that the checkout does not know: `limosa status -v`"),
        ])
    })
}

/// Does what is due on a target that is locked, before anything else; its history is then as if it had always been so.
pub(super) async fn put_right(
    target: &Target,
    set: &MigrationSet,
    locked: &mut Locked,
    who: Who<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<VersionMove>, RunError> {
    let moves = due(set, &locked.history)?;
    if moves.is_empty() {
        return Ok(moves);
    }
    let told: Vec<_> = moves.iter().map(|it| json!({ "from": it.from, "to": it.to.as_str() })).collect();
    let act = Act { kind: "renumber", about: None, reason: who.reason, detail: json!({ "moves": told }) };
    let statements = history::renumber(&target.history_schema, &target.service, &moves);
    on_history(target, locked, who, (observer, stop), async |executor| executor.record_act(&act, &statements).await)
        .await?;
    locked.history.renumber(&moves);
    Ok(moves)
}

/// What a look says of what is due.
pub(super) fn told_of_moves(service: &str, moves: &[VersionMove]) -> Option<Diagnostic> {
    let (first, more) = moves.split_first()?;
    let rest = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message =
        format!("the history of `{service}` gets the new versions first: {} becomes {}{rest}", first.from, first.to);
    Some(
        Diagnostic::warning("renumber-due", message)
            .with_note("limosa.renumber says which; migrations are shown with their new versions")
            .with_help("`limosa up` does it before anything else, `limosa renumber` does nothing but that"),
    )
}

impl History {
    /// The same history after these moves.
    pub(crate) fn renumber(&mut self, moves: &[VersionMove]) {
        for row in self.rows.iter_mut().filter(|row| !row.repeatable) {
            if let Some(it) = moves.iter().find(|it| it.from == row.version) {
                row.version = it.to.to_string();
                row.path.clone_from(&it.path);
            }
        }
    }
}
