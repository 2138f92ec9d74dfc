//! In which order changes that are open together come to their end.

use limosa_catalog::{Catalog, ColumnName, ObjectId, QualifiedName, Rename};
use limosa_plan::readers;
use limosa_syntax::{Command, Diagnostic, Script};

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

/// Refuses what the contract of another open change could not follow: a rename of what that one names as it is called
/// now, since its scripts were written when it began; and what was written on top of that one, where it would stay on
/// what goes with that one.
///
/// # Errors
/// The other change; what the server says.
pub(super) async fn names_in_order(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Result<(), RunError> {
    let is_staying = |other: &&OnlineRecord| other.is_open() && other.id != record.id && !other.is_versioned();
    let staying: Vec<&OnlineRecord> = others.iter().filter(is_staying).collect();
    if staying.is_empty() {
        return Ok(());
    }
    let catalog = catalog(executor).await?;
    for other in staying {
        let is_earlier = other.id < record.id;
        let rests = || {
            if is_earlier && renamed_under(other, record, &catalog).is_none() { rests_on(record, other) } else { None }
        };
        let Some(what) = renamed_under(record, other, &catalog).or_else(rests) else { continue };
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

/// Refuses to let something go with a column that another open change has made on it: a copy of an index that both
/// columns are in.
///
/// # Errors
/// The other change.
pub(super) fn made_by_others(
    record: &OnlineRecord,
    others: &[OnlineRecord],
    made: &[&String],
    own_names: impl Fn(i64) -> String,
) -> Result<(), RunError> {
    let found = others.iter().filter(|other| other.is_open() && other.id != record.id).find_map(|other| {
        let prefix = own_names(other.id);
        Some((other, made.iter().find(|object| object.contains(&prefix))?))
    });
    match found {
        Some((other, object)) => Err(RunError::Refused(Box::new(
            Diagnostic::error(
                NOT_IN_ORDER,
                format!("{} cannot be contracted before {}", record.version, other.version),
            )
            .with_note(format!("{object} is of that one, and would go with a column of this one"))
            .with_help(format!("let that one come to its end first: `limosa contract {}`", other.version)),
        ))),
        None => Ok(()),
    }
}

/// What of another change would not find a name any more if this one were contracted.
fn renamed_under(record: &OnlineRecord, other: &OnlineRecord, catalog: &Catalog) -> Option<String> {
    let renames = record.terms.renames.iter().map(RenameJson::read).filter_map(Result::ok);
    renames.into_iter().find_map(|rename| named_by(&rename, other, catalog))
}

/// What the contract of a change makes that would be on the way of the contract of an earlier one, which could not know
/// of it.
fn rests_on(record: &OnlineRecord, earlier: &OnlineRecord) -> Option<String> {
    let renames = earlier.terms.renames.iter().map(RenameJson::read).filter_map(Result::ok);
    let read = |rename: Rename| match rename {
        Rename::Column { of: ObjectId::Table(table), to, .. } => {
            let is_read = reads(&record.contract, to.as_str()) && reads(&record.contract, table.name.as_str());
            is_read.then(|| {
                let (to, table) = (to.for_people(), table.name.for_people());
                format!("its contract names {to} of {table}, which is a copy until the one of {}", earlier.version)
            })
        }
        _ => None,
    };
    let made_twice = || {
        let theirs = views_made(&earlier.contract);
        let is_theirs = |view: &QualifiedName| theirs.iter().any(|it| it.name == view.name);
        let view = views_made(&record.contract).into_iter().find(is_theirs)?;
        Some(format!(
            "both make the view {} again, and what {} says of it is newer",
            view.name.for_people(),
            record.version
        ))
    };
    renames.into_iter().find_map(read).or_else(made_twice)
}

/// The views that a script makes.
fn views_made(script: &str) -> Vec<QualifiedName> {
    let made = |statement: &limosa_syntax::Statement| match Command::of(statement.span.of(script)) {
        Command::CreateView { name, .. } => Some(name),
        _ => None,
    };
    Script::parse(script).statements.iter().filter_map(made).collect()
}

/// What of another change would not find a name any more.
fn named_by(rename: &Rename, other: &OnlineRecord, catalog: &Catalog) -> Option<String> {
    match rename {
        Rename::Column { of: ObjectId::Table(table), from, to } => {
            let column = ObjectId::Column(ColumnName { relation: table.clone(), name: from.clone() });
            let changed = other.terms.watched.iter().filter_map(|column| column.read().ok());
            let changed = changed.filter_map(|column| catalog.entry(&ObjectId::Column(column))).collect();
            let made_again = readers(changed, |_| true);
            let mut dependents = catalog.entry(&column)?.dependents();
            let (found, _) = dependents.find(|(entry, _)| made_again.contains(entry.id()))?;
            let ready = other.terms.ready.transactions.iter().flatten();
            let text = std::iter::once(&other.contract).chain(ready).map(String::as_str).collect::<Vec<_>>().join("\n");
            is_written_before(&text, from.as_str(), to.as_str())
                .then(|| format!("its contract makes {} again, which reads {}", found.id(), from.for_people()))
        }
        Rename::Object { from: ObjectId::Table(table), .. } => {
            let columns = other.terms.passing.iter().chain(&other.terms.watched);
            let mut tables = columns.map(ColumnJson::read).filter_map(Result::ok).map(|column| column.relation);
            tables.any(|own| own == *table).then(|| format!("it changes {} by this name", table.name.for_people()))
        }
        _ => None,
    }
}

/// Whether a text reads a column by the name that it has before a rename. One that reads the name it has afterwards is
/// written for then.
fn is_written_before(text: &str, from: &str, to: &str) -> bool {
    reads(text, from) && !reads(text, to)
}

/// Whether a name is among a text's words, other than behind `AS`: that gives it to something else.
fn reads(text: &str, name: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    let words: Vec<&str> = text.split(|sign| !is_part(sign)).filter(|word| !word.is_empty()).collect();
    let is_read = |(at, word): (usize, &&str)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        word.eq_ignore_ascii_case(name) && before.is_none_or(|before| !before.eq_ignore_ascii_case("as"))
    };
    words.iter().enumerate().any(is_read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_a_column_by_its_old_name_or_by_its_new_one() {
        for (text, expected) in [
            ("CREATE VIEW v AS SELECT v.kind FROM v", true),
            ("CREATE VIEW v AS SELECT \"v\".\"kind\" FROM v", true),
            ("CREATE VIEW v AS SELECT v.sort AS kind FROM v", false),
            ("CREATE VIEW v AS SELECT v.id AS kind FROM v", false),
            ("CREATE VIEW v AS SELECT v.kinds FROM v", false),
            ("CREATE VIEW v AS SELECT v.kind AS sort FROM v", true),
        ] {
            assert_eq!(is_written_before(text, "kind", "sort"), expected, "{text}");
        }
    }
}
