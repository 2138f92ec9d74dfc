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
    /// What the conditions are made of where other tables are joined.
    join: Option<Join>,
}

/// A join that gives the values.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Join {
    from: String,
    /// True for rows that belong together.
    joined: String,
    /// True where the values are others than those of the table's row, and where they are the same; `None` where they
    /// cannot be compared.
    values: Option<(String, String)>,
}

impl Join {
    /// The conditions of [`StillToDo`]: of a batch, of what it visits, and of what is left. Rows that `but` picks are
    /// left out before their values are worked out, and behind the join, whose condition the planner has to see.
    fn conditions(&self, but: Option<&str>) -> (String, String, String) {
        let (from, joined) = (&self.from, &self.joined);
        let of_others =
            |own: &str, of_these: &str| but.map_or_else(|| own.to_owned(), |but| unless(but, own, of_these));
        let Some((differs, same)) = &self.values else {
            let batch = all([joined.clone()].into_iter().chain(but.map(|but| format!("NOT {but}"))));
            let visited = format!("EXISTS (SELECT FROM {from}\nWHERE {batch})");
            return (batch, visited.clone(), visited);
        };
        let batch = format!("{joined} AND {}", of_others(differs, "false"));
        let visited = format!("EXISTS (SELECT FROM {from}\nWHERE {batch})");
        // One that agrees is enough: of several, any gives the values.
        let left = format!(
            "EXISTS (SELECT FROM {from}\nWHERE {joined}) \
             AND NOT EXISTS (SELECT FROM {from}\nWHERE {joined} AND {})",
            of_others(same, "true")
        );
        (batch, visited, left)
    }
}

/// A condition that is not looked at for rows that another one picks, and has a fixed value for them. Of two conditions
/// beside each other the server looks at the cheaper one first, and may fail there.
fn unless(picked: &str, own: &str, of_picked: &str) -> String {
    format!("CASE WHEN {picked} THEN {of_picked} ELSE ({own}) END")
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

    /// The same, without the rows that a condition over the table's row picks. Of those nothing is asked any more: what
    /// is to become of them may be what cannot be worked out.
    pub(crate) fn but_not(&self, condition: &str) -> Self {
        let without = |own: &str| unless(condition, own, "false");
        let (batch, visited, left) = match &self.join {
            Some(join) => join.conditions(Some(condition)),
            None => (without(&self.batch), without(&self.visited), without(&self.left)),
        };
        Self { batch, visited, left, ..self.clone() }
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
            join: None,
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
                let values = comparable.then(|| (differs(assignments, relation), same(assignments, relation)));
                let join = Join { from: from.clone(), joined: all(given), values };
                let (batch, visited, left) = join.conditions(None);
                Self { batch, visited, left, join: Some(join), ..over_row(String::new(), comparable) }
            }
            RowChange::Insert { values, .. } => {
                let given = all(given);
                let missing = key.and_then(|key| key.missing(values)).map(|missing| format!("{given} AND {missing}"));
                let ends = missing.is_some();
                let left = missing.unwrap_or_else(|| given.clone());
                Self { left, asks_later: true, ..over_row(given, ends) }
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
        let change = RowChange::Set { assignments: vec![change.parse().unwrap()], from: None };
        of(change, condition)
    }

    fn of(change: RowChange, condition: Option<&str>) -> StillToDo {
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
    fn nothing_is_worked_out_for_rows_that_are_left_out() {
        let plain = to_do("year = born::int", None);
        let others = plain.but_not("rejected");
        for (condition, own) in [(others.batch(1), plain.batch(1)), (others.left(), plain.left())] {
            assert_eq!(condition, format!("CASE WHEN rejected THEN false ELSE ({own}) END"));
        }
        let counted = plain.counted_at(7, "patient").but_not("rejected");
        assert_eq!(counted.left(), others.left());

        let change = RowChange::Set {
            assignments: vec!["year = p.born::int".parse().unwrap()],
            from: Some("parent p".to_owned()),
        };
        let joined = of(change, Some("p.id = patient.parent"));
        let others = joined.but_not("rejected");
        // The planner sees what joins.
        assert!(joined.batch(1).starts_with("(p.id = patient.parent\n) AND ("));
        let differs = joined.batch(1).split_once(" AND ").unwrap().1;
        let expected = format!("(p.id = patient.parent\n) AND CASE WHEN rejected THEN false ELSE ({differs}) END");
        assert_eq!(others.batch(1), expected);
        assert!(others.left().contains("AND CASE WHEN rejected THEN true ELSE ("));
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
