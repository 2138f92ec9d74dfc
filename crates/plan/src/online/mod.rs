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
mod compiling;
mod copy;
mod dependents;
mod domain;
mod expression;
mod family;
mod fill;
mod full_names;
mod going;
mod held;
mod in_hand;
mod lasting;
mod left;
mod left_behind;
mod made_again;
mod named;
mod not_null;
mod numbering;
mod of_parts;
mod op;
mod operand;
mod partitions;
mod phases;
mod privileges;
mod put_back;
mod quarantine;
mod refusal;
mod rekey;
mod reliance;
mod replication;
mod reverse;
mod routines;
mod rows_of;
mod shape;
mod situation;
mod sync;
mod table;
mod touch;
mod trial;
mod trigger_name;
mod versions;
mod watch;
mod way_back;
mod work;

use std::collections::VecDeque;
use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier, InvalidIdentifier};
use limosa_syntax::{Diagnostic, Directive, Script, SourceFile};

pub use dependents::readers;
pub use going::Going;
pub use in_hand::{InHand, Way, held_up_by_open};
pub use phases::{
    Ahead, Carry, EachRow, Growth, Made, OldName, OnlineChange, OnlineCheck, OnlineStep, Phases, Quarantine, Ready,
    Shown, Twins,
};
pub use rekey::{RekeyAsk, RekeyDraft, RekeyEdge, RekeySource, SoftReference, draft_rekey};
pub use reliance::{Reliance, relies_on};
pub use rows_of::RowsOf;
pub use situation::OnlineSettings;
pub use trial::{Trial, TrialStep};
pub use versions::{
    SchemaVersion, VersionChange, VersionSchema, VersionView, VersionedSchema, Versioning, taken_from_versions,
};
pub use watch::{Watch, lost_with_names, said_at_once};

use compiling::{Compiling, Next, Said, works};
use situation::Situation;

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
    let change = OnlineChange { allows_replicated: allowed, ..OnlineChange::default() };
    situation.foresees(source, script);
    // Decided first, since other statements may be about its columns, too; run in its place.
    let mut rekey = match rekey::phases(&situation, source, script) {
        None => None,
        Some(Ok(together)) => Some((Some(together.phases), together.statements)),
        Some(Err(refused)) => {
            return Err(refused.into_iter().map(|(span, refusal)| refusal.into_diagnostic(source, span)).collect());
        }
    };
    let said: Vec<Said<'_>> = (0..script.statements.len()).map(|index| Said::of(source, script, index)).collect();
    let mut coming: VecDeque<Next<'_>> = VecDeque::new();
    for (index, (statement, said)) in script.statements.iter().zip(&said).enumerate() {
        match &mut rekey {
            Some((phases, statements)) if statements.contains(&index) => {
                coming.extend(phases.take().map(|phases| Next::Rekey(Box::new(phases), statement.span)));
            }
            _ => coming.extend(works(source, statement, said).into_iter().map(|work| Next::Work(Box::new(work)))),
        }
    }
    let mut compiling = Compiling::new(&situation, source, change);
    compiling.all(coming);
    let Compiling { mut change, mut errors, mut spans, .. } = compiling;
    for (at, said) in made_again::said_again(&change.operations) {
        spans.extend(spans.get(at).copied());
        change.operations.push(said);
    }
    match ahead::ready(&situation, &change.operations) {
        Ok(ready) => change.ready = ready,
        Err((at, refusal)) => errors.push(match spans.get(at) {
            Some(span) => refusal.into_diagnostic(source, *span),
            None => refusal.into_diagnostic_of(source),
        }),
    }
    change.trials = vec![
        shape::trial(&situation, source, script, (&change.operations, &spans)),
        trial::trial(&situation, source, script, &change.operations),
    ];
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
