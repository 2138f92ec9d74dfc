//! How far a job has come.

use serde::{Deserialize, Serialize};

use super::order::{Order, PARTS, PASSES};

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
    /// Some pages of a window, in one of the passes over it. One that older versions of Limosa wrote begins its window
    /// again.
    Stride {
        page: u64,
        /// How many pages the window has; none yet, where that is found when it is come to.
        pages: u64,
        /// Counted from 0.
        #[serde(default)]
        pass: u32,
        /// How many of the window's pages are done in this pass.
        #[serde(default)]
        done: u64,
        /// How many pages the batch has; none yet, as above.
        #[serde(default)]
        span: u64,
        /// The round ends before this page: what is written behind it meanwhile is left to the next round.
        end: u64,
    },
    /// Every window is done.
    End(Order),
}

impl Cursor {
    /// The beginning of a round over a table of so many pages.
    pub(crate) fn begin(order: Order, round: u32, table_pages: u64) -> Self {
        let at = match order {
            Order::Key => Position::Key { after: None, last: None },
            Order::Stride => Position::window(0, table_pages),
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
    /// The beginning of a window whose size is found when it is come to.
    fn window(page: u64, end: u64) -> Self {
        Self::Stride { page, pages: 0, pass: 0, done: 0, span: 0, end }
    }

    /// The same with a batch of so many pages at most. A window that is begun gets [`PARTS`] times as many as `usual`,
    /// or about so many that all windows up to the end are alike, since a smaller one would come to fewer batches.
    pub(crate) fn sized(&self, span: u64, usual: u64) -> Self {
        match *self {
            Self::Stride { page, pages, pass, done, end, .. } => {
                let left = end.saturating_sub(page);
                let windows = left.div_ceil((usual * u64::from(PARTS)).max(1)).max(1);
                let pages = if pages == 0 { left.div_ceil(windows) } else { pages };
                let span = span.clamp(1, pages.saturating_sub(done).max(1));
                Self::Stride { page, pages, pass, done, span, end }
            }
            _ => self.clone(),
        }
    }

    /// What follows when this is done: the rest of the pass, the next pass, the next window, or the end. Keys go on
    /// behind `until`, the last key of what was done.
    pub(crate) fn next(&self, until: Option<Vec<String>>) -> Self {
        match *self {
            Self::Key { ref last, .. } => match until {
                Some(key) => Self::Key { after: Some(key), last: last.clone() },
                None => Self::End(Order::Key),
            },
            Self::Stride { page, pages, pass, done, span, end } if done + span < pages => {
                Self::Stride { page, pages, pass, done: done + span, span: 0, end }
            }
            Self::Stride { page, pages, pass, end, .. } if pass + 1 < PASSES => {
                Self::Stride { page, pages, pass: pass + 1, done: 0, span: 0, end }
            }
            Self::Stride { page, pages, end, .. } if page + pages < end => Self::window(page + pages, end),
            Self::Stride { .. } => Self::End(Order::Stride),
            Self::End(order) => Self::End(order),
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
            &Self::Stride { page, pages, pass, done, span, end } => {
                let begun = page + pages;
                let cut = |part: u64| begun + end.saturating_sub(begun) * part / parts;
                let parts = if end.saturating_sub(begun) < LEAST_PAGES * parts { 1 } else { parts.max(1) };
                let ends: Vec<u64> = (1..parts).map(cut).chain([end]).collect();
                let first = Self::Stride { page, pages, pass, done, span, end: ends.first().copied().unwrap_or(end) };
                let later = ends.windows(2).map(|ends| Self::window(ends[0], ends[1]));
                [first].into_iter().chain(later).collect()
            }
            Self::End(order) => vec![Self::End(*order)],
        }
    }

    /// How many pages the batch has.
    pub(crate) fn span(&self) -> Option<u64> {
        match self {
            Self::Stride { span, .. } => Some(*span),
            _ => None,
        }
    }

    /// Whether this is the first pass over a window.
    pub(crate) fn is_first_pass(&self) -> bool {
        matches!(self, Self::Stride { pass: 0, .. })
    }

    /// The last key of a range of keys.
    pub(crate) fn last(&self) -> Option<&[String]> {
        match self {
            Self::Key { last, .. } => last.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_passed_over_so_many_times_whatever_the_sizes() {
        let mut cursor = Cursor::begin(Order::Stride, 1, 40);
        let mut passed = vec![Vec::new(); 60];
        let mut sizes = [(3, 2), (1, 2), (50, 1), (2, 3)].into_iter().cycle();
        while let Position::Stride { .. } = cursor.at {
            let (span, usual) = sizes.next().unwrap();
            cursor.at = cursor.at.sized(span, usual);
            let Position::Stride { page, pass, done, span, .. } = cursor.at else { panic!("{cursor:?}") };
            (page + done..page + done + span).for_each(|page| passed[usize::try_from(page).unwrap()].push(pass));
            cursor = cursor.moved(cursor.at.next(None));
            assert_eq!(Cursor::from_json(&cursor.to_json()), Some(cursor.clone()));
        }
        assert_eq!(cursor.at, Position::End(Order::Stride));
        for (page, passes) in passed.iter().enumerate() {
            let all = if page < 40 { (0..PASSES).collect() } else { Vec::new() };
            assert_eq!(*passes, all, "page {page}");
        }
    }

    #[test]
    fn windows_are_alike() {
        for (usual, expected) in
            [(1, vec![5; 8]), (2, vec![10; 4]), (3, vec![13, 13, 14]), (8, vec![40]), (90, vec![40])]
        {
            let mut windows = Vec::new();
            let mut at = Position::window(0, 40);
            while let Position::Stride { .. } = at {
                at = at.sized(1_000, usual);
                let Position::Stride { page, pages, pass, .. } = at else { panic!("{at:?}") };
                assert!(page + pages <= 40, "{at:?}");
                if pass == 0 {
                    windows.push(pages);
                }
                at = at.next(None);
            }
            windows.sort_unstable();
            assert_eq!(windows, expected, "with batches of {usual} pages");
        }
    }

    #[test]
    fn keys_go_on_behind_the_last_one() {
        let cursor = Cursor::begin(Order::Key, 1, 40);
        let key = vec!["it's".to_owned(), "\\x00".to_owned()];
        let next = cursor.moved(cursor.at.next(Some(key.clone())));
        assert_eq!(next.at, Position::Key { after: Some(key), last: None });
        assert_eq!(Cursor::from_json(&next.to_json()), Some(next.clone()));
        assert_eq!(next.at.next(None), Position::End(Order::Key));
    }

    #[test]
    fn a_batch_becomes_smaller_and_its_window_stays() {
        let position = Position::Stride { page: 64, pages: 36, pass: 3, done: 30, span: 6, end: 100 };
        let smaller = Position::Stride { page: 64, pages: 36, pass: 3, done: 30, span: 2, end: 100 };
        assert_eq!(position.sized(2, 100), smaller);
    }

    #[test]
    fn a_window_of_an_older_version_is_begun_again() {
        let text = r#"{"round":1,"once":false,"at":{"stride":{"page":64,"pages":36,"batch":13,"end":100}}}"#;
        let at = Position::Stride { page: 64, pages: 36, pass: 0, done: 0, span: 0, end: 100 };
        assert_eq!(Cursor::from_json(text).unwrap().at, at);
    }

    #[test]
    fn parts_have_all_rows_and_none_twice() {
        let begun = Position::Stride { page: 128, pages: 64, pass: 3, done: 9, span: 0, end: 1_000 };
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
            let goes_on = matches!(positions[0], Position::Stride { pages: 64, pass: 3, done: 9, end: 192.., .. });
            assert!(goes_on, "{positions:?}");
        }
        let small = Position::Stride { page: 0, pages: 64, pass: 0, done: 0, span: 0, end: 70 };
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
