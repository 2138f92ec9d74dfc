//! Old values, kept where an `UPDATE` writes over them.

use std::time::Duration;

use limosa_catalog::{Identifier, Literal, ObjectName, QualifiedName};
use limosa_plan::{AsideName, BackfillStep, KeptValues, LossTerms, SetAside, Step};
use limosa_postgres::{ServerError, Session};
use limosa_syntax::{Diagnostic, Loss, update_with};

use super::apart::{ApartFailure, Scene};
use super::{Executor, Job};
use crate::aside::{NewRecord, insert, kept};
use crate::event::Direction;
use crate::history::{HistoryPlace, Numbered, next_number};
use crate::run_error::RunError;

/// A table's columns, each with a type that can hold what it holds: a domain is taken for what it is made from, since
/// it may demand a value where there is none. With rows and bytes as far as the server has counted; looks at no row.
const COLUMNS_SQL: &str = "\
SELECT n.nspname, c.relname, a.attname, c.relkind, c.reltuples::int8,
  (c.reltuples * (1 - s.null_frac) * s.avg_width)::int8,
  (WITH RECURSIVE base (oid, typmod) AS (
     SELECT a.atttypid, a.atttypmod
     UNION ALL
     SELECT t.typbasetype, t.typtypmod FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typtype = 'd')
   SELECT pg_catalog.format_type(base.oid, base.typmod)
   FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typtype <> 'd')
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
  AND s.inherited = (c.relkind = 'p')
WHERE a.attrelid = pg_catalog.to_regclass({table}) AND a.attnum > 0 AND NOT a.attisdropped";

/// Why nothing can be kept where [`Written::read`] finds nothing.
const NO_TABLE: &str = "old values are kept in columns beside the new ones, and a view or a foreign table takes none";

/// The columns that an `UPDATE` writes to.
struct Written {
    table: ObjectName,
    columns: Vec<Identifier>,
    types: Vec<String>,
    rows: Option<i64>,
    bytes: Option<i64>,
}

impl Written {
    /// What the answer to [`COLUMNS_SQL`] says of them; `None` where one is not there, or the table is none that could
    /// be given columns: the server then has its own words for it.
    fn read(answer: &[Vec<Option<String>>], columns: &[Identifier]) -> Option<Self> {
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten();
        let row_of = |column: &Identifier| answer.iter().find(|row| text(row, 2).as_deref() == Some(column.as_str()));
        let rows: Vec<_> = columns.iter().map(row_of).collect::<Option<_>>()?;
        let first = *rows.first()?;
        if !matches!(text(first, 3)?.as_str(), "r" | "p") {
            return None;
        }
        let number = |row: &[Option<String>], at| text(row, at).and_then(|number| number.parse::<i64>().ok());
        Some(Self {
            table: ObjectName {
                schema: Identifier::new(text(first, 0)?).ok()?,
                name: Identifier::new(text(first, 1)?).ok()?,
            },
            columns: columns.to_vec(),
            types: rows.iter().map(|row| text(row, 6)).collect::<Option<_>>()?,
            rows: number(first, 4).filter(|rows| *rows >= 0),
            bytes: rows.iter().filter_map(|row| number(row, 5)).filter(|bytes| *bytes >= 0).reduce(|a, b| a + b),
        })
    }

    /// Under which names their values are kept.
    fn set_aside(self, name: &AsideName) -> Result<(KeptValues, SetAside), String> {
        let values = KeptValues::new(self.table, &self.columns, name).map_err(|error| error.to_string())?;
        Ok((values.clone(), values.into_set_aside(&self.types)))
    }
}

async fn written(
    session: &Session,
    before: &str,
    table: &QualifiedName,
    columns: &[Identifier],
) -> Result<Option<Written>, ServerError> {
    let sql = COLUMNS_SQL.replace("{table}", &Literal(&table.to_string()).to_string());
    let answer = session.flight(&format!("{before}{sql}")).await.map_err(|failure| failure.error)?;
    Ok(Written::read(&answer.rows, columns))
}

