//! Does the server take writes?

use limosa_postgres::{ServerError, Session};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::quoted;
use super::subject::Subject;

const NAME: CheckName = CheckName::new("primary");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// One row: where `default_transaction_read_only` comes from.
const SQL: &str = "\
SELECT source FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'";

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let facts = &subject.facts;
    if facts.in_recovery || !facts.read_only {
        return Ok(Some(decide(facts.in_recovery, None, &facts.session_user, &facts.database)));
    }
    let rows = session.query(SQL, &[]).await?;
    let source: Option<&str> = rows.first().map(|row| row.get(0));
    Ok(Some(decide(false, source.or(Some("")), &facts.session_user, &facts.database)))
}

/// `read_only_from` is the source of `default_transaction_read_only = on`, in the words of `pg_settings`.
fn decide(in_recovery: bool, read_only_from: Option<&str>, user: &str, database: &str) -> Finding {
    if in_recovery {
        return NAME
            .bad("the server is a standby that follows a primary, and takes no writes")
            .with_hint("use the URL of the primary; `target_session_attrs=read-write` with several hosts finds it");
    }
    let Some(source) = read_only_from else { return NAME.good("the server is a primary and takes writes") };
    let (user, database) = (quoted(user), quoted(database));
    let whose = match source {
        "user" => format!("ROLE {user}"),
        "database" => format!("DATABASE {database}"),
        "database user" => format!("ROLE {user} IN DATABASE {database}"),
        _ => String::new(),
    };
    let hint = match source {
        "client" => "leave default_transaction_read_only out of the URL's options and of PGOPTIONS".to_owned(),
        // The setting holds for whoever wants to undo it, too.
        _ if !whose.is_empty() => {
            format!("run: BEGIN READ WRITE; ALTER {whose} RESET default_transaction_read_only; COMMIT")
        }
        _ => "run: ALTER SYSTEM RESET default_transaction_read_only, then SELECT pg_reload_conf()".to_owned(),
    };
    NAME.bad("default_transaction_read_only is on, so the server takes no writes").with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn what_takes_no_writes_is_bad_and_says_what_to_undo() {
        assert_eq!(decide(false, None, "ada", "clinic").state, FindingState::Good);
        assert_eq!(decide(true, None, "ada", "clinic").state, FindingState::Bad);
        let hint = |source| decide(false, Some(source), "ada", "clinic").hint.unwrap();
        assert!(hint("user").contains("ALTER ROLE \"ada\" RESET default_transaction_read_only"));
        assert!(hint("database user").contains("ROLE \"ada\" IN DATABASE \"clinic\" RESET"));
        assert!(hint("configuration file").contains("ALTER SYSTEM RESET"));
    }
}
