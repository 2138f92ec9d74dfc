//! What became of rows, without asking anybody.

use std::collections::{BTreeMap, HashMap};

use limosa_catalog::{ColumnName, ObjectName};

use super::proof::{Example, Loss, Lost};
use super::rows::{Clock, Column, Rows, TableRows};

/// What is different in rows that should be the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowsDifference {
    /// What was there and is not.
    pub(crate) losses: Vec<Loss>,
    /// Rows that were not there.
    pub(crate) added: Vec<(ObjectName, u64)>,
    /// Values that are now the time at which something ran, with their number.
    pub(crate) stamped: Vec<(ColumnName, u64)>,
}

type Row = Vec<Option<String>>;

/// Compares the rows of the tables that both have: by the primary key, and where there is none, or where keys are gone,
/// by the values of each column.
pub(crate) fn compare(before: &Rows, after: &Rows) -> RowsDifference {
    let mut difference = RowsDifference::default();
    let during = (&before.read_at, &after.read_at);
    for (name, table) in &before.tables {
        if let Some(found) = after.tables.get(name) {
            Comparison { name, before: table, after: found, during, lost: BTreeMap::new() }.add_to(&mut difference);
        }
    }
    difference
}

struct Comparison<'r> {
    name: &'r ObjectName,
    before: &'r TableRows,
    after: &'r TableRows,
    during: (&'r Clock, &'r Clock),
    lost: BTreeMap<usize, LostValues>,
}

/// What was lost in one column.
#[derive(Debug, Default)]
struct LostValues {
    count: u64,
    stamped: u64,
    example: Option<Example>,
}

impl<'r> Comparison<'r> {
    fn add_to(mut self, difference: &mut RowsDifference) {
        // Where each column is now; what is not there any more reads as null.
        let places: Vec<Option<usize>> = self
            .before
            .columns
            .iter()
            .map(|column| self.after.columns.iter().position(|other| other.name == column.name))
            .collect();
        let moved = |row: &Row| -> Row {
            places.iter().map(|place| place.and_then(|place| row.get(place).cloned()).flatten()).collect()
        };
        let after: Vec<Row> = self.after.rows.iter().map(moved).collect();
        let (pairs, gone, new) = pair(&self.before.key, &self.before.rows, &after);
        for (before, after) in pairs {
            for (place, (value, now)) in before.iter().zip(after).enumerate() {
                if value != now {
                    self.note(place, value.as_ref(), now.as_ref());
                }
            }
        }
        for place in 0..self.before.columns.len() {
            self.note_column(place, &gone, &new);
        }
        let rows_gone = gone.len().saturating_sub(new.len());
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        if rows_gone > 0 {
            let what = Lost::Rows;
            difference.losses.push(Loss { table: self.name.clone(), what, count: count(rows_gone), example: None });
        }
        let rows_new = new.len().saturating_sub(gone.len());
        if rows_new > 0 {
            difference.added.push((self.name.clone(), count(rows_new)));
        }
        for (place, lost) in self.lost {
            let Some(Column { name, .. }) = self.before.columns.get(place) else { continue };
            if lost.count > 0 {
                let what = Lost::Values { column: name.clone() };
                difference.losses.push(Loss {
                    table: self.name.clone(),
                    what,
                    count: lost.count,
                    example: lost.example,
                });
            }
            if lost.stamped > 0 {
                let column = ColumnName { relation: self.name.clone(), name: name.clone() };
                difference.stamped.push((column, lost.stamped));
            }
        }
    }

    fn note(&mut self, place: usize, before: Option<&String>, after: Option<&String>) {
        let is_moment = self.before.columns.get(place).is_some_and(|column| column.is_moment);
        let is_stamped = is_moment && before.is_some() && after.is_some_and(|after| self.is_now(after));
        let lost = self.lost.entry(place).or_default();
        if is_stamped {
            lost.stamped += 1;
            return;
        }
        lost.count += 1;
        if lost.example.is_none() {
            lost.example = Some(Example { before: before.cloned(), after: after.cloned() });
        }
    }

    /// Whether a time lies between the two readings.
    fn is_now(&self, value: &str) -> bool {
        let (from, to) = self.during;
        let is_day = value.len() <= "2000-01-01".len();
        let within = |from: &str, to: &str| {
            let from = if is_day { from.get(..value.len()).unwrap_or(from) } else { from };
            from <= value && value <= to
        };
        within(&from.universal, &to.universal) || within(&from.local, &to.local)
    }

    /// The values of a column that rows without a counterpart had, and that new rows do not have.
    fn note_column(&mut self, place: usize, gone: &[&Row], new: &[&Row]) {
        let values = |rows: &[&Row]| rows.iter().map(|row| row.get(place).cloned().flatten()).collect::<Vec<_>>();
        let (gone, new) = (values(gone), values(new));
        for (value, now) in surplus(&gone, &new).into_iter().zip(surplus(&new, &gone)) {
            self.note(place, value.as_ref(), now.as_ref());
        }
    }
}

