//! Is there the history of another tool?

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{Row, ServerError, Session, Type};
use limosa_project::is_history_table;

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::count;
use super::subject::Subject;

const NAME: CheckName = CheckName::new("old-history");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// Every table outside the server's own schemas and the history's: one pass over `pg_class`.
const TABLES_SQL: &str = "\
SELECT n.nspname::text, c.relname::text,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', $1)
ORDER BY 1, 2";

/// Counting waits for whoever changes the table, and reads it whole; neither may take long.
const LIMITS_SQL: &str = "SET LOCAL lock_timeout = '300ms'; SET LOCAL statement_timeout = '2s'";

/// A table that looks like a history.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OldHistory {
    table: QualifiedName,
    /// `None` where it may not be read, or not now.
    rows: Option<u64>,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let own = subject.target.history_schema.as_str();
    let rows = session.query(TABLES_SQL, &[(&own, Type::TEXT)]).await?;
    let found: Vec<(QualifiedName, bool)> = rows.iter().filter_map(decode).collect();
    let readable: Vec<&QualifiedName> =
        found.iter().filter(|(_, readable)| *readable).map(|(table, _)| table).collect();
    let mut counts = count_rows(session, &readable).await.into_iter();
    let histories: Vec<OldHistory> = found
        .iter()
        .map(|(table, readable)| {
            let rows = if *readable { counts.next().flatten() } else { None };
            OldHistory { table: table.clone(), rows }
        })
        .collect();
    let is_new = subject.history.as_ref().is_ok_and(|history| history.rows.is_empty());
    Ok(Some(decide(&histories, is_new)))
}

fn decode(row: &Row) -> Option<(QualifiedName, bool)> {
    let name: &str = row.get(1);
    if !is_history_table(name) {
        return None;
    }
    let schema = Identifier::new(row.get::<_, &str>(0)).ok()?;
    Some((QualifiedName { schema: Some(schema), name: Identifier::new(name).ok()? }, row.get(2)))
}

/// One message, so that its limits end with it; one that is refused leaves the counts out.
async fn count_rows(session: &Session, tables: &[&QualifiedName]) -> Vec<Option<u64>> {
    if tables.is_empty() {
        return Vec::new();
    }
    let counts: Vec<String> = tables.iter().map(|table| format!("(SELECT count(*) FROM {table})")).collect();
    let flight = session.flight(&format!("{LIMITS_SQL}; SELECT {}", counts.join(", "))).await;
    let row = flight.ok().and_then(|flight| flight.rows.into_iter().next()).unwrap_or_default();
    row.into_iter().map(|number| number?.parse().ok()).collect()
}

/// `is_new` tells whether Limosa has applied nothing here yet.
fn decide(histories: &[OldHistory], is_new: bool) -> Finding {
    if histories.is_empty() {
        return NAME.good("no history of another tool is there");
    }
    let tables = count(histories.len(), "table looks", "tables look");
    let lines = histories.iter().map(|history| {
        let schema = history.table.schema.as_ref().map_or("", Identifier::as_str);
        let rows = match history.rows {
            Some(rows) => format!("{rows} rows"),
            None => "not readable".to_owned(),
        };
        format!("{schema}.{}: {rows}", history.table.name.as_str())
    });
    let in_use = histories.iter().any(|history| history.rows != Some(0));
    let finding = if is_new && in_use {
        NAME.warning(format!("{tables} like another tool's history; `limosa up` would run its migrations again"))
            .with_hint("take the database over with its own verb, `limosa adopt`, which runs nothing again")
    } else {
        NAME.note(format!("{tables} like another tool's history"))
    };
    finding.with_detail(lines)
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    fn history(name: &str, rows: Option<u64>) -> OldHistory {
        let name = Identifier::new(name).unwrap();
        OldHistory { table: QualifiedName { schema: Identifier::new("public").ok(), name }, rows }
    }

    #[test]
    fn an_old_history_is_a_warning_until_limosa_has_its_own() {
        assert_eq!(decide(&[], true).state, FindingState::Good);
        let prisma = [history("_prisma_migrations", Some(12))];
        let new = decide(&prisma, true);
        assert_eq!(new.state, FindingState::Warning);
        assert_eq!(new.detail, ["public._prisma_migrations: 12 rows"]);
        assert!(new.hint.unwrap().contains("limosa adopt"));
        assert_eq!(decide(&prisma, false).state, FindingState::Note);
        assert_eq!(decide(&[history("_prisma_migrations", Some(0))], true).state, FindingState::Note);
        assert_eq!(
            decide(&[history("goose_db_version", None)], true).detail,
            ["public.goose_db_version: not readable"]
        );
    }
}
