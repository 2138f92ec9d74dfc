//! What a statement of an up script means where a `down` has kept what it makes.
//!
//! The script runs as ever, but what it would make comes back in its place, with the rows and values that it had. What
//! the script wrote into a table was kept with it; what it writes into a column is written where the column is empty.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::Step;
use limosa_syntax::{BatchedChange, Command, Parted, Span, TableAction, Tokens, batched_statement, part_actions};

use super::AsideRecord;
use super::back::{Instead, is_called, keeps_table};

/// A statement writes to something that is kept, and it cannot be told how to leave that alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclear;

impl Instead {
    /// What stands in the place of a statement of an up script; `None` where it runs as it is.
    pub(crate) fn again(step: &Step, sql: &str, records: &[AsideRecord]) -> Result<Option<Self>, Unclear> {
        if let Some(instead) = Self::of(sql, records) {
            return Ok(Some(instead));
        }
        // One with a name is looked for; this one came back with its table.
        if let Command::CreateIndex { name: None, table, .. } = Command::of(sql)
            && keeps_table(records, &table)
        {
            return Ok(Some(Self::Nothing));
        }
        match &step.table {
            Some(table) if keeps_table(records, table) => Ok(in_table(&step.tag, sql)),
            Some(table) if step.tag == "UPDATE" => fill(table, sql, records),
            _ if step.tag == "DO" || starts_with_word(sql, &["SELECT", "CALL", "WITH"]) => {
                if mentions(sql, records) {
                    Err(Unclear)
                } else {
                    Ok(None)
                }
            }
            _ => Ok(None),
        }
    }
}

/// A statement about a table that came back as a whole.
fn in_table(tag: &str, sql: &str) -> Option<Instead> {
    match tag {
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "COPY" | "TRUNCATE TABLE" => Some(Instead::Nothing),
        _ => match Command::of(sql) {
            Command::AlterTable { actions, .. } => {
                let is_done = |action: &TableAction| {
                    matches!(action, TableAction::AddColumn(_) | TableAction::RenameColumn { .. })
                };
                if !actions.iter().any(is_done) {
                    return None;
                }
                let Parted { rest, .. } = part_actions(sql, is_done)?;
                Some(rest.map_or(Instead::Nothing, Instead::Other))
            }
            _ => None,
        },
    }
}

/// An `UPDATE` of a table whose columns came back: it writes where they are empty.
fn fill(table: &QualifiedName, sql: &str, records: &[AsideRecord]) -> Result<Option<Instead>, Unclear> {
    let kept: BTreeSet<&Identifier> = records
        .iter()
        .flat_map(|record| &record.columns)
        .filter(|kept| is_called(&kept.column.relation, table))
        .map(|kept| &kept.column.name)
        .collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let Ok(statement) = batched_statement(sql, Span::new(0, sql.len())) else { return Err(Unclear) };
    let BatchedChange::Update { assignments, .. } = &statement.change else { return Err(Unclear) };
    let assigned: Vec<&Identifier> = assignments.iter().map(|assignment| &assignment.column).collect();
    if !assigned.iter().any(|column| kept.contains(column)) {
        return Ok(None);
    }
    if !assigned.iter().all(|column| kept.contains(column)) {
        return Err(Unclear);
    }
    let row = statement.alias.as_ref().unwrap_or(&table.name);
    let empty: Vec<String> = assigned.iter().map(|column| format!("{row}.{column} IS NULL")).collect();
    let empty = empty.join(" AND ");
    Ok(Some(Instead::Other(match statement.condition {
        Some(condition) => {
            let (before, after) = (sql.get(..condition.start), sql.get(condition.end..));
            let (before, after) = before.zip(after).ok_or(Unclear)?;
            format!("{before}({}\n) AND {empty}{after}", condition.of(sql))
        }
        None => format!("{sql}\nWHERE {empty}"),
    })))
}

fn starts_with_word(sql: &str, words: &[&str]) -> bool {
    Tokens::of(sql).words().at_any(words)
}

/// Whether a text names something that is kept, be it in a string.
fn mentions(sql: &str, records: &[AsideRecord]) -> bool {
    let tables = records.iter().flat_map(|record| record.tables.iter().map(|kept| &kept.name.name));
    let columns = records.iter().flat_map(|record| record.columns.iter().map(|kept| &kept.column.name));
    let names: Vec<String> = tables.chain(columns).map(|name| name.as_str().to_lowercase()).collect();
    let text = sql.to_lowercase();
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    names.iter().any(|name| {
        text.match_indices(name.as_str()).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    })
}

/// The records that come back by a migration which is applied again.
///
/// # Errors
/// A statement writes to one of them in a way that cannot be told, so all stay as they are kept.
pub(crate) fn coming_again(steps: &[(&Step, &str)], records: &[AsideRecord]) -> Result<Vec<AsideRecord>, Unclear> {
    let mut coming = BTreeSet::new();
    for (step, sql) in steps {
        match Instead::again(step, sql, records) {
            Err(Unclear) => return Err(Unclear),
            Ok(Some(_)) if step.losing.is_some() => return Err(Unclear),
            Ok(Some(Instead::Back { records, .. })) => coming.extend(records),
            Ok(_) => {}
        }
    }
    Ok(records.iter().filter(|record| coming.contains(&record.id)).cloned().collect())
}
