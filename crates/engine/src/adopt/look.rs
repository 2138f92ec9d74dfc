//! The histories of other tools in a database, with their rows.

use limosa_catalog::{Catalog, Entry, Identifier, Literal, ObjectId, QualifiedName};
use limosa_postgres::{Row, ServerError, Session, Type};
use limosa_project::{
    AppliedMigration, FoundHistory, OldHistory, OldRow, SeenColumn, SeenTable, ToolFiles, ToolName, recognise_histories,
};
use limosa_syntax::Diagnostic;

use super::guard::CLOSED_TABLES_SQL;
use crate::pending::applied;
use crate::run_error::RunError;
use crate::target::{Target, open};

/// The tables with few enough columns to be a history, outside the server's own schemas and Limosa's, each under the
/// name that its tool knows. One pass over `pg_class` and `pg_attribute`.
fn tables_sql() -> String {
    format!(
        "WITH closed AS ({CLOSED_TABLES_SQL}) \
         SELECT n.nspname::text, COALESCE(closed.name, c.relname)::text, \
                pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'), \
                pg_catalog.array_agg(a.attname::text ORDER BY a.attnum), \
                pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum), \
                CASE WHEN closed.name IS NOT NULL THEN c.relname::text END \
         FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN closed ON closed.table_id = c.oid \
         WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', $1) \
           AND c.relnatts <= 40 \
         GROUP BY n.nspname, n.oid, c.relname, c.oid, closed.name ORDER BY 1, 2"
    )
}

/// One moment for all tables.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// What other tools left in a database.
#[derive(Debug)]
pub struct OldHistories {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// The tables, with their rows.
    pub tables: Vec<OldTable>,
    /// Tables that are called like a history and are none that is known, tables that may not be read.
    pub problems: Vec<Diagnostic>,
    /// What Limosa's own history holds already.
    pub known: Vec<AppliedMigration>,
}

/// A history and its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct OldTable {
    /// Whose it is, and where.
    pub found: FoundHistory,
    /// Its rows, in the order of its tool.
    pub rows: Vec<OldRow>,
    /// The rows of the tables beside it.
    pub beside: Vec<Vec<OldRow>>,
}

impl OldTable {
    /// What the rows mean, with the tool's files.
    #[must_use]
    pub fn read(&self, files: &ToolFiles) -> OldHistory {
        self.found.read(&self.rows, &self.beside, files)
    }
}

/// A catalog without what other tools keep for themselves.
#[must_use]
pub fn without_old_tables(catalog: &Catalog, tables: &[OldTable]) -> Catalog {
    let is_old = |entry: &Entry<'_>| {
        tables.iter().map(|table| &table.found).any(|found| match entry.id() {
            ObjectId::Schema(schema) => found.own_schema().is_some_and(|own| own == schema),
            ObjectId::Table(name) => std::iter::once(&found.table)
                .chain(&found.beside)
                .any(|table| table.name.schema.as_ref() == Some(&name.schema) && table.name.name == name.name),
            _ => false,
        })
    };
    catalog.without(is_old)
}

/// Looks for the histories of other tools. Reads only: one connection, one moment.
///
/// `named` are tables that were named, `only` is the tool that was; see [`recognise_histories`].
///
/// # Errors
/// What keeps the target from being read.
pub async fn old_histories(
    target: &Target,
    named: &[String],
    only: Option<ToolName>,
) -> Result<OldHistories, RunError> {
    let opened = open(target).await?;
    let read = read(&opened.session, target, named, only).await;
    opened.session.close().await;
    let (tables, problems) = read?;
    let known = applied(&opened.history, &|_| None);
    Ok(OldHistories { service: target.service.clone(), database: target.database(), tables, problems, known })
}

/// Reads them over an open session, outside of any transaction.
pub(super) async fn read(
    session: &Session,
    target: &Target,
    named: &[String],
    only: Option<ToolName>,
) -> Result<(Vec<OldTable>, Vec<Diagnostic>), RunError> {
    session.flight(BEGIN).await.map_err(|failure| failure.error)?;
    let read = read_all(session, target, named, only).await;
    let ended = session.flight("ROLLBACK").await.map_err(|failure| failure.error);
    let read = read?;
    ended?;
    Ok(read)
}

async fn read_all(
    session: &Session,
    target: &Target,
    named: &[String],
    only: Option<ToolName>,
) -> Result<(Vec<OldTable>, Vec<Diagnostic>), ServerError> {
    let seen = tables(session, &target.history_schema).await?;
    let recognised = recognise_histories(&seen, named, only);
    let mut problems = recognised.problems;
    let mut tables = Vec::new();
    for found in recognised.histories {
        if let Some(table) = std::iter::once(&found.table).chain(&found.beside).find(|table| !table.readable) {
            let message =
                format!("`{}` is the history of {}, and this role may not read it", table.shown(), found.tool.title());
            let grant = format!("`GRANT SELECT ON {} TO …`, or connect as the role that owns it", table.name);
            problems.push(Diagnostic::error("old-unreadable", message).with_help(grant));
            continue;
        }
        let rows = rows_of(session, &found.table, found.order()).await?;
        let mut beside = Vec::new();
        for table in &found.beside {
            beside.push(rows_of(session, table, &[]).await?);
        }
        tables.push(OldTable { found, rows, beside });
    }
    Ok((tables, problems))
}

/// The tables that may be a history, outside of this schema.
pub(crate) async fn tables(session: &Session, own: &Identifier) -> Result<Vec<SeenTable>, ServerError> {
    let rows = session.query(&tables_sql(), &[(&own.as_str(), Type::TEXT)]).await?;
    Ok(rows.iter().filter_map(decode).collect())
}

fn decode(row: &Row) -> Option<SeenTable> {
    let name = |at: usize| Identifier::new(row.get::<_, &str>(at)).ok();
    let (names, types): (Vec<String>, Vec<String>) = (row.get(3), row.get(4));
    let columns = names.into_iter().zip(types).map(|(name, data_type)| SeenColumn { name, data_type });
    Some(SeenTable {
        name: QualifiedName { schema: name(0), name: name(1)? },
        columns: columns.collect(),
        readable: row.get(2),
        behind: row.get::<_, Option<&str>>(5).and_then(|name| Identifier::new(name).ok()),
    })
}

/// The rows of a table as JSON, so that a column more does no harm. Times that do not say of which zone are taken to be
/// of the zone that the server is set to.
async fn rows_of(session: &Session, table: &SeenTable, order: &[&str]) -> Result<Vec<OldRow>, ServerError> {
    let ident = |name: &str| Identifier::new(name).map(|name| name.to_string()).unwrap_or_default();
    let zoned = table
        .columns
        .iter()
        .filter(|column| column.is_without_zone())
        .map(|column| format!(", {}, t.{}::pg_catalog.timestamptz", Literal(&column.name), ident(&column.name)));
    let zoned: String = zoned.collect();
    let zoned = zoned.strip_prefix(", ").unwrap_or_default();
    let order: Vec<String> = order.iter().map(|column| format!("t.{} NULLS FIRST", ident(column))).collect();
    let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    let sql = format!(
        "SELECT (pg_catalog.to_jsonb(t.*) || pg_catalog.jsonb_build_object({zoned}))::text FROM {} AS t{order}",
        table.rows()
    );
    let rows = session.query(&sql, &[]).await?;
    Ok(rows.iter().filter_map(|row| OldRow::parse(row.get(0))).collect())
}
