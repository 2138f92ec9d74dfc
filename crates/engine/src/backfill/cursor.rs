//! How far a job has come.

use serde::{Deserialize, Serialize};

use super::order::{Order, PASSES};

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
    /// The rows behind this key, all where there is none; values as PostgreSQL writes them.
    Key { after: Option<Vec<String>> },
    /// A pass over a window of pages.
    Stride {
        page: u64,
        /// How many pages the window has.
        pages: u64,
        pass: u32,
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
            Order::Key => Position::Key { after: None },
            Order::Stride => Position::Stride { page: 0, pages: window, pass: 0, end: table_pages },
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

impl Position {
    /// What follows when this much is done: the next pass, the next window, of this size, or the end. Keys go on behind
    /// `until`, the last key of what was done.
    pub(crate) fn next(&self, window: u64, until: Option<Vec<String>>) -> Self {
        match *self {
            Self::Key { .. } => match until {
                Some(key) => Self::Key { after: Some(key) },
                None => Self::End(Order::Key),
            },
            Self::Stride { page, pages, pass, end } if pass + 1 < PASSES => {
                Self::Stride { page, pages, pass: pass + 1, end }
            }
            Self::Stride { page, pages, end, .. } if page + pages < end => {
                Self::Stride { page: page + pages, pages: window, pass: 0, end }
            }
            Self::Stride { .. } => Self::End(Order::Stride),
            Self::End(order) => Self::End(order),
        }
    }

    /// The same window, begun again with another size.
    pub(crate) fn resized(&self, window: u64) -> Self {
        match self {
            Self::Stride { page, end, .. } => Self::Stride { page: *page, pages: window, pass: 0, end: *end },
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_passed_over_as_often_as_there_are_passes() {
        let mut cursor = Cursor::begin(Order::Stride, 1, 7, 40);
        let mut passed = vec![Vec::new(); 60];
        let mut window = 7;
        while let Position::Stride { page, pages, pass, .. } = cursor.at {
            (page..page + pages).for_each(|page| passed[usize::try_from(page).unwrap()].push(pass));
            assert_eq!(Cursor::from_json(&cursor.to_json()), Some(cursor.clone()));
            window = if window == 7 { 3 } else { 7 };
            cursor = cursor.moved(cursor.at.next(window, None));
        }
        assert_eq!(cursor.at, Position::End(Order::Stride));
        for (page, passes) in passed.iter().enumerate().take(40) {
            assert_eq!(*passes, (0..PASSES).collect::<Vec<_>>(), "page {page}");
        }
    }

    #[test]
    fn keys_go_on_behind_the_last_one() {
        let cursor = Cursor::begin(Order::Key, 1, 7, 40);
        let key = vec!["it's".to_owned(), "\\x00".to_owned()];
        let next = cursor.moved(cursor.at.next(7, Some(key.clone())));
        assert_eq!(next.at, Position::Key { after: Some(key) });
        assert_eq!(Cursor::from_json(&next.to_json()), Some(next.clone()));
        assert_eq!(next.at.next(7, None), Position::End(Order::Key));
    }

    #[test]
    fn a_window_that_was_too_large_begins_again() {
        let position = Position::Stride { page: 64, pages: 32, pass: 3, end: 100 };
        assert_eq!(position.resized(16), Position::Stride { page: 64, pages: 16, pass: 0, end: 100 });
    }
}
