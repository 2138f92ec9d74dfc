//! Is there room for the connections of a run?

use limosa_postgres::{ConnectError, Row, ServerError, Session};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::count;
use super::subject::{SecondSession, Subject};

const NAME: CheckName = CheckName::new("connections");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("connections.sql");

/// Fewer than this being left, a run may find none: it takes two, and others come and go.
const ROOM: i64 = 4;

/// A limit on connections.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    /// Whose: `server`, `role` or `database`.
    of: String,
    /// How many it allows; negative where it allows any number.
    most: i64,
    /// How many are taken.
    taken: i64,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    // Behind a pooler the server's connections are the pooler's.
    let refused = match &subject.second {
        SecondSession::Open { pooled: false } => None,
        SecondSession::Refused(error) => Some(error),
        SecondSession::Impossible | SecondSession::Open { pooled: true } => return Ok(None),
    };
    let decode = |row: &Row| Limit { of: row.get(0), most: row.get(1), taken: row.get(2) };
    let limits: Vec<Limit> = session.query(SQL, &[]).await?.iter().map(decode).collect();
    Ok(decide(&limits, refused))
}

fn decide(limits: &[Limit], refused: Option<&ConnectError>) -> Option<Finding> {
    if let Some(error) = refused {
        let hint = error.hint().unwrap_or("see what the server's log says of it");
        return Some(
            NAME.bad(format!("a run takes two connections, and the second is refused: {error}")).with_hint(hint),
        );
    }
    let tightest = limits.iter().filter(|limit| limit.most >= 0).min_by_key(|limit| limit.most - limit.taken)?;
    let left = (tightest.most - tightest.taken).max(0);
    let shown = count(usize::try_from(left).unwrap_or_default(), "connection", "connections");
    if left >= ROOM {
        return Some(NAME.good(format!("{shown} of {} are left", tightest.most)));
    }
    let hint = match tightest.of.as_str() {
        "role" => "end idle sessions of this role, or raise its limit: ALTER ROLE … CONNECTION LIMIT …",
        "database" => "end idle sessions of this database, or raise its limit: ALTER DATABASE … CONNECTION LIMIT …",
        _ => "end idle sessions, or raise max_connections",
    };
    let says = format!("only {shown} of the {}'s {} left, and a run takes two", tightest.of, tightest.most);
    Some(NAME.warning(says).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn the_tightest_limit_counts() {
        let limit = |of: &str, most, taken| Limit { of: of.to_owned(), most, taken };
        let good = decide(&[limit("server", 97, 12), limit("role", -1, 3)], None).unwrap();
        assert_eq!((good.state, good.says.as_str()), (FindingState::Good, "85 connections of 97 are left"));
        let tight = decide(&[limit("server", 97, 12), limit("role", 4, 3), limit("database", -1, 9)], None).unwrap();
        assert_eq!(tight.state, FindingState::Warning);
        assert_eq!(tight.says, "only 1 connection of the role's 4 left, and a run takes two");
        assert!(tight.hint.unwrap().contains("ALTER ROLE"));
        assert_eq!(decide(&[limit("role", -1, 3)], None), None);
        let error = ConnectError::TooManyConnections { server: "db:5432".into(), reason: "too many".into() };
        assert_eq!(decide(&[limit("server", 97, 12)], Some(&error)).unwrap().state, FindingState::Bad);
    }
}
