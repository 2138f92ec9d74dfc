//! Would a timeout of role or database cut migrations short?

use std::time::Duration;

use limosa_postgres::{Row, ServerError, Session};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::{quoted, span};
use super::subject::Subject;

const NAME: CheckName = CheckName::new("timeouts");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// The timeouts that are on, and where they come from; `transaction_timeout` came with PostgreSQL 17. `lock_timeout` is
/// not among them: a run sets its own.
const SQL: &str = "\
SELECT name, setting::bigint, source FROM pg_catalog.pg_settings
WHERE name IN ('statement_timeout', 'transaction_timeout',
               'idle_in_transaction_session_timeout', 'idle_session_timeout')
  AND setting <> '0'
ORDER BY name";

/// A run's sessions are never idle for as long as this.
const LONGEST_IDLE: Duration = Duration::from_secs(5);

/// A timeout that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Timeout {
    name: String,
    after: Duration,
    /// Where it comes from, in the words of `pg_settings`: `user`, `database`, `configuration file` …
    source: String,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let decode = |row: &Row| Timeout {
        name: row.get(0),
        after: Duration::from_millis(u64::try_from(row.get::<_, i64>(1)).unwrap_or_default()),
        source: row.get(2),
    };
    let timeouts: Vec<Timeout> = session.query(SQL, &[]).await?.iter().map(decode).collect();
    let sets_own = subject.target.statement_timeout.is_some();
    Ok(Some(decide(&timeouts, sets_own, &subject.facts.session_user)))
}

/// `sets_own` tells whether the run sets a `statement_timeout` itself.
fn decide(timeouts: &[Timeout], sets_own: bool, login: &str) -> Finding {
    let effect = |timeout: &Timeout| match timeout.name.as_str() {
        "statement_timeout" => (!sets_own).then_some("longer statements are cancelled"),
        "transaction_timeout" => Some("a migration that takes longer loses its connection"),
        _ => (timeout.after < LONGEST_IDLE).then_some("a session that is idle for longer is ended"),
    };
    let cutting: Vec<(&Timeout, &str)> =
        timeouts.iter().filter_map(|timeout| Some((timeout, effect(timeout)?))).collect();
    let Some((first, _)) = cutting.first() else { return NAME.good("no timeout cuts migrations short") };
    let hint = if cutting.iter().all(|(timeout, _)| timeout.name == "statement_timeout") {
        "set `statement_timeout` in [run], which then counts instead".to_owned()
    } else {
        format!("run: ALTER ROLE {} SET {} = 0", quoted(login), first.name)
    };
    let line = |(timeout, effect): &(&Timeout, &str)| {
        format!("{} is {}, from {}: {effect}", timeout.name, span(timeout.after), origin(&timeout.source))
    };
    NAME.warning("timeouts may cut migrations short").with_detail(cutting.iter().map(line)).with_hint(hint)
}

fn origin(source: &str) -> &str {
    match source {
        "user" => "the role",
        "database" => "the database",
        "database user" => "the role in this database",
        "client" => "the connection's options",
        "global" => "the settings of all roles",
        _ => "the server's configuration",
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    fn timeout(name: &str, milliseconds: u64) -> Timeout {
        Timeout { name: name.to_owned(), after: Duration::from_millis(milliseconds), source: "user".to_owned() }
    }

    #[test]
    fn what_a_run_sets_itself_does_not_matter() {
        let statement = [timeout("statement_timeout", 30_000)];
        assert_eq!(decide(&statement, true, "ada").state, FindingState::Good);
        let finding = decide(&statement, false, "ada");
        assert_eq!(finding.state, FindingState::Warning);
        assert_eq!(finding.detail, ["statement_timeout is 30 s, from the role: longer statements are cancelled"]);
        assert!(finding.hint.unwrap().contains("[run]"));
    }

    #[test]
    fn being_idle_for_minutes_is_no_matter() {
        assert_eq!(decide(&[timeout("idle_session_timeout", 600_000)], false, "ada").state, FindingState::Good);
        let finding = decide(&[timeout("idle_session_timeout", 500)], false, "ada");
        assert_eq!(finding.hint.as_deref(), Some("run: ALTER ROLE \"ada\" SET idle_session_timeout = 0"));
        assert_eq!(decide(&[timeout("transaction_timeout", 600_000)], true, "ada").state, FindingState::Warning);
    }
}