impl Scene<'_> {
    /// Runs the `UPDATE` so that it keeps what it writes over. Its table is locked until the transaction ends, since
    /// the columns for that are made in it.
    pub(super) async fn keep_values(
        &self,
        step: &Step,
        sql: &str,
        (table, columns): (&QualifiedName, &[Identifier]),
        keep: Duration,
    ) -> Result<Vec<String>, ApartFailure> {
        let Some(written) = written(self.worker, "", table, columns).await? else {
            // What is not there the server names better.
            self.flight(&format!("EXPLAIN {sql}")).await?;
            return Err(self.cannot(step, NO_TABLE.to_owned()).into());
        };
        let id = next_number(self.worker, self.history_schema, Numbered::Aside).await?;
        let name = AsideName::new(self.history_schema, id).map_err(|error| self.cannot(step, error.to_string()))?;
        let (rows, bytes) = (written.rows, written.bytes);
        let (values, aside) = written.set_aside(&name).map_err(|why| self.cannot(step, why))?;
        self.put_aside(step, (id, &aside), (rows, bytes), keep).await?;
        let update = update_with(sql, |row| values.assignments(&row.to_string()));
        let update = update.ok_or_else(|| self.cannot(step, "it cannot be read as an UPDATE".to_owned()))?;
        self.flight(&update).await?;
        Ok(told(&values))
    }

    /// That something cannot be kept.
    pub(super) fn cannot(&self, step: &Step, why: String) -> Diagnostic {
        cannot(self.job, step, why)
    }
}

fn cannot(job: &Job<'_>, step: &Step, why: String) -> Diagnostic {
    let help = match step.losing.as_ref().map(|losing| &losing.loss) {
        Some(Loss::Values { .. }) => "take `-- limosa: set-aside` away where they need not be kept",
        _ => "write `-- limosa: allow deletes-data` where the values may go",
    };
    Diagnostic::error("cannot-set-aside", format!("`{}` cannot be set aside", step.tag))
        .at(job.source, step.span)
        .with_note(why)
        .with_help(help)
}

impl Executor<'_> {
    /// Makes room for what a statement in batches writes over, in a transaction of its own that locks the table for a
    /// moment; or finds what an earlier run has made. `None` where nothing is to be kept.
    pub(super) async fn room_for_values(
        &mut self,
        job: &Job<'_>,
        backfill: &BackfillStep,
    ) -> Result<Option<KeptValues>, RunError> {
        let Some(losing) = backfill.step.losing.as_ref().filter(|_| job.direction == Direction::Up) else {
            return Ok(None);
        };
        let (Loss::Values { table, columns }, LossTerms::SetAside(keep)) = (&losing.loss, losing.terms) else {
            return Ok(None);
        };
        let owner = self.surroundings.role.clone();
        let place = HistoryPlace { schema: self.schema, service: self.service, owner: owner.as_ref() };
        let statement = backfill.step.span.of(&job.source.text);
        let mut records = kept(self.worker, place).await?.into_iter();
        let mut of_statement = records.by_ref().filter(|it| it.version == job.record.version);
        if let Some(found) = of_statement.find(|record| record.statement == statement && record.values.is_some()) {
            return Ok(found.values);
        }
        let settings: String = self.surroundings.set("LOCAL ").iter().map(|sql| format!("{sql};\n")).collect();
        let answer = written(self.worker, &format!("BEGIN;\n{settings}"), table, columns).await;
        let ended = self.worker.flight("ROLLBACK").await;
        let cannot = |why: String| RunError::Refused(Box::new(cannot(job, &backfill.step, why)));
        let written = answer?.ok_or_else(|| cannot(NO_TABLE.to_owned()))?;
        ended.map_err(|failure| failure.error)?;
        let id = place.as_owner(self.worker, next_number(self.worker, self.schema, Numbered::Aside)).await??;
        let name = AsideName::new(self.schema, id).map_err(|error| cannot(error.to_string()))?;
        let (rows, bytes) = (written.rows, written.bytes);
        let (values, aside) = written.set_aside(&name).map_err(cannot)?;
        let record = insert(
            self.schema,
            &NewRecord {
                id,
                service: self.service,
                version: job.record.version,
                statement,
                taken_back: None,
                aside: &aside,
                rows,
                bytes,
                actor: &self.actor,
                keep: keep.or(self.loss.set_aside).unwrap_or(LossTerms::USUAL_KEEP),
            },
        );
        let wait = super::flight::lock_timeout("LOCAL ", job.retry.first_try);
        let statements: Vec<String> = [wait].into_iter().chain(aside.steps).chain([record]).collect();
        self.run_transaction(job, None, (&[], &[]), &statements, false).await?;
        told(&values).into_iter().for_each(|line| self.remark(job, line));
        Ok(Some(values))
    }
}

/// What is to be said of it.
fn told(values: &KeptValues) -> Vec<String> {
    let table = values.table.name.for_people();
    let line = |(column, aside): (&Identifier, &Identifier)| {
        format!("what {table}.{} held is kept as {}", column.for_people(), aside.for_people())
    };
    values.columns.iter().map(|it| line((&it.column, &it.aside))).collect()
}
