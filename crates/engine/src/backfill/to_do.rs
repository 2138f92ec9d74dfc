//! Which rows are still to do, as SQL.

use super::definition::{Assignment, BackfillDefinition, RowChange};
use super::relation::{Relation, TargetKey};

/// What is known about the rows that are still to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StillToDo {
    /// True for the rows that a batch changes; over the table's row and, in a join, over those that are joined to it.
    batch: String,
    /// The same over the table's row alone.
    visited: String,
    /// True for rows that nobody has done yet, over the table's row alone.
    left: String,
    /// Whether `left` is no longer true for a row that is done, as far as the definition tells; the server is asked
    /// for each row, too.
    pub(crate) ends: bool,
    /// Whether what is done shows in another table, and is worth a look only in the second round.
    copies: bool,
}

impl StillToDo {
    /// Picks the rows that a batch of this round changes.
    pub(crate) fn batch(&self, round: u32) -> &str {
        if self.copies && round > 1 { &self.left } else { &self.batch }
    }

    /// Picks the same rows without what is joined to them.
    pub(crate) fn visited(&self, round: u32) -> &str {
        if self.copies && round > 1 { &self.left } else { &self.visited }
    }

    /// Picks the rows that are still to do; all that are to be visited, where rows do not tell.
    pub(crate) fn left(&self) -> &str {
        if self.ends { &self.left } else { &self.visited }
    }

    /// The same, without the rows that a condition over the table's row picks.
    pub(crate) fn but_not(&self, condition: &str) -> Self {
        let without = |own: &str| format!("({own}) AND NOT {condition}");
        Self {
            batch: without(&self.batch),
            visited: without(&self.visited),
            left: without(&self.left),
            ends: self.ends,
            copies: self.copies,
        }
    }

    /// What a definition tells. `comparable` says whether the values of its columns can be compared, `key` where the
    /// rows of an insert are found again.
    pub(crate) fn new(
        definition: &BackfillDefinition,
        relation: &Relation,
        comparable: bool,
        key: Option<&TargetKey>,
    ) -> Self {
        // A condition may end in a comment.
        let given = definition.condition.as_ref().map(|condition| format!("({condition}\n)"));
        let over_row = |condition: String, ends| Self {
            batch: condition.clone(),
            visited: condition.clone(),
            left: condition,
            ends,
            copies: false,
        };
        match &definition.change {
            RowChange::Delete => over_row(all(given), true),
            RowChange::Generate { column, .. } => {
                let empty = format!("{}.{column} IS NULL", relation.row());
                over_row(all([empty].into_iter().chain(given)), true)
            }
            RowChange::Set { assignments, from: None } => {
                let differs = (given.is_none() && comparable).then(|| differs(assignments, relation));
                let ends = given.is_some() || comparable;
                over_row(all(differs.into_iter().chain(given)), ends)
            }
            RowChange::Set { assignments, from: Some(from) } => {
                // A condition joins, and says nothing of what is done: only the values do.
                let joined = all(given);
                let differs = comparable.then(|| differs(assignments, relation));
                let batch = all([joined.clone()].into_iter().chain(differs));
                let visited = format!("EXISTS (SELECT FROM {from}\nWHERE {batch})");
                let left = if comparable {
                    let same = same(assignments, relation);
                    // One that agrees is enough: of several, any gives the values.
                    format!(
                        "EXISTS (SELECT FROM {from}\nWHERE {joined}) \
                         AND NOT EXISTS (SELECT FROM {from}\nWHERE {joined} AND {same})"
                    )
                } else {
                    visited.clone()
                };
                Self { batch, visited, left, ends: comparable, copies: false }
            }
            RowChange::Insert { values, .. } => {
                let given = all(given);
                let missing = key.and_then(|key| key.missing(values)).map(|missing| format!("{given} AND {missing}"));
                let ends = missing.is_some();
                let left = missing.unwrap_or_else(|| given.clone());
                Self { batch: given.clone(), visited: given, left, ends, copies: true }
            }
        }
    }
}

fn all(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") }
}

fn differs(assignments: &[Assignment], relation: &Relation) -> String {
    let row = relation.row();
    let each = assignments.iter().map(|it| format!("{row}.{} IS DISTINCT FROM ({}\n)", it.column, it.expression));
    format!("({})", each.collect::<Vec<_>>().join(" OR "))
}

fn same(assignments: &[Assignment], relation: &Relation) -> String {
    let row = relation.row();
    let each = assignments.iter().map(|it| format!("{row}.{} IS NOT DISTINCT FROM ({}\n)", it.column, it.expression));
    each.collect::<Vec<_>>().join(" AND ")
}
