//! Where things are that are set aside, how large they are by now, and when somebody last looked at them.

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::KeptValues;
use limosa_postgres::{Row, ServerError, Session, Type};

use super::AsideRecord;
use super::record::kept;
use crate::history::HistoryPlace;
use crate::run_error::RunError;
use crate::target::{Target, open};

/// Where columns are that are called like one that is kept: in its table, which may have another name by now, in what
/// was parted from that table since, and in copies that somebody made.
const COLUMN_SQL: &str = "\
SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attname = $1 AND NOT a.attisdropped AND a.attinhcount = 0 AND c.relkind IN ('r', 'p', 'f')
ORDER BY c.oid";

/// What is in a schema: bytes, and the last scan, which servers from PostgreSQL 16 on tell. No table is looked at.
const TABLES_SQL: &str = "\
SELECT pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid))::int8,
       (extract(epoch FROM pg_catalog.max(GREATEST((pg_catalog.to_jsonb(s) ->> 'last_seq_scan')::timestamptz,
         (pg_catalog.to_jsonb(s) ->> 'last_idx_scan')::timestamptz))) * 1000000)::int8
FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = pg_catalog.to_regnamespace($1)";

/// Bytes of columns, by the server's statistics.
const COLUMNS_SQL: &str = "\
SELECT pg_catalog.sum(GREATEST(c.reltuples, 0) * (1 - s.null_frac) * s.avg_width)::int8
FROM pg_catalog.pg_stats s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class c ON c.relname = s.tablename AND c.relnamespace = n.oid
WHERE s.attname = ANY ($1)";

/// Something that is set aside, and what can be seen of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideSeen {
    /// What is on record.
    pub record: AsideRecord,
    /// Its size now; an estimate for columns, and `None` where nothing was counted.
    pub bytes: Option<u64>,
    /// When a table was last read, in microseconds since 1970, UTC; `None` where that is not counted: before PostgreSQL
    /// 16, and for columns.
    pub last_use: Option<i64>,
}

/// The table that keeps a column, first, and those of `kept` that were parted from it, a partition or a child that was
/// dropped after the column; none where the column is gone.
///
/// # Errors
/// What the server says.
pub(crate) async fn tables_of(
    session: &Session,
    table: &ObjectName,
    aside: &Identifier,
    kept: &[ObjectName],
) -> Result<Vec<ObjectName>, ServerError> {
    let rows = session.query(COLUMN_SQL, &[(&aside.as_str(), Type::TEXT)]).await?;
    let identifier = |row: &Row, at: usize| Identifier::new(row.get::<_, String>(at)).ok();
    let called = |row: &Row| Some(ObjectName { schema: identifier(row, 0)?, name: identifier(row, 1)? });
    let mut tables: Vec<ObjectName> = rows.iter().filter_map(called).collect();
    let is_parted = |it: &ObjectName| kept.contains(it);
    // By its name; else it is the oldest of those that are not kept, or it was dropped itself.
    tables.sort_by_key(|it| (it != table, is_parted(it)));
    let mut place = 0;
    tables.retain(|it| {
        place += 1;
        place == 1 || is_parted(it)
    });
    Ok(tables)
}

/// What a target keeps for a service, oldest first. Writes nothing.
///
/// # Errors
/// What keeps the target from being read.
pub async fn asides(target: &Target) -> Result<Vec<AsideSeen>, RunError> {
    let opened = open(target).await?;
    let seen = see(&opened.session, target.history()).await;
    opened.session.close().await;
    seen
}

/// The same over an open session.
pub(crate) async fn see(session: &Session, place: HistoryPlace<'_>) -> Result<Vec<AsideSeen>, RunError> {
    let mut seen = Vec::new();
    for record in kept(session, place).await? {
        let amount = |bytes: Option<i64>| bytes.and_then(|bytes| u64::try_from(bytes).ok());
        let (bytes, last_use) = if record.tables.is_empty() {
            let values = record.values.iter().flat_map(KeptValues::names);
            let names = record.columns.iter().map(|kept| &kept.aside).chain(values);
            let names: Vec<&str> = names.map(Identifier::as_str).collect();
            let rows = session.query(COLUMNS_SQL, &[(&names, Type::TEXT_ARRAY)]).await?;
            (rows.first().and_then(|row| row.get(0)), None)
        } else {
            let schema = record.name.schema().to_string();
            let rows = session.query(TABLES_SQL, &[(&schema, Type::TEXT)]).await?;
            rows.first().map_or((None, None), |row| (row.get(0), row.get(1)))
        };
        seen.push(AsideSeen { bytes: amount(bytes), last_use, record });
    }
    Ok(seen)
}
