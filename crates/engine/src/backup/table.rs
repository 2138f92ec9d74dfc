//! A table as far as its rows are concerned.

use limosa_catalog::{Identifier, ObjectName};
use limosa_postgres::{Row, Session, Type};

use super::archive::ArchivedColumn;
use super::error::BackupError;

/// A table as far as its rows are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) oid: u32,
    pub(super) name: ObjectName,
    /// Its rows are those of its partitions.
    pub(super) is_partitioned: bool,
    /// Whether this role may read it.
    pub(super) is_readable: bool,
    /// The columns that hold values, in order; those that the server computes are left out.
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key; empty where there is none.
    pub(super) key: Vec<Identifier>,
}

/// A column that holds values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: Identifier,
    pub(super) data_type: String,
    /// `GENERATED ALWAYS AS IDENTITY`: an `UPDATE` may not set it.
    pub(super) is_always_identity: bool,
}

const TABLES: &str = "\
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind = 'p', pg_catalog.has_table_privilege(c.oid, 'SELECT'),
       columns.names, columns.types, columns.always,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i,
                    pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
             JOIN pg_catalog.pg_attribute a ON a.attnum = k.number
             WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND k.place <= i.indnkeyatts
             ORDER BY k.place)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
LATERAL (SELECT COALESCE(pg_catalog.array_agg(a.attname::text ORDER BY a.attnum), ARRAY[]::text[]),
                COALESCE(pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum),
                         ARRAY[]::text[]),
                COALESCE(pg_catalog.array_agg(a.attidentity = 'a' ORDER BY a.attnum), ARRAY[]::boolean[])
         FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
  AS columns (names, types, always)
WHERE c.oid = ANY ($1) ORDER BY n.nspname, c.relname";

/// Reads tables, in the order of their names. Those that are gone are left out.
pub(super) async fn read(session: &Session, oids: &[u32]) -> Result<Vec<Table>, BackupError> {
    let oids = oids.to_vec();
    let rows = session.query(TABLES, &[(&oids, Type::OID_ARRAY)]).await?;
    Ok(rows.iter().filter_map(decode).collect())
}

/// `None` only for names that PostgreSQL cannot have.
fn decode(row: &Row) -> Option<Table> {
    let identifier = |text: &str| Identifier::new(text).ok();
    let (names, types, always): (Vec<&str>, Vec<&str>, Vec<bool>) = (row.get(5), row.get(6), row.get(7));
    let column = |((name, data_type), always): ((&str, &str), bool)| {
        Some(Column { name: identifier(name)?, data_type: data_type.to_owned(), is_always_identity: always })
    };
    Some(Table {
        oid: row.get(0),
        name: ObjectName { schema: identifier(row.get(1))?, name: identifier(row.get(2))? },
        is_partitioned: row.get(3),
        is_readable: row.get(4),
        columns: names.into_iter().zip(types).zip(always).map(column).collect::<Option<_>>()?,
        key: row.get::<_, Vec<&str>>(8).into_iter().map(identifier).collect::<Option<_>>()?,
    })
}

impl Table {
    /// The statement that gives its rows; those of tables that inherit from it are not among them.
    pub(super) fn copy_out(&self) -> String {
        let columns = listed(self.columns.iter().map(|column| &column.name));
        let only = if self.is_partitioned { "" } else { "ONLY " };
        // The bare form is faster, and a table without columns cannot be written in it.
        match (self.is_partitioned, columns.is_empty()) {
            (false, false) => format!("COPY {} ({columns}) TO stdout", self.name),
            _ => format!("COPY (SELECT {columns} FROM {only}{}) TO stdout", self.name),
        }
    }

    /// Its name in a statement that leaves out tables that inherit from it.
    pub(super) fn alone(&self) -> String {
        if self.is_partitioned { self.name.to_string() } else { format!("ONLY {}", self.name) }
    }

    pub(super) fn archived_columns(&self) -> Vec<ArchivedColumn> {
        let archived =
            |it: &Column| ArchivedColumn { name: it.name.as_str().to_owned(), data_type: it.data_type.clone() };
        self.columns.iter().map(archived).collect()
    }
}

/// Names with commas between.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a Identifier>) -> String {
    names.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A name as people write it.
pub(super) fn for_people(name: &ObjectName) -> String {
    format!("{}.{}", name.schema.for_people(), name.name.for_people())
}
