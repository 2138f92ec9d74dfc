//! How far a job has come.

use serde::{Deserialize, Serialize};

use super::order::{BATCHES, Order};

/// What comes next. The rows of earlier windows are done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Counted from 1: a round visits the whole table.
    pub(crate) round: u32,
    /// Whether rows do not tell that they are done, so that each must be visited once and no second round can follow.
    pub(crate) once: bool,
    pub(crate) at: Position,
}

/// Where in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Position {
    /// The rows behind the one key and up to the other, without end where there is none; values as PostgreSQL writes
    /// them.
    Key {
        after: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<Vec<String>>,
    },
    /// A batch of a window of pages: a pass over one of its parts.
    Stride {
        page: u64,
        /// How many pages the window has.
        pages: u64,
        /// Counted from 0: all parts of the window's first pass, then those of the second.
        batch: u32,
        /// The round ends before this page: what is written behind it meanwhile is left to the next round.
        end: u64,
    },
    /// Every window is done.
    End(Order),
}

impl Cursor {
    /// The beginning of a round over a table of so many pages, with a window of so many.
    pub(crate) fn begin(order: Order, round: u32, window: u64, table_pages: u64) -> Self {
        let at = match order {
            Order::Key => Position::Key { after: None, last: None },
            Order::Stride => Position::Stride { page: 0, pages: window, batch: 0, end: table_pages },
        };
        Self { round, once: false, at }
    }

    /// The order that it follows.
    pub(crate) fn order(&self) -> Order {
        match self.at {
            Position::Key { .. } => Order::Key,
            Position::Stride { .. } => Order::Stride,
            Position::End(order) => order,
        }
    }

