//! What a table holds now beside what the backup holds.

use limosa_catalog::Identifier;
use limosa_postgres::Session;
use serde::Serialize;

use super::super::archive::ArchivedTable;
use super::super::error::BackupError;
use super::super::table::Table;

/// A table now and in the backup.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TableComparison {
    /// The table as people write it.
    pub table: String,
    /// Whether it is gone, and would be made again.
    pub is_gone: bool,
    /// Rows that are there.
    pub rows_now: u64,
    /// Rows of the backup.
    pub rows_then: u64,
    /// Rows that are there and whose key the backup lacks: written since. Without a key, rows that the backup has not
    /// in this form.
    pub only_now: u64,
    /// Rows with the same key and other values: changed since. Without a key none can be told.
    pub changed: u64,
    /// Rows of the backup that are not there.
    pub only_then: u64,
    /// Columns of the backup that the table has no more. Their values stay in the backup.
    pub columns_gone: Vec<String>,
    /// Columns that the backup lacks. Rows that are there keep their values; others get the default.
    pub columns_added: Vec<String>,
    /// Columns of another type than then.
    pub columns_retyped: Vec<String>,
    /// Foreign keys of other tables that led to this one and went with it. They are not made again, since rows that
    /// came meanwhile may refer to nothing.
    pub keys_gone: Vec<String>,
}

impl TableComparison {
    /// Rows that are newer than the backup and would be lost: with `merge`, those alone whose values are set back.
    #[must_use]
    pub fn newer(&self, merge: bool) -> u64 {
        if merge { self.changed } else { self.changed + self.only_now }
    }

    /// Whether anything would be written.
    #[must_use]
    pub fn differs(&self, merge: bool) -> bool {
        self.newer(merge) + self.only_then > 0
    }
}

/// A table, and a temporary one that holds its rows of the backup.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) table: Table,
    pub(super) stage: Identifier,
    /// The columns that both have.
    pub(super) common: Vec<Identifier>,
    pub(super) compared: TableComparison,
}

impl Staged {
    /// The key, where both have all of it.
    pub(super) fn key(&self) -> &[Identifier] {
        let both = self.table.key.iter().all(|column| self.common.contains(column));
        if both { &self.table.key } else { &[] }
    }

    /// `now."id" = "then"."id" AND …`
    pub(super) fn same_key(&self) -> String {
        let pairs: Vec<String> = self.key().iter().map(|it| format!("now_.{it} = then_.{it}")).collect();
        pairs.join(" AND ")
    }

    /// A row's values as one text.
    pub(super) fn content(&self, side: &str) -> String {
        let values: Vec<String> = self.common.iter().map(|it| format!("{side}.{it}")).collect();
        format!("ROW({})::text", values.join(", "))
    }

    /// Counts.
    pub(super) async fn compare(&mut self, session: &Session) -> Result<(), BackupError> {
        let (table, stage) = (self.table.alone(), &self.stage);
        let (now, then) = (self.content("now_"), self.content("then_"));
        let sql = if self.key().is_empty() {
            format!(
                "WITH n AS MATERIALIZED (SELECT {now} AS row FROM {table} AS now_), \
                      t AS MATERIALIZED (SELECT {then} AS row FROM pg_temp.{stage} AS then_) \
                 SELECT (SELECT count(*) FROM n), (SELECT count(*) FROM t), \
                        (SELECT count(*) FROM (TABLE n EXCEPT ALL TABLE t) _), \
                        (SELECT count(*) FROM (TABLE t EXCEPT ALL TABLE n) _), 0::int8"
            )
        } else {
            // Under names that no column of the key can have.
            format!(
                "SELECT count(here), count(there), count(*) FILTER (WHERE there IS NULL), \
                        count(*) FILTER (WHERE here IS NULL), \
                        count(*) FILTER (WHERE here AND there AND now_row IS DISTINCT FROM then_row) \
                 FROM (SELECT {keys_now}, {now} AS now_row, true AS here FROM {table} AS now_) n \
                 FULL JOIN (SELECT {keys_then}, {then} AS then_row, true AS there FROM pg_temp.{stage} AS then_) t \
                 USING ({numbers})",
                keys_now = numbered("now_", self.key()),
                keys_then = numbered("then_", self.key()),
                numbers = (0..self.key().len()).map(|at| format!("key_{at}")).collect::<Vec<_>>().join(", "),
            )
        };
        let rows = session.query(&sql, &[]).await.map_err(|error| self.refused(error))?;
        let number = |at: usize| rows.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(at)).unwrap_or(0));
        let compared = &mut self.compared;
        (compared.rows_now, compared.rows_then) = (number(0), number(1));
        (compared.only_now, compared.only_then, compared.changed) = (number(2), number(3), number(4));
        Ok(())
    }

    pub(super) fn refused(&self, error: limosa_postgres::ServerError) -> BackupError {
        BackupError::Refused { table: self.compared.table.clone(), error }
    }
}

fn numbered(side: &str, key: &[Identifier]) -> String {
    let columns: Vec<String> = key.iter().enumerate().map(|(at, it)| format!("{side}.{it} AS key_{at}")).collect();
    columns.join(", ")
}

/// How the columns of a table and of the backup differ; the columns that both have.
pub(super) fn columns(table: &Table, archived: &ArchivedTable) -> (Vec<Identifier>, TableComparison) {
    let mut compared = TableComparison { rows_then: archived.rows, ..TableComparison::default() };
    let mut common = Vec::new();
    for column in &archived.columns {
        match table.columns.iter().find(|now| now.name.as_str() == column.name) {
            None => compared.columns_gone.push(column.name.clone()),
            Some(now) => {
                common.push(now.name.clone());
                if now.data_type != column.data_type {
                    let (name, then, now) = (&column.name, &column.data_type, &now.data_type);
                    compared.columns_retyped.push(format!("{name} ({then}, now {now})"));
                }
            }
        }
    }
    let is_new = |name: &str| archived.columns.iter().all(|column| column.name != name);
    let added = table.columns.iter().map(|column| column.name.as_str()).filter(|name| is_new(name));
    compared.columns_added = added.map(str::to_owned).collect();
    (common, compared)
}