/// What is left of a list when each thing in the other was taken out of it once.
fn surplus<'a>(list: &'a [Option<String>], other: &[Option<String>]) -> Vec<&'a Option<String>> {
    let mut counts: HashMap<&Option<String>, usize> = HashMap::new();
    for value in other {
        *counts.entry(value).or_default() += 1;
    }
    let is_left = |value: &&Option<String>| match counts.get_mut(*value).filter(|count| **count > 0) {
        Some(count) => {
            *count -= 1;
            false
        }
        None => true,
    };
    list.iter().filter(is_left).collect()
}

type Paired<'r, 'a> = (Vec<(&'r Row, &'a Row)>, Vec<&'r Row>, Vec<&'a Row>);

/// Rows that are the same by their key, or in all values where there is none; and those left over on both sides.
fn pair<'r, 'a>(key: &[usize], before: &'r [Row], after: &'a [Row]) -> Paired<'r, 'a> {
    let key_of = |row: &Row| -> Row {
        match key {
            [] => row.clone(),
            key => key.iter().map(|place| row.get(*place).cloned().flatten()).collect(),
        }
    };
    let mut waiting: HashMap<Row, Vec<usize>> = HashMap::new();
    for (place, row) in after.iter().enumerate().rev() {
        waiting.entry(key_of(row)).or_default().push(place);
    }
    let (mut pairs, mut gone) = (Vec::new(), Vec::new());
    for row in before {
        match waiting.get_mut(&key_of(row)).and_then(Vec::pop).and_then(|place| after.get(place)) {
            Some(found) => pairs.push((row, found)),
            None => gone.push(row),
        }
    }
    let mut new: Vec<usize> = waiting.into_values().flatten().collect();
    new.sort_unstable();
    (pairs, gone, new.into_iter().filter_map(|place| after.get(place)).collect())
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::*;

    const NULL: &str = "-";

    /// `a@` is a column of times; `*` before its name says that it is part of the key. Rows are separated by `,`.
    fn rows(columns: &str, values: &str, read_at: &str) -> Rows {
        let name = |text: &str| Identifier::new(text.trim_matches(['*', '@'])).unwrap();
        let columns: Vec<&str> = columns.split(' ').collect();
        let key = columns.iter().enumerate().filter(|(_, column)| column.starts_with('*')).map(|(place, _)| place);
        let table = TableRows {
            key: key.collect(),
            columns: columns
                .iter()
                .map(|column| Column { name: name(column), is_moment: column.ends_with('@') })
                .collect(),
            rows: values
                .split(',')
                .filter(|row| !row.is_empty())
                .map(|row| row.split(' ').map(|value| (value != NULL).then(|| value.to_owned())).collect())
                .collect(),
        };
        let patient = ObjectName { schema: name("public"), name: name("patient") };
        let read_at = Clock { universal: read_at.to_owned(), local: String::new() };
        Rows { tables: [(patient, table)].into(), unread: BTreeMap::new(), read_at }
    }

    fn told(columns: &str, before: &str, after: &str) -> Vec<String> {
        let (before, after) = (rows(columns, before, "2026-05-05T10"), rows(columns, after, "2026-05-05T11"));
        let difference = compare(&before, &after);
        let losses = difference.losses.iter().map(ToString::to_string);
        let added = difference.added.iter().map(|(_, rows)| format!("{rows} added"));
        let stamped =
            difference.stamped.iter().map(|(column, count)| format!("{count} of {} stamped", column.name.as_str()));
        losses.chain(added).chain(stamped).map(|it| it.replace("public.patient", "patient")).collect()
    }

    #[test]
    fn rows_are_found_again_by_their_key() {
        assert!(told("*id name", "1 a,2 b", "2 b,1 a").is_empty());
        assert_eq!(told("*id name", "1 a,2 b,3 c", "1 a,2 x,3 -"), ["2 values of patient.name"]);
        assert_eq!(told("*id name", "1 a,2 b", "2 b"), ["1 row of patient"]);
        assert_eq!(told("*id name", "2 b", "1 a,2 b"), ["1 added"]);
    }

    #[test]
    fn rows_with_other_keys_are_compared_column_by_column() {
        assert_eq!(told("*id name", "1 a,2 b", "x a,y b"), ["2 values of patient.id"]);
        assert_eq!(told("name age", "a 1,b 2,b 2", "b 2,a 1,b 3"), ["1 value of patient.age"]);
        assert_eq!(told("name age", "a 1,b 2,c 3", "a 0,b 2"), ["1 row of patient", "1 value of patient.age"]);
        assert!(told("name age", "a 1,a 1", "a 1,a 1").is_empty());
    }

    #[test]
    fn the_time_of_the_run_is_no_loss_where_there_was_a_time() {
        let columns = "*id at@";
        let (was, is) = ("2020-01-01T00", "2026-05-05T10:30");
        assert_eq!(told(columns, &format!("1 {was}"), &format!("1 {is}")), ["1 of at stamped"]);
        assert_eq!(told(columns, "1 -", &format!("1 {is}")), ["1 value of patient.at"]);
        assert_eq!(told(columns, &format!("1 {was}"), "1 2026-05-05T12"), ["1 value of patient.at"]);
        assert_eq!(told(columns, &format!("1 {was}"), "1 2026-05-05"), ["1 of at stamped"], "a day");
        assert_eq!(told("*id at", &format!("1 {was}"), &format!("1 {is}")), ["1 value of patient.at"]);
    }
}