    /// The same round, elsewhere.
    pub(crate) fn moved(&self, at: Position) -> Self {
        Self { at, ..self.clone() }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A part of a table has so many pages at least.
const LEAST_PAGES: u64 = 32;

impl Position {
    /// What follows when this much is done: the next batch of the window, the next window, of this size, or the end.
    /// Keys go on behind `until`, the last key of what was done.
    pub(crate) fn next(&self, window: u64, until: Option<Vec<String>>) -> Self {
        match self {
            Self::Key { last, .. } => match until {
                Some(key) => Self::Key { after: Some(key), last: last.clone() },
                None => Self::End(Order::Key),
            },
            &Self::Stride { page, pages, batch, end } if batch + 1 < BATCHES => {
                Self::Stride { page, pages, batch: batch + 1, end }
            }
            &Self::Stride { page, pages, end, .. } if page + pages < end => {
                Self::Stride { page: page + pages, pages: window, batch: 0, end }
            }
            Self::Stride { .. } => Self::End(Order::Stride),
            Self::End(order) => Self::End(*order),
        }
    }

    /// The same rows as several positions, none of which has rows of another. Keys are parted behind each of `bounds`,
    /// which lie in their order; pages evenly, behind the window that was begun.
    pub(crate) fn parted(&self, parts: u64, bounds: Vec<Vec<String>>) -> Vec<Self> {
        match self {
            Self::Key { after, last } => {
                let mut after = after.clone();
                let mut positions = Vec::new();
                for bound in bounds {
                    positions.push(Self::Key { after: after.take(), last: Some(bound.clone()) });
                    after = Some(bound);
                }
                positions.push(Self::Key { after, last: last.clone() });
                positions
            }
            &Self::Stride { page, pages, batch, end } => {
                let begun = page + pages;
                let cut = |part: u64| begun + end.saturating_sub(begun) * part / parts;
                let parts = if end.saturating_sub(begun) < LEAST_PAGES * parts { 1 } else { parts.max(1) };
                let ends: Vec<u64> = (1..parts).map(cut).chain([end]).collect();
                let first = Self::Stride { page, pages, batch, end: ends.first().copied().unwrap_or(end) };
                let later =
                    ends.windows(2).map(|ends| Self::Stride { page: ends[0], pages: 0, batch: 0, end: ends[1] });
                [first].into_iter().chain(later).collect()
            }
            Self::End(order) => vec![Self::End(*order)],
        }
    }

    /// The last key of a range of keys.
    pub(crate) fn last(&self) -> Option<&[String]> {
        match self {
            Self::Key { last, .. } => last.as_deref(),
            _ => None,
        }
    }

    /// The same window, begun again with another size.
    pub(crate) fn resized(&self, window: u64) -> Self {
        match self {
            Self::Stride { page, end, .. } => Self::Stride { page: *page, pages: window, batch: 0, end: *end },
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_has_all_its_batches() {
        let mut cursor = Cursor::begin(Order::Stride, 1, 7, 40);
        let mut passed = vec![Vec::new(); 60];
        let mut window = 7;
        while let Position::Stride { page, pages, batch, .. } = cursor.at {
            (page..page + pages).for_each(|page| passed[usize::try_from(page).unwrap()].push(batch));
            assert_eq!(Cursor::from_json(&cursor.to_json()), Some(cursor.clone()));
            window = if window == 7 { 3 } else { 7 };
            cursor = cursor.moved(cursor.at.next(window, None));
        }
        assert_eq!(cursor.at, Position::End(Order::Stride));
        for (page, passes) in passed.iter().enumerate().take(40) {
            assert_eq!(*passes, (0..BATCHES).collect::<Vec<_>>(), "page {page}");
        }
    }

    #[test]
    fn keys_go_on_behind_the_last_one() {
        let cursor = Cursor::begin(Order::Key, 1, 7, 40);
        let key = vec!["it's".to_owned(), "\\x00".to_owned()];
        let next = cursor.moved(cursor.at.next(7, Some(key.clone())));
        assert_eq!(next.at, Position::Key { after: Some(key), last: None });
        assert_eq!(Cursor::from_json(&next.to_json()), Some(next.clone()));
        assert_eq!(next.at.next(7, None), Position::End(Order::Key));
    }

    #[test]
    fn a_window_that_was_too_large_begins_again() {
        let position = Position::Stride { page: 64, pages: 32, batch: 3, end: 100 };
        assert_eq!(position.resized(16), Position::Stride { page: 64, pages: 16, batch: 0, end: 100 });
    }

    #[test]
    fn parts_have_all_rows_and_none_twice() {
        let begun = Position::Stride { page: 128, pages: 64, batch: 3, end: 1_000 };
        for parts in 1..9 {
            let positions = begun.parted(parts, Vec::new());
            let mut behind = 128;
            for position in &positions {
                let Position::Stride { page, end, .. } = *position else { panic!("{position:?}") };
                assert_eq!(page, behind, "{positions:?}");
                assert!(end > page, "{positions:?}");
                behind = end;
            }
            assert_eq!((behind, positions.len() as u64), (1_000, parts), "{positions:?}");
            assert!(matches!(positions[0], Position::Stride { pages: 64, batch: 3, end: 192.., .. }), "{positions:?}");
        }
        let small = Position::Stride { page: 0, pages: 64, batch: 0, end: 70 };
        assert_eq!(small.parted(4, Vec::new()), vec![small.clone()]);

        let key = |text: &str| Some(vec![text.to_owned()]);
        let rest = Position::Key { after: key("b"), last: key("x") };
        let bounds = vec![vec!["g".to_owned()], vec!["p".to_owned()]];
        let expected = [("b", "g"), ("g", "p"), ("p", "x")];
        let expected = expected.map(|(after, last)| Position::Key { after: key(after), last: key(last) });
        assert_eq!(rest.parted(3, bounds), expected);
        assert_eq!(rest.parted(3, Vec::new()), [rest]);
    }

    #[test]
    fn a_key_without_an_end_is_read_as_older_versions_wrote_it() {
        let text = r#"{"round":1,"once":false,"at":{"key":{"after":["7"]}}}"#;
        let cursor = Cursor::from_json(text).unwrap();
        assert_eq!(cursor.at, Position::Key { after: Some(vec!["7".to_owned()]), last: None });
        assert_eq!(cursor.to_json(), text);
    }
}
