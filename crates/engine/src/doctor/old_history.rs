//! Is there the history of another tool?

use limosa_catalog::QualifiedName;
use limosa_postgres::{ServerError, Session};
use limosa_project::{SeenTable, ToolName, is_history_table, recognise_histories};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::count;
use super::subject::Subject;
use crate::adopt::tables;

const NAME: CheckName = CheckName::new("old-history");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// Counting waits for whoever changes the table, and reads it whole; neither may take long.
const LIMITS_SQL: &str = "SET LOCAL lock_timeout = '300ms'; SET LOCAL statement_timeout = '2s'";

/// A table that looks like a history.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OldHistory {
    table: SeenTable,
    /// Whose it is, where its columns tell.
    tool: Option<ToolName>,
    /// `None` where it may not be read, or not now.
    rows: Option<u64>,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let seen = tables(session, &subject.target.history_schema).await?;
    let recognised = recognise_histories(&seen, &[], None);
    let mut histories: Vec<OldHistory> = seen
        .iter()
        .filter_map(|table| {
            let tool = recognised.histories.iter().find(|found| found.table == *table).map(|found| found.tool);
            let counts = tool.is_some() || is_history_table(table.name.name.as_str());
            counts.then(|| OldHistory { table: table.clone(), tool, rows: None })
        })
        .collect();
    let mut readable: Vec<&mut OldHistory> = histories.iter_mut().filter(|history| history.table.readable).collect();
    let names: Vec<QualifiedName> = readable.iter().map(|history| history.table.rows()).collect();
    let counts = count_rows(session, &names).await;
    for (history, rows) in readable.iter_mut().zip(counts) {
        history.rows = rows;
    }
    let is_new = subject.history.as_ref().is_ok_and(|history| history.rows.is_empty());
    Ok(Some(decide(&histories, is_new)))
}

/// One message, so that its limits end with it; one that is refused leaves the counts out.
async fn count_rows(session: &Session, tables: &[QualifiedName]) -> Vec<Option<u64>> {
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
        let whose = history.tool.map(|tool| format!(" ({})", tool.title())).unwrap_or_default();
        let rows = match history.rows {
            Some(rows) => format!("{rows} rows"),
            None => "not readable".to_owned(),
        };
        format!("{}{whose}: {rows}", history.table.shown())
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
    use limosa_catalog::Identifier;

    use super::super::FindingState;
    use super::*;

    fn history(name: &str, tool: Option<ToolName>, rows: Option<u64>) -> OldHistory {
        let name = QualifiedName { schema: Identifier::new("public").ok(), name: Identifier::new(name).unwrap() };
        OldHistory {
            table: SeenTable { name, columns: Vec::new(), readable: rows.is_some(), behind: None },
            tool,
            rows,
        }
    }

    #[test]
    fn an_old_history_is_a_warning_until_limosa_has_its_own() {
        assert_eq!(decide(&[], true).state, FindingState::Good);
        let prisma = [history("_prisma_migrations", Some(ToolName::Prisma), Some(12))];
        let new = decide(&prisma, true);
        assert_eq!(new.state, FindingState::Warning);
        assert_eq!(new.detail, ["public._prisma_migrations (Prisma): 12 rows"]);
        assert!(new.hint.unwrap().contains("limosa adopt"));
        assert_eq!(decide(&prisma, false).state, FindingState::Note);
        assert_eq!(decide(&[history("_prisma_migrations", None, Some(0))], true).state, FindingState::Note);
        assert_eq!(
            decide(&[history("goose_db_version", None, None)], true).detail,
            ["public.goose_db_version: not readable"]
        );
    }
}
