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
    /// The query. A line that ends in `--18+` is for major 18 and later, one that ends in `--17-` for 17 and before;
    /// one that ends in `--superuser` or `--others` is for those who ask as such.
    pub(crate) sql: &'static str,
    pub(crate) read: fn(&mut Reading, &mut Columns<'_>) -> Result<(), DecodeError>,
}

impl Question {
    /// The query for someone who asks. It takes one parameter, `text[]`: the schemas that are left out besides those
    /// that begin with `pg_`.
    #[must_use]
    pub fn sql(&self, asker: Asker) -> String {
        let major = asker.major.number();
        let number = |digits: &str| digits.parse::<u16>().ok();
        let mut sql = String::with_capacity(self.sql.len());
        for line in self.sql.lines() {
            let (line, mark) = line.rsplit_once("--").unwrap_or((line, ""));
            let is_meant = match mark {
                "superuser" => asker.is_superuser,
                "others" => !asker.is_superuser,
                _ => match (mark.strip_suffix('+').and_then(number), mark.strip_suffix('-').and_then(number)) {
                    (Some(first), _) => major >= first,
                    (_, Some(last)) => major <= last,
                    _ => true,
                },
            };
            if is_meant {
                sql.push_str(line.trim());
                sql.push('\n');
            }
        }
        sql
    }
}

/// Who asks, and whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The server's major version.
    pub major: ServerMajor,
    /// Whether the current role is a superuser. Others are not shown everything.
    pub is_superuser: bool,
}

/// Everything that is asked, in the order in which the answers have to go to a [`Reader`](super::Reader).
pub fn questions() -> impl Iterator<Item = &'static Question> {
    lookups::FIRST.iter().chain(kind::questions()).chain(&lookups::LAST)
}
