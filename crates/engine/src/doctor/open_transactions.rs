//! Are transactions open that would hold up changes of the schema?

use std::time::Duration;

use limosa_catalog::Literal;
use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::{count, more, one_line, span};
use super::subject::Subject;

const NAME: CheckName = CheckName::new("open-transactions");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("open_transactions.sql");

/// Younger transactions are everyday work, which a run waits for.
const WORTH_TELLING: Duration = Duration::from_secs(60);

/// A transaction that has been open for long.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OpenTransaction {
    age: Duration,
    role: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A session's.
    Session { pid: i32, application: Option<String>, state: Option<String>, query: Option<String> },
    /// Prepared for a two-phase commit; it belongs to no session and outlives the server.
    Prepared { gid: String },
}

/// The oldest of them, how many there are, and how many sessions could not be looked into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    oldest: Vec<OpenTransaction>,
    total: usize,
    hidden: usize,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    if subject.target.single_connection {
        return Ok(None);
    }
    Ok(Some(decide(&read(session, WORTH_TELLING).await?)))
}

async fn read(session: &Session, at_least: Duration) -> Result<Seen, ServerError> {
    let rows = session.query(SQL, &[(&at_least.as_secs_f64(), Type::FLOAT8)]).await?;
    let number =
        |column: usize| rows.first().map_or(0, |row| usize::try_from(row.get::<_, i64>(column)).unwrap_or_default());
    Ok(Seen { oldest: rows.iter().filter_map(decode).collect(), total: number(7), hidden: number(8) })
}

fn decode(row: &Row) -> Option<OpenTransaction> {
    let pid: i32 = row.get::<_, Option<i32>>(0)?;
    let kind = match row.get::<_, Option<String>>(6) {
        Some(gid) => Kind::Prepared { gid },
        None => Kind::Session { pid, application: row.get(2), state: row.get(3), query: row.get(5) },
    };
    let age = row.get::<_, Option<f64>>(4).unwrap_or_default();
    Some(OpenTransaction { age: Duration::try_from_secs_f64(age).unwrap_or_default(), role: row.get(1), kind })
}

fn decide(seen: &Seen) -> Finding {
    let hidden = (seen.hidden > 0).then(|| {
        let sessions = count(seen.hidden, "session", "sessions");
        format!("{sessions} of other roles could not be looked into (GRANT pg_read_all_stats would allow it)")
    });
    let Some(oldest) = seen.oldest.first() else {
        return NAME.good("no transaction has been open for more than a minute").with_detail(hidden);
    };
    let open = count(seen.total, "transaction has", "transactions have");
    let hint = match &oldest.kind {
        Kind::Prepared { gid } => format!("run: COMMIT PREPARED {0} or ROLLBACK PREPARED {0}", Literal(gid)),
        Kind::Session { pid, .. } => format!("let it end, or end it with SELECT pg_terminate_backend({pid})"),
    };
    NAME.warning(format!("{open} been open for more than a minute and may hold up changes of the schema"))
        .with_detail(seen.oldest.iter().map(line).chain(more(seen.oldest.len(), seen.total)).chain(hidden))
        .with_hint(hint)
}

fn line(transaction: &OpenTransaction) -> String {
    let mut line = match &transaction.kind {
        Kind::Prepared { gid } => format!("prepared transaction {gid}"),
        Kind::Session { pid, .. } => format!("process {pid}"),
    };
    if let Some(role) = &transaction.role {
        line.push_str(&format!(", role {role}"));
    }
    if let Kind::Session { application, state, .. } = &transaction.kind {
        line.push_str(&application.as_ref().map(|name| format!(", application {name}")).unwrap_or_default());
        line.push_str(&state.as_ref().map(|state| format!(", {state}")).unwrap_or_default());
    }
    line.push_str(&format!(", open for {}", span(transaction.age)));
    if let Kind::Session { query: Some(query), .. } = &transaction.kind {
        line.push_str(&format!(": {}", one_line(query)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn the_oldest_transaction_gives_the_hint() {
        assert_eq!(decide(&Seen::default()).state, FindingState::Good);
        let idle = OpenTransaction {
            age: Duration::from_secs(3_600),
            role: Some("bo".to_owned()),
            kind: Kind::Session {
                pid: 42,
                application: Some("report".to_owned()),
                state: Some("idle in transaction".to_owned()),
                query: Some("SELECT *\n  FROM visit".to_owned()),
            },
        };
        let prepared = OpenTransaction {
            age: Duration::from_secs(200_000),
            role: None,
            kind: Kind::Prepared { gid: "it's".to_owned() },
        };
        let finding = decide(&Seen { oldest: vec![idle.clone()], total: 1, hidden: 2 });
        assert_eq!(finding.state, FindingState::Warning);
        assert_eq!(
            finding.detail[0],
            "process 42, role bo, application report, idle in transaction, open for 60 min: SELECT * FROM visit"
        );
        assert!(finding.detail[1].starts_with("2 sessions of other roles"), "{:?}", finding.detail);
        assert!(finding.hint.unwrap().ends_with("pg_terminate_backend(42)"));

        let finding = decide(&Seen { oldest: vec![prepared, idle], total: 7, hidden: 0 });
        assert_eq!(finding.detail[2], "and 5 more");
        assert_eq!(finding.hint.unwrap(), "run: COMMIT PREPARED 'it''s' or ROLLBACK PREPARED 'it''s'");
    }

    #[tokio::test]
    async fn open_and_prepared_transactions_are_seen_by_the_server() {
        for server in limosa_testkit::servers() {
            let settings = vec![("max_prepared_transactions".to_owned(), "2".to_owned())];
            let options = limosa_testkit::PrivateServerOptions { settings, ..Default::default() };
            let server = limosa_testkit::PrivateServer::start_with(server.major(), options);
            let database = server.fresh_database();
            let connect = async |name: &str| {
                let context = limosa_postgres::ClientContext::default();
                let settings = limosa_postgres::ConnectionSettings::resolve(database.url(), &context).unwrap();
                Session::connect(&settings.with_application_name(name)).await.unwrap()
            };
            let (looking, report) = (connect("doctor").await, connect("report").await);
            assert_eq!(read(&looking, Duration::ZERO).await.unwrap(), Seen::default(), "{}", server.server().major());

            database.execute("BEGIN; CREATE TABLE t (); PREPARE TRANSACTION 'half done'");
            report.flight("BEGIN; SELECT 1").await.unwrap();
            let seen = read(&looking, Duration::ZERO).await.unwrap();
            assert_eq!((seen.total, seen.hidden), (2, 0));
            assert_eq!(seen.oldest[0].kind, Kind::Prepared { gid: "half done".to_owned() });
            let Kind::Session { application, state, query, .. } = &seen.oldest[1].kind else { panic!("{seen:?}") };
            assert_eq!(application.as_deref(), Some("report"));
            assert_eq!(state.as_deref(), Some("idle in transaction"));
            assert_eq!(query.as_deref(), Some("BEGIN; SELECT 1"));
            assert_eq!(read(&looking, WORTH_TELLING).await.unwrap(), Seen::default(), "neither is old");
        }
    }
}
