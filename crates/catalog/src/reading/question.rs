//! What is asked of a server.

use super::Reading;
use super::lookups;
use crate::kind;
use crate::row::{Columns, DecodeError};
use crate::version::ServerMajor;

/// One query to the system catalogs and how its rows are understood.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// What it asks about, for messages: `tables`.
    pub about: &'static str,
    /// The query. A line that ends in `--18+` is for major 18 and later, one that ends in `--17-` for 17 and before.
    pub(crate) sql: &'static str,
    pub(crate) read: fn(&mut Reading, &mut Columns<'_>) -> Result<(), DecodeError>,
}

impl Question {
    /// The query for a server of this major version. It takes one parameter, `text[]`: the schemas that are left out
    /// besides the system's own, such as the one that holds the history.
    #[must_use]
    pub fn sql(&self, major: ServerMajor) -> String {
        let is_for = |line: &&str| {
            let Some((_, mark)) = line.rsplit_once("--") else { return true };
            let number = |digits: &str| digits.parse::<u16>().ok();
            match (mark.strip_suffix('+').and_then(number), mark.strip_suffix('-').and_then(number)) {
                (Some(first), _) => major.number() >= first,
                (_, Some(last)) => major.number() <= last,
                _ => true,
            }
        };
        let lines = self.sql.lines().filter(is_for).map(|line| line.rsplit_once("--").map_or(line, |(sql, _)| sql));
        lines.fold(String::with_capacity(self.sql.len()), |sql, line| sql + line.trim() + "\n")
    }
}

/// Everything that is asked, in the order in which the answers have to go to a [`Reader`](super::Reader).
pub fn questions() -> impl Iterator<Item = &'static Question> {
    lookups::FIRST.iter().chain(kind::questions()).chain(&lookups::LAST)
}
