//! Rows that get other versions.

use limosa_catalog::{Identifier, Literal};
use limosa_project::VersionMove;

/// Tables whose rows belong to the versions of a service's migrations.
const TABLES: &[&str] = &["migration", "backfill", "aside", "online"];

/// Stands before a version that waits for another row to give up its own. No version begins with it.
const WAITING: &str = "~";

/// Gives rows other versions; to be run in one transaction. The log keeps the versions under which things were done.
///
/// Two passes, since PostgreSQL looks at a unique index row by row: a version that one row gives up and another takes
/// would be there twice in between.
#[must_use]
pub(crate) fn renumber(schema: &Identifier, service: &str, moves: &[VersionMove]) -> Vec<String> {
    let rows: Vec<String> = moves
        .iter()
        .map(|it| format!("({}, {}, {})", Literal(&it.from), Literal(it.to.as_str()), Literal(&it.path)))
        .collect();
    let of_service = format!("t.service = {}", Literal(service));
    let statements = |table: &&str| {
        let (set_path, kind) = match *table {
            "migration" => (", path = moved.path", " AND t.kind = 'versioned'"),
            _ => ("", ""),
        };
        [
            format!(
                "UPDATE {schema}.{table} AS t SET version = '{WAITING}' || moved.new{set_path} \
                 FROM (VALUES {}) AS moved (old, new, path) WHERE {of_service}{kind} AND t.version = moved.old",
                rows.join(", ")
            ),
            format!(
                "UPDATE {schema}.{table} AS t SET version = pg_catalog.substr(t.version, 2) \
                 WHERE {of_service}{kind} AND t.version LIKE '{WAITING}%'"
            ),
        ]
    };
    TABLES.iter().flat_map(statements).collect()
}
