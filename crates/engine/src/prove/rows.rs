//! The rows of a shadow's tables, as texts that can be compared.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};
use limosa_postgres::{ServerError, Session};

/// Tables with more rows are not compared: migrations that make rows by the thousand are rare, and slow to prove.
const MOST: usize = 5_000;

/// So many queries are under way at once.
const AT_ONCE: usize = 64;

/// What a value looks like must not depend on what a migration set.
const SETTINGS: &str = "\
SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; \
SET xmloption = 'content'; SET row_security = off; SET timezone = 'UTC'";

/// The time in UTC, and in the zone that sessions have here.
const CLOCK: &str = "\
SELECT pg_catalog.clock_timestamp()::text, \
       (pg_catalog.clock_timestamp() AT TIME ZONE \
       (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'))::text";

/// The rows of each table that could be read; a partitioned table stands for its partitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) tables: BTreeMap<ObjectName, TableRows>,
    /// Why the rows of a table are not here.
    pub(crate) unread: BTreeMap<ObjectName, String>,
    /// When they were read.
    pub(crate) read_at: Clock,
}

/// A point in time, as the values of columns have it: ISO, so that the order of the texts is that of the times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) universal: String,
    pub(crate) local: String,
}

/// The rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TableRows {
    /// The columns that hold what was written; what is computed from others is left out.
    pub(crate) columns: Vec<Column>,
    /// The columns of the primary key, by their places; empty where there is none.
    pub(crate) key: Vec<usize>,
    /// The values; `None` is null.
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

/// A column of [`TableRows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: Identifier,
    /// Its values are points in time, or days.
    pub(crate) is_moment: bool,
}

impl TableRows {
    /// Whether there are rows, and no column in which all of them have null.
    pub(super) fn fill_all_columns(&self) -> bool {
        let is_filled = |place| self.rows.iter().any(|row| row.get(place).is_some_and(Option::is_some));
        !self.rows.is_empty() && (0..self.columns.len()).all(is_filled)
    }
}

impl Rows {
    /// How many rows there are in all.
    pub(crate) fn count(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }
}

/// Reads the rows of all tables of a catalog.
///
/// # Errors
/// The connection is lost, or the server refuses settings of its own.
pub(super) async fn read_rows(session: &Session, catalog: &Catalog) -> Result<Rows, ServerError> {
    session.flight(SETTINGS).await.map_err(|failure| failure.error)?;
    let shapes: Vec<_> = catalog.of_kind(ObjectKind::Table).filter_map(shape).collect();
    let mut rows = Rows::default();
    for some in shapes.chunks(AT_ONCE) {
        let queries: Vec<String> = some.iter().map(query).collect();
        let asked = queries.iter().map(|sql| session.query(sql, &[]));
        for (shape, found) in some.iter().zip(join_all(asked).await) {
            let name = shape.name.clone();
            match found {
                Ok(found) if found.len() > MOST => {
                    rows.unread.insert(name, format!("it has more than {MOST} rows, which are not compared"));
                }
                Ok(found) => {
                    let found = found.iter().map(|row| row.get(0)).collect();
                    rows.tables.insert(name, TableRows { rows: found, ..shape.table.clone() });
                }
                Err(error) if error.is_connection_lost() => return Err(error),
                Err(error) => {
                    rows.unread.insert(name, format!("its rows cannot be read: {error}"));
                }
            }
        }
    }
    if let Some(clock) = session.query(CLOCK, &[]).await?.first() {
        rows.read_at = Clock { universal: clock.get(0), local: clock.get(1) };
    }
    Ok(rows)
}

/// What there is to read of a table.
struct Shape {
    name: ObjectName,
    /// Those that inherit from it are tables of their own.
    is_alone: bool,
    /// Without rows.
    table: TableRows,
}

fn query(shape: &Shape) -> String {
    let values: Vec<String> = shape.table.columns.iter().map(|column| format!("{}::text", column.name)).collect();
    let only = if shape.is_alone { "ONLY " } else { "" };
    format!("SELECT ARRAY[{}]::text[] FROM {only}{} LIMIT {}", values.join(", "), shape.name, MOST + 1)
}

/// Nothing of a partition, whose rows its whole has.
fn shape(entry: Entry<'_>) -> Option<Shape> {
    let (ObjectId::Table(name), Object::Table(table)) = (entry.id(), entry.object()) else { return None };
    if table.partition_of.is_some() {
        return None;
    }
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for child in entry.children() {
        match (child.id(), child.object()) {
            (ObjectId::Column(id), Object::Column(column)) if column.generated.is_none() => {
                let written = column.data_type.as_str();
                let is_moment = written.starts_with("timestamp") || written == "date";
                columns.push((column.position, Column { name: id.name.clone(), is_moment }));
            }
            (_, Object::Constraint(constraint)) => {
                if let ConstraintRule::PrimaryKey(primary) = &constraint.rule {
                    key.clone_from(&primary.columns);
                }
            }
            _ => {}
        }
    }
    columns.sort_by_key(|(position, _)| *position);
    let columns: Vec<Column> = columns.into_iter().map(|(_, column)| column).collect();
    let places = key.iter().filter_map(|name| columns.iter().position(|column| column.name == *name)).collect();
    let table_rows = TableRows { columns, key: places, rows: Vec::new() };
    Some(Shape { name: name.clone(), is_alone: table.partition_by.is_none(), table: table_rows })
}
