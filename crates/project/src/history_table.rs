//! The tables in which other tools keep their histories.

/// Every name that a tool gives its history unless it is told otherwise, in lower case.
const NAMES: &[&str] = &[
    "__diesel_schema_migrations",
    "__drizzle_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "django_migrations",
    "flyway_schema_history",
    "goose_db_version",
    "knex_migrations",
    "knex_migrations_lock",
    "migrations",
    "pgmigrations",
    "refinery_schema_history",
    "schema_migrations",
    "schema_version",
    "seaql_migrations",
    "sequelizedata",
    "sequelizemeta",
];

/// Whether a table of this name (without its schema) is where some tool keeps its history.
///
/// Down scripts written for such a tool delete from it, and must work in a database that never had it. A few of the
/// names are so plain that an application may use them as well, so a caller that leaves anything out has to see first
/// that the table is not there.
#[must_use]
pub fn is_history_table(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.binary_search(&name.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ToolName;

    #[test]
    fn what_a_tool_calls_its_history_is_known_unless_anybody_may_call_a_table_so() {
        for tool in ToolName::ALL.iter().filter(|tool| **tool != ToolName::Sqitch) {
            for name in tool.rules().usual_names() {
                assert!(is_history_table(name), "`{name}` of {tool}");
            }
        }
    }

    #[test]
    fn names_are_known_in_any_case_and_sorted_for_the_search() {
        assert!(NAMES.is_sorted());
        assert!(is_history_table("_prisma_migrations") && is_history_table("SequelizeMeta"));
        assert!(!is_history_table("patients") && !is_history_table(""));
    }
}
