//! How the values of a column follow from the number of a row.

use limosa_catalog::Literal;

use super::pattern::Pattern;

/// Values that begin again after so many rows count as different.
const MANY: u32 = 30_000;

/// A way to make the value of row 0, 1, 2 ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// None.
    Null,
    /// What the column takes by itself.
    Default,
    /// Always this.
    Constant(String),
    /// With the row's number in it.
    Numbered(Numbered),
    /// What a regular expression matches.
    Pattern(Pattern),
    /// What the referenced table has: the column of this place, of the foreign key of this place.
    Referenced {
        /// Which of the table's foreign keys.
        key: usize,
        /// Which of its columns.
        column: usize,
        /// Which of the keys: one and the one after it can differ where two references have to.
        turn: Turn,
    },
}

/// The order in which keys are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// All of them.
    Each,
    /// All but the greatest.
    ButTheLast,
    /// All but the least, so that each is greater than the one of the same row that is not the greatest.
    ButTheFirst,
}

/// A text around a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) before: String,
    pub(super) after: String,
    /// The number of row 0.
    pub(super) from: i64,
    /// After so many rows it begins again.
    pub(super) period: Option<u32>,
    /// Zeros are put before it up to this width.
    pub(super) digits: usize,
    /// It is an expression rather than the value itself.
    pub(super) is_sql: bool,
}

impl Numbered {
    /// Row 0 has 1, row 1 has 2, and so on, as the value itself.
    pub(super) fn plain() -> Self {
        Self { before: String::new(), after: String::new(), from: 1, period: None, digits: 0, is_sql: false }
    }

    pub(super) fn between(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { before: before.into(), after: after.into(), ..Self::plain() }
    }

    pub(super) fn sql(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { is_sql: true, ..Self::between(before, after) }
    }

    fn text(&self, row: u64) -> String {
        let row = self.period.map_or(row, |period| row % u64::from(period.max(1)));
        let number = self.from.saturating_add(i64::try_from(row).unwrap_or(i64::MAX));
        format!("{}{number:0width$}{}", self.before, self.after, width = self.digits)
    }
}

impl Form {
    /// The value for a row as SQL. `referenced` gives the keys of other tables, as they are there.
    pub(super) fn sql(&self, row: u64, referenced: &[Vec<Vec<String>>]) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Default => "DEFAULT".to_owned(),
            Self::Constant(text) => Literal(text).to_string(),
            Self::Numbered(numbered) if numbered.is_sql => numbered.text(row),
            Self::Numbered(numbered) => Literal(&numbered.text(row)).to_string(),
            Self::Pattern(pattern) => Literal(&pattern.text(row)).to_string(),
            Self::Referenced { key, column, turn } => {
                let keys = referenced.get(*key).map(Vec::as_slice).unwrap_or_default();
                let keys = match turn {
                    Turn::Each => keys,
                    Turn::ButTheLast => keys.split_last().map(|(_, rest)| rest).unwrap_or_default(),
                    Turn::ButTheFirst => keys.get(1..).unwrap_or_default(),
                };
                let nth = usize::try_from(row).unwrap_or(0).checked_rem(keys.len());
                let value = nth.and_then(|nth| keys.get(nth)).and_then(|values| values.get(*column));
                value.map_or_else(|| "NULL".to_owned(), |value| Literal(value).to_string())
            }
        }
    }

    /// Whether every row has a value of its own, or one that lies in another table.
    pub(super) fn varies(&self) -> bool {
        match self {
            Self::Null | Self::Default | Self::Constant(_) => false,
            Self::Numbered(numbered) => numbered.period.is_none_or(|period| period >= MANY),
            Self::Pattern(pattern) => pattern.varies(),
            Self::Referenced { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_in_its_text() {
        let email = Form::Numbered(Numbered::between("user", "@example.com"));
        assert_eq!(email.sql(16, &[]), "'user17@example.com'");
        let code = Form::Numbered(Numbered { digits: 4, period: Some(10), ..Numbered::plain() });
        assert_eq!(code.sql(12, &[]), "'0003'");
        let day = Form::Numbered(Numbered::sql("date '2020-01-01' + ", ""));
        assert_eq!(day.sql(0, &[]), "date '2020-01-01' + 1");
    }

    #[test]
    fn keys_of_another_table_are_taken_in_turn_as_long_as_there_are_any() {
        let referenced = vec![vec![vec!["a".to_owned(), "1".to_owned()], vec!["b".to_owned(), "2".to_owned()]]];
        let second = Form::Referenced { key: 0, column: 1, turn: Turn::Each };
        assert_eq!([0, 1, 2].map(|row| second.sql(row, &referenced)), ["'1'", "'2'", "'1'"]);
        assert_eq!(second.sql(0, &[Vec::new()]), "NULL");
        let [less, greater] =
            [Turn::ButTheLast, Turn::ButTheFirst].map(|turn| Form::Referenced { key: 0, column: 0, turn });
        assert_eq!((less.sql(1, &referenced), greater.sql(1, &referenced)), ("'a'".to_owned(), "'b'".to_owned()));
    }
}
