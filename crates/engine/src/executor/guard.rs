//! A guard before what would lose values.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::Step;
use limosa_postgres::{ServerError, Type};
use limosa_syntax::{Diagnostic, Loss};

use super::Job;
use super::apart::Scene;
use crate::event::Direction;

/// A table by the name under which the session knows it, with its rows as last counted.
const TABLE_SQL: &str = "\
SELECT c.oid, c.reltuples::int8 FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p')";

/// The tables of a schema that hold rows of their own.
const IN_SCHEMA_SQL: &str = "\
SELECT c.oid, c.relname::text, c.reltuples::int8 FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 2";

/// A column that holds values of its own.
const COLUMN_SQL: &str = "\
SELECT a.attrelid, a.attnum, c.reltuples::int8
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped AND a.attgenerated = ''";

/// What would be lost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// A table, or a column with its table.
    table: QualifiedName,
    column: Option<Identifier>,
    /// Rows of the table, where the server has counted them.
    rows: Option<i64>,
}

impl Scene<'_> {
    /// The first thing in a loss that was there before this run and holds something. It looks for one row or value: a
    /// column that is null in every row costs a scan.
    pub(super) async fn held(&self, loss: &Loss) -> Result<Option<Held>, ServerError> {
        match loss {
            Loss::Columns { table, columns } => {
                for column in columns {
                    let name = table.to_string();
                    let params =
                        [(&name as &(dyn limosa_postgres::ToSql + Sync), Type::TEXT), (&column.as_str(), Type::TEXT)];
                    let rows = self.worker.query(COLUMN_SQL, &params).await?;
                    let Some(row) = rows.first() else { continue };
                    if self.rules.baseline.has_column(row.get(0), row.get(1))
                        && self.exists(&format!("{table} WHERE {column} IS NOT NULL")).await?
                    {
                        return Ok(Some(Held::of(table, Some(column), row.get(2))));
                    }
                }
            }
            Loss::Schemas(schemas) => {
                for schema in schemas {
                    let rows = self.worker.query(IN_SCHEMA_SQL, &[(&schema.as_str(), Type::TEXT)]).await?;
                    for row in rows.iter().filter(|row| self.rules.baseline.has_table(row.get(0))) {
                        let Ok(name) = Identifier::new(row.get::<_, String>(1)) else { continue };
                        let table = QualifiedName { schema: Some(schema.clone()), name };
                        if self.exists(&table.to_string()).await? {
                            return Ok(Some(Held::of(&table, None, row.get(2))));
                        }
                    }
                }
            }
            // To write over values is what an update is for.
            Loss::Values { .. } => {}
            Loss::Tables(tables) | Loss::Rows(tables) => {
                for table in tables {
                    let rows = self.worker.query(TABLE_SQL, &[(&table.to_string(), Type::TEXT)]).await?;
                    let Some(row) = rows.first() else { continue };
                    if self.rules.baseline.has_table(row.get(0)) && self.exists(&table.to_string()).await? {
                        return Ok(Some(Held::of(table, None, row.get(1))));
                    }
                }
            }
        }
        Ok(None)
    }

    async fn exists(&self, from: &str) -> Result<bool, ServerError> {
        let rows = self.worker.query(&format!("SELECT EXISTS (SELECT FROM {from})"), &[]).await?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }
}

impl Held {
    fn of(table: &QualifiedName, column: Option<&Identifier>, rows: i64) -> Self {
        Self { table: table.clone(), column: column.cloned(), rows: (rows > 0).then_some(rows) }
    }

    /// The error, which teaches the ways on.
    pub(super) fn refusal(&self, job: &Job<'_>, step: &Step) -> Diagnostic {
        let table = self.table.name.for_people();
        let about = self.rows.map(|rows| format!(", of about {rows} rows")).unwrap_or_default();
        let what = match &self.column {
            Some(column) => format!("the values of {table}.{}{about}", column.for_people()),
            None => format!("the rows of {table}{}", about.replace(", of about", ", about")),
        };
        let keepable =
            step.losing.as_ref().is_some_and(|losing| !matches!(losing.loss, Loss::Rows(_) | Loss::Schemas(_)));
        let mut diagnostic = Diagnostic::error("deletes-data", format!("this would lose {what}"))
            .at(job.source, step.span)
            .with_label(match job.direction {
                Direction::Up => "no `down` brings them back",
                Direction::Down => "no `up` brings them back",
            })
            .with_note(match job.direction {
                Direction::Up => format!("nothing of {} {} is in effect", job.record.version, job.record.name),
                Direction::Down => format!("{} {} was not taken back", job.record.version, job.record.name),
            });
        if keepable && job.direction == Direction::Up {
            diagnostic = diagnostic.with_note(
                "to keep it for a while, write above the statement: `-- limosa: set-aside 30d`; `limosa down` brings \
                 it back, `limosa purge` removes it when it is due",
            );
        }
        diagnostic
            .with_note("to let it go everywhere, write above the statement: `-- limosa: allow deletes-data`")
            .with_help(match job.direction {
                Direction::Up => "to let it go in this run alone: `limosa up --allow deletes-data`",
                Direction::Down => "to let it go in this run alone: `limosa down --allow deletes-data`",
            })
    }
}
