//! Which tables are meant.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{Session, Type};

use super::error::BackupError;

/// Which tables are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableSelection {
    /// Every table of the database, Limosa's history among them.
    All,
    /// Those in these schemas.
    Schemas(Vec<Identifier>),
    /// These, as SQL spells them.
    Named(Vec<String>),
    /// Those of these relations that are there, the tables of indexes, and tables whose rows a foreign key would change
    /// along with theirs.
    Touched(BTreeSet<QualifiedName>),
}

/// Tables of users: no temporary ones, none of the system or an extension. A partition is read with its whole.
const WHOLE: &str = "\
SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ($1::text[] IS NULL OR n.nspname = ANY ($1))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

/// Names in the order in which they were given; NULL where there is no such table.
const NAMED: &str = "\
SELECT w.name, (SELECT c.oid FROM pg_catalog.pg_class c
                WHERE c.oid = pg_catalog.to_regclass(w.name)::oid AND c.relkind IN ('r', 'p'))
FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS w (name, place) ORDER BY w.place";

/// Tables by name or by their index, and those that a foreign key with an action ties to them. A partition whose whole
/// is among them is read with that.
const TOUCHED: &str = "\
WITH RECURSIVE named AS (
  SELECT pg_catalog.to_regclass(w.name)::oid AS oid FROM pg_catalog.unnest($1::text[]) AS w (name)
), touched AS (
  SELECT COALESCE((SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = named.oid), named.oid) AS oid
  FROM named
  UNION
  SELECT f.conrelid FROM touched JOIN pg_catalog.pg_constraint f ON f.confrelid = touched.oid AND f.contype = 'f'
  WHERE f.confdeltype IN ('c', 'n', 'd') OR f.confupdtype IN ('c', 'n', 'd')
)
SELECT c.oid FROM touched JOIN pg_catalog.pg_class c ON c.oid = touched.oid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) whole
                  WHERE whole.relid <> c.oid AND whole.relid IN (SELECT oid FROM touched))";

/// The tables, by their numbers in the catalog. The session's search path says where names without a schema are.
pub(super) async fn find(session: &Session, selection: &TableSelection) -> Result<Vec<u32>, BackupError> {
    let (sql, names): (&str, Option<Vec<String>>) = match selection {
        TableSelection::All => (WHOLE, None),
        TableSelection::Schemas(schemas) => (WHOLE, Some(schemas.iter().map(|it| it.as_str().to_owned()).collect())),
        TableSelection::Named(names) => (NAMED, Some(names.clone())),
        TableSelection::Touched(names) => (TOUCHED, Some(names.iter().map(ToString::to_string).collect())),
    };
    let rows = session.query(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    if let TableSelection::Named(_) = selection {
        let found = |row: &limosa_postgres::Row| {
            row.get::<_, Option<u32>>(1).ok_or_else(|| BackupError::NoTable { table: row.get(0) })
        };
        return rows.iter().map(found).collect();
    }
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
