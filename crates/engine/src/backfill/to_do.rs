//! Which rows are still to do, as SQL.

use std::fmt::Display;

use limosa_catalog::Identifier;
use limosa_syntax::{TokenKind, Tokens};

use super::cursor::{Cursor, Position};
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
    /// Whether rows are asked if they are still to do only from the second round on: what is done shows in another
    /// table, or all were counted.
    asks_later: bool,
    /// Whether a row that is changed twice becomes what it became the first time: its new values rest on others alone.
    repeats_harmlessly: bool,
}

impl StillToDo {
    /// Picks the rows that a batch of this round changes.
    pub(crate) fn batch(&self, round: u32) -> &str {
        if self.asks_later && round > 1 { &self.left } else { &self.batch }
    }

    /// Picks the same rows without what is joined to them.
    pub(crate) fn visited(&self, round: u32) -> &str {
        if self.asks_later && round > 1 { &self.left } else { &self.visited }
    }

    /// What the server is asked for each row of a batch when it is changed: whether it is still to do, since one that
    /// is would be changed again and again. That costs what the condition costs. Where a second change does no harm,
    /// the first pass over a window tells enough, and what it does not tell the end of the round does.
    pub(crate) fn asked_after(&self, cursor: &Cursor) -> Option<&str> {
        let is_later_pass = matches!(cursor.at, Position::Stride { pass: 1.., .. });
        let is_asked = !self.repeats_harmlessly || cursor.round > 1 || !is_later_pass;
        is_asked.then_some(if self.asks_later { &self.left } else { &self.batch })
    }

    /// Picks the rows that are still to do; all that are to be visited, where rows do not tell.
    pub(crate) fn left(&self) -> &str {
        if self.ends { &self.left } else { &self.visited }
    }

    /// Whether it is enough to count rows at the beginning, if all turn out to be still to do: what decides of a row
    /// are its own other columns, so one that nobody has written since then is still to do.
    pub(crate) fn may_be_counted_once(&self) -> bool {
        self.repeats_harmlessly
    }

    /// The same where every row was counted as still to do, and every transaction before this one had ended by then.
    /// The first round takes the rows that were not written since, without working their new values out to compare
    /// them; rows that were are left to the second.
    pub(crate) fn counted_at(&self, transaction: u32, row: impl Display) -> Self {
        let untouched = format!("age({row}.xmin) > age('{transaction}'::xid)");
        Self { batch: untouched.clone(), visited: untouched, asks_later: true, ..self.clone() }
    }

    /// The same, without the rows that a condition over the table's row picks.
    pub(crate) fn but_not(&self, condition: &str) -> Self {
        let without = |own: &str| format!("({own}) AND NOT {condition}");
        Self {
            batch: without(&self.batch),
            visited: without(&self.visited),
            left: without(&self.left),
            ends: self.ends,
            asks_later: self.asks_later,
            repeats_harmlessly: self.repeats_harmlessly,
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
            asks_later: false,
            repeats_harmlessly: false,
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
                let repeats_harmlessly =
                    differs.is_some() && definition.keeps.is_none() && rests_on_others(assignments, relation);
                Self { repeats_harmlessly, ..over_row(all(differs.into_iter().chain(given)), ends) }
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
                Self { batch, visited, left, ends: comparable, asks_later: false, repeats_harmlessly: false }
            }
            RowChange::Insert { values, .. } => {
                let given = all(given);
                let missing = key.and_then(|key| key.missing(values)).map(|missing| format!("{given} AND {missing}"));
                let ends = missing.is_some();
                let left = missing.unwrap_or_else(|| given.clone());
                Self { batch: given.clone(), visited: given, left, ends, asks_later: true, repeats_harmlessly: false }
            }
        }
    }
}

fn all(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") }
}

/// Whether no expression mentions a column that is assigned, or a whole row.
fn rests_on_others(assignments: &[Assignment], relation: &Relation) -> bool {
    let row = relation.alias.as_ref().unwrap_or(&relation.name.name);
    let is_column = |name: &Identifier| assignments.iter().any(|assignment| assignment.column == *name);
    assignments.iter().all(|assignment| {
        let tokens = Tokens::of(&assignment.expression);
        let mut mentions = tokens.words().each().filter_map(|(_, mut at)| Some((at.identifier()?, at)));
        !mentions.any(|(name, mut behind)| {
            let is_one_column =
                behind.take_kind(TokenKind::Dot) && behind.peek().is_some_and(|it| behind.text_of(it) != "*");
            is_column(&name) || (name == *row && !is_one_column)
        })
    })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use limosa_catalog::QualifiedName;

    use super::*;
    use crate::backfill::order::PASSES;

    fn to_do(change: &str, condition: Option<&str>) -> StillToDo {
        let name = QualifiedName { schema: None, name: Identifier::new("patient").unwrap() };
        let relation = Relation {
            oid: 1,
            name,
            is_partitioned: false,
            alias: None,
            rows: None,
            pages: 1,
            key: Vec::new(),
            columns: BTreeMap::new(),
        };
        let change = RowChange::Set { assignments: vec![change.parse().unwrap()], from: None };
        let condition = condition.map(str::to_owned);
        let definition = BackfillDefinition { table: "patient".into(), alias: None, change, condition, keeps: None };
        StillToDo::new(&definition, &relation, true, None)
    }

    #[test]
    fn counted_rows_are_asked_from_the_second_round_on() {
        let plain = to_do("email = lower(mail)", None);
        let counted = plain.counted_at(4_294_967_295, "patient");
        assert_eq!(counted.batch(1), "age(patient.xmin) > age('4294967295'::xid)");
        assert_eq!(counted.batch(2), plain.batch(1));
        assert_eq!(counted.left(), plain.left());
        let first = Cursor::begin(super::super::order::Order::Stride, 1, 1_000);
        assert_eq!(counted.asked_after(&first), Some(plain.left()), "what does not end has to be seen at once");
        assert!(plain.may_be_counted_once());
        assert!(!to_do("email = lower(email)", None).may_be_counted_once());
        assert!(!to_do("email = lower(mail)", Some("email IS NULL")).may_be_counted_once());
    }

    #[test]
    fn each_row_is_asked_after_where_a_second_change_would_do_harm() {
        let window = Cursor::begin(super::super::order::Order::Stride, 1, 1_000);
        let passes = |round: u32| -> Vec<Cursor> {
            let at = |pass| Position::Stride { page: 0, pages: 100, pass, done: 0, span: 100, end: 1_000 };
            (0..PASSES).map(|pass| Cursor { round, ..window.moved(at(pass)) }).collect()
        };
        for (change, condition, harmless) in [
            ("email = lower(mail)", None, true),
            ("email = patient.mail || '*'", None, true),
            ("email = lower(email)", None, false),
            ("email = lower(patient.\"email\")", None, false),
            ("email = f(patient)", None, false),
            ("email = f(patient.*)", None, false),
            ("visits = visits + 1", Some("visits < 10"), false),
            ("email = lower(mail)", Some("email IS NULL"), false),
        ] {
            let to_do = to_do(change, condition);
            let asked = passes(1).iter().filter(|cursor| to_do.asked_after(cursor).is_some()).count();
            assert_eq!(asked, if harmless { 1 } else { PASSES } as usize, "{change} where {condition:?}");
            assert!(passes(2).iter().all(|cursor| to_do.asked_after(cursor).is_some()), "{change}");
        }
    }
}
