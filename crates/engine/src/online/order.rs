//! In which order changes that are open together come to their end.

use limosa_catalog::{Catalog, ColumnName, Entry, Object, ObjectId, Rename};
use limosa_syntax::Diagnostic;

use super::followed::catalog;
use super::record::OnlineRecord;
use super::wire::{ColumnJson, RenameJson};
use crate::executor::Executor;
use crate::run_error::RunError;

/// The name of the finding.
const NOT_IN_ORDER: &str = "not-in-order";

/// Whether a change was only refused because another one has to come to its end first.
pub(super) fn is_out_of_order(error: &RunError) -> bool {
    matches!(error, RunError::Refused(problem) if problem.code.0 == NOT_IN_ORDER)
}

/// Refuses to end a change whose schemas of views rest on others, or others' on its own.
pub(super) fn versions_in_order(
    record: &OnlineRecord,
    others: &[OnlineRecord],
    comes_first: impl Fn(&OnlineRecord) -> bool,
    ended: &str,
    first: &str,
) -> Result<(), RunError> {
    let is_in_the_way =
        |other: &&OnlineRecord| other.is_open() && other.id != record.id && other.is_versioned() && comes_first(other);
    match others.iter().find(is_in_the_way).filter(|_| record.is_versioned()) {
        Some(other) => Err(RunError::Refused(Box::new(
            Diagnostic::error(NOT_IN_ORDER, format!("{} cannot be {ended} before {}", record.version, other.version))
                .with_note("each version has a schema of views, which show what the changes before it have made")
                .with_help(format!("let {} {first} first", other.version)),
        ))),
        None => Ok(()),
    }
}

/// Refuses to rename what the contract of another open change names as it is called now: its scripts were written when
/// it began.
///
/// # Errors
/// The other change; what the server says.
pub(super) async fn names_in_order(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Result<(), RunError> {
    let renames: Vec<Rename> = record.terms.renames.iter().map(RenameJson::read).filter_map(Result::ok).collect();
    let is_staying = |other: &&OnlineRecord| other.is_open() && other.id != record.id && !other.is_versioned();
    let staying: Vec<&OnlineRecord> = others.iter().filter(is_staying).collect();
    if renames.is_empty() || staying.is_empty() {
        return Ok(());
    }
    let catalog = catalog(executor).await?;
    for other in staying {
        let Some(what) = renames.iter().find_map(|rename| named_by(rename, other, &catalog)) else { continue };
        return Err(RunError::Refused(Box::new(
            Diagnostic::error(
                NOT_IN_ORDER,
                format!("{} cannot be contracted before {}", record.version, other.version),
            )
            .with_note(what)
            .with_help(format!("let that one come to its end first: `limosa contract {}`", other.version)),
        )));
    }
    Ok(())
}

/// What of another change would not find a name any more.
fn named_by(rename: &Rename, other: &OnlineRecord, catalog: &Catalog) -> Option<String> {
    match rename {
        Rename::Column { of: ObjectId::Table(table), from, .. } => {
            let column = ObjectId::Column(ColumnName { relation: table.clone(), name: from.clone() });
            let is_made_again = |entry: &Entry<'_>| {
                let is_text = matches!(
                    entry.object(),
                    Object::View(_) | Object::Policy(_) | Object::Trigger(_) | Object::Rule(_) | Object::Function(_)
                );
                is_text && other.terms.reliance.contains_key(&entry.id().to_string())
            };
            let (found, _) = catalog.entry(&column)?.dependents().find(|(entry, _)| is_made_again(entry))?;
            let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
            let names_it = other.contract.split(|sign| !is_part(sign)).any(|word| word == from.as_str());
            names_it.then(|| format!("its contract makes {} again, which reads {}", found.id(), from.for_people()))
        }
        Rename::Object { from: ObjectId::Table(table), .. } => {
            let columns = other.terms.passing.iter().chain(&other.terms.watched);
            let mut tables = columns.map(ColumnJson::read).filter_map(Result::ok).map(|column| column.relation);
            tables.any(|own| own == *table).then(|| format!("it changes {} by this name", table.name.for_people()))
        }
        _ => None,
    }
}
