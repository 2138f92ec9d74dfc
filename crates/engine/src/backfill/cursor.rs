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
    /// Where every row was counted as still to do: the transaction before which all had ended by then. A row that none
    /// has written since need not be asked again whether it is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counted_at: Option<u32>,
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
            Order::Stride => Position::window(0, window, table_pages),
        };
        Self { round, once: false, counted_at: None, at }
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
    /// The beginning of a window of about so many pages: as many as make all windows up to the end alike, since one
    /// that reaches beyond it would come to fewer and larger batches than a window should have.
    fn window(page: u64, pages: u64, end: u64) -> Self {
        let left = end.saturating_sub(page);
        let windows = left.div_ceil(pages.max(1)).max(1);
        // A window that is to be made when it is come to has no pages yet.
        let pages = if pages == 0 { 0 } else { left.div_ceil(windows) };
        Self::Stride { page, pages, batch: 0, end }
    }

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
            &Self::Stride { page, pages, end, .. } if page + pages < end => Self::window(page + pages, window, end),
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

    /// How many pages the window has.
    pub(crate) fn pages(&self) -> Option<u64> {
        match self {
            Self::Stride { pages, .. } => Some(*pages),
            _ => None,
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
            Self::Stride { page, end, .. } => Self::window(*page, window, *end),
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
    fn no_window_reaches_beyond_the_end_of_its_range() {
        for (wanted, expected) in [(7, vec![7, 7, 6, 6, 7, 7]), (40, vec![40]), (25_000, vec![40]), (39, vec![20, 20])]
        {
            let mut windows = Vec::new();
            let mut at = Position::window(0, wanted, 40);
            while let Position::Stride { page, pages, batch, end } = at {
                assert!(page + pages <= end, "{at:?}");
                if batch == 0 {
                    windows.push(pages);
                }
                at = at.next(wanted, None);
            }
            windows.sort_unstable();
            let mut expected = expected;
            expected.sort_unstable();
            assert_eq!(windows, expected, "{wanted} pages are wanted");
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
        let position = Position::Stride { page: 64, pages: 36, batch: 3, end: 100 };
        assert_eq!(position.resized(16), Position::Stride { page: 64, pages: 12, batch: 0, end: 100 });
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
