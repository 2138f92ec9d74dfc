//! What is known of a database before a key is changed in it. Writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Catalog, Identifier, Literal, ObjectName};
use limosa_postgres::Row;

use crate::aside::live_catalog;
use crate::plan::schemas;
use crate::run_error::RunError;
use crate::target::{Target, open};

/// A database as a change of a key finds it.
#[derive(Debug)]
pub struct RekeySurvey {
    /// Its schema, without what open online changes have made for themselves.
    pub catalog: Catalog,
    /// Where names without a schema are looked for, in order.
    pub search_path: Vec<Identifier>,
}

/// Looks at a database.
///
/// # Errors
/// What keeps it from being read.
pub async fn rekey_survey(target: &Target) -> Result<RekeySurvey, RunError> {
    let opened = open(target).await?;
    let session = &opened.session;
    let catalog = live_catalog(session, &target.history_schema, target.owner_role.as_ref()).await?;
    let search_path = schemas(session, target).await?;
    opened.session.close().await;
    Ok(RekeySurvey { catalog, search_path })
}

/// How large a table is, its partitions included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableSize {
    /// Rows: counted where that is done in a moment, and by the server's estimate otherwise.
    pub rows: u64,
    /// Bytes, without its indexes.
    pub bytes: u64,
}

/// A table of so many bytes at most is counted.
const COUNTED: u64 = 64 << 20;

/// How large tables are.
///
/// # Errors
/// What keeps them from being read.
pub async fn table_sizes(
    target: &Target,
    tables: &BTreeSet<ObjectName>,
) -> Result<BTreeMap<ObjectName, TableSize>, RunError> {
    let opened = open(target).await?;
    let mut sizes = BTreeMap::new();
    for table in tables {
        let name = Literal(&table.to_string()).to_string();
        let sql = format!(
            "SELECT pg_catalog.sum(pg_catalog.pg_table_size(c.oid))::int8, \
             pg_catalog.sum(GREATEST(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r')::int8 \
             FROM pg_catalog.pg_class c WHERE c.oid = {name}::regclass \
             OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree({name}::regclass))"
        );
        let number =
            |row: &Row, at: usize| u64::try_from(row.get::<_, Option<i64>>(at).unwrap_or_default()).unwrap_or_default();
        let found = opened.session.query(&sql, &[]).await?;
        let mut size =
            found.first().map(|row| TableSize { bytes: number(row, 0), rows: number(row, 1) }).unwrap_or_default();
        if size.bytes <= COUNTED {
            let counted = opened.session.query(&format!("SELECT count(*) FROM {table}"), &[]).await?;
            size.rows = counted.first().map_or(size.rows, |row| number(row, 0));
        }
        sizes.insert(table.clone(), size);
    }
    opened.session.close().await;
    Ok(sizes)
}
