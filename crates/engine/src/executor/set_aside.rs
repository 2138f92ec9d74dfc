//! Setting aside in the place of a drop.

use std::time::Duration;

use limosa_plan::{AsideName, SetAside, Step, set_aside};
use limosa_postgres::{ServerError, Type};
use limosa_syntax::{Loss, Parted, TableAction, part_actions};

use super::apart::{ApartFailure, Scene};
use super::foreseen::{Foreseen, Named};
use crate::aside::{NewRecord, insert, read_catalog_in_transaction};
use crate::event::Direction;
use crate::history::{Numbered, next_number};

/// The relations among these that are there.
const THERE_SQL: &str = "\
SELECT t FROM pg_catalog.unnest($1::text[]) AS t
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t) WHERE c.relkind IN ('r', 'p')";

/// Rows and bytes of tables, as far as the server has counted. Looks at files, and at no row.
const TABLES_SIZE_SQL: &str = "\
SELECT pg_catalog.sum(c.reltuples) FILTER (WHERE c.reltuples >= 0)::int8,
       pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid))::int8
FROM pg_catalog.unnest($1::text[]) AS t JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t)
WHERE c.relkind = 'r'";

/// Rows and bytes of columns, as far as the server has counted.
const COLUMNS_SIZE_SQL: &str = "\
SELECT pg_catalog.max(c.reltuples) FILTER (WHERE c.reltuples >= 0)::int8,
       pg_catalog.sum(c.reltuples * (1 - s.null_frac) * s.avg_width) FILTER (WHERE c.reltuples >= 0)::int8
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS t (relation, attribute)
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.relation)
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
  AND s.attname = t.attribute AND s.inherited = (c.relkind = 'p')";

/// Rows and bytes, where they were counted.
pub(super) type Size = (Option<i64>, Option<i64>);

impl Scene<'_> {
    /// Does what the statement says, except that what it drops is kept. The drop itself is tried in a subtransaction:
    /// so the server says what goes with it, and refuses what it would refuse.
    pub(super) async fn set_aside(&self, step: &Step, sql: &str, keep: Duration) -> Result<Vec<String>, ApartFailure> {
        let is_drop = |action: &TableAction| matches!(action, TableAction::DropColumn(_));
        let Parted { picked, rest } =
            part_actions(sql, is_drop).unwrap_or(Parted { picked: Some(sql.to_owned()), rest: None });
        // One that is whole keeps its text, and with it the places that the server points at.
        let drop = picked.filter(|_| rest.is_some()).unwrap_or_else(|| sql.to_owned());
        let named = Named::of(step, &drop);
        let foreseen = match &named {
            Some(named) => self.foresee(named).await?,
            None => None,
        };
        self.lock(step).await?;
        if let (Some(named), Some(foreseen)) = (&named, foreseen)
            && let Some(told) = self.as_foreseen(step, &drop, (named, foreseen), keep).await?
        {
            if let Some(rest) = rest {
                self.flight(&rest).await.map_err(ApartFailure::Own)?;
            }
            return Ok(told);
        }
        let (before, _) = read_catalog_in_transaction(self.worker, self.history_schema).await?;
        self.flight("SAVEPOINT limosa_aside").await?;
        self.flight(&drop).await.map_err(ApartFailure::Statement)?;
        let (after, _) = read_catalog_in_transaction(self.worker, self.history_schema).await?;
        self.flight("ROLLBACK TO SAVEPOINT limosa_aside; RELEASE SAVEPOINT limosa_aside").await?;
        if before.fingerprint() == after.fingerprint() {
            // `IF EXISTS` of something that is not there; the server has said so.
            return self.plainly(sql).await;
        }
        let id = next_number(self.worker, self.history_schema, Numbered::Aside).await?;
        let cannot = |why: String| self.cannot(step, why);
        let name = AsideName::new(self.history_schema, id).map_err(|error| cannot(error.to_string()))?;
        let aside = set_aside(&before, &after, &name).map_err(|error| cannot(error.to_string()))?;
        let size = self.size(&aside).await?;
        self.put_aside(step, (id, &aside), size, keep).await?;
        if let Some(rest) = rest {
            self.flight(&rest).await.map_err(ApartFailure::Own)?;
        }
        Ok(told(&aside, &name, id, self.job.direction))
    }

    /// Does what was decided before the locks, if the drop takes away what was foreseen; `None` if it does not.
    async fn as_foreseen(
        &self,
        step: &Step,
        drop: &str,
        (named, foreseen): (&Named, Foreseen),
        keep: Duration,
    ) -> Result<Option<Vec<String>>, ApartFailure> {
        if !self.stands(named, &foreseen).await? {
            return Ok(None);
        }
        self.flight("SAVEPOINT limosa_aside").await?;
        self.flight(drop).await.map_err(ApartFailure::Statement)?;
        let came_true = self.came_true(&foreseen).await?;
        self.flight("ROLLBACK TO SAVEPOINT limosa_aside; RELEASE SAVEPOINT limosa_aside").await?;
        if !came_true {
            return Ok(None);
        }
        let Foreseen { id, name, aside, size, .. } = foreseen;
        self.put_aside(step, (id, &aside), size, keep).await?;
        Ok(Some(told(&aside, &name, id, self.job.direction)))
    }

    /// Runs what sets something aside, and puts it on record with it. Its size is in rows and bytes.
    pub(super) async fn put_aside(
        &self,
        step: &Step,
        (id, aside): (i64, &SetAside),
        (rows, bytes): Size,
        keep: Duration,
    ) -> Result<(), ServerError> {
        let record = NewRecord {
            id,
            service: self.service,
            version: self.job.record.version,
            statement: step.span.of(&self.job.source.text),
            aside,
            taken_back: (self.job.direction == Direction::Down).then_some(self.job.record.checksum),
            rows,
            bytes,
            actor: self.actor,
            keep,
        };
        let mut statements = aside.steps.clone();
        statements.push(insert(self.history_schema, &record));
        self.flight(&statements.join(";\n")).await
    }

    /// Takes the locks that the drop needs before anything is looked at; those taken in a subtransaction would go with
    /// it.
    async fn lock(&self, step: &Step) -> Result<(), ApartFailure> {
        let names: Vec<String> = match step.losing.as_ref().map(|losing| &losing.loss) {
            Some(Loss::Columns { table, .. }) => vec![table.to_string()],
            Some(Loss::Tables(names)) => names.iter().map(ToString::to_string).collect(),
            Some(Loss::Rows(_) | Loss::Schemas(_) | Loss::Values { .. }) | None => Vec::new(),
        };
        let rows = self.worker.query(THERE_SQL, &[(&names, Type::TEXT_ARRAY)]).await?;
        let there: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if !there.is_empty() {
            self.flight(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", there.join(", "))).await?;
        }
        Ok(())
    }

    pub(super) async fn size(&self, aside: &SetAside) -> Result<Size, ApartFailure> {
        let tables: Vec<String> = aside.tables.iter().map(|kept| kept.name.to_string()).collect();
        let rows = if tables.is_empty() {
            let relations: Vec<String> = aside.columns.iter().map(|kept| kept.column.relation.to_string()).collect();
            let names: Vec<&str> = aside.columns.iter().map(|kept| kept.column.name.as_str()).collect();
            self.worker.query(COLUMNS_SIZE_SQL, &[(&relations, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)]).await?
        } else {
            self.worker.query(TABLES_SIZE_SQL, &[(&tables, Type::TEXT_ARRAY)]).await?
        };
        Ok(rows.first().map_or((None, None), |row| (row.get(0), row.get(1))))
    }
}

/// What is to be said when it is done.
fn told(aside: &SetAside, name: &AsideName, id: i64, direction: Direction) -> Vec<String> {
    let column = |kept: &limosa_plan::KeptColumn| {
        let (relation, column) = (&kept.column.relation, kept.column.name.for_people());
        format!("{}.{column} is kept as {}", relation.name.for_people(), kept.aside.for_people())
    };
    let table = |kept: &limosa_plan::KeptTable| {
        let table = kept.name.name.for_people();
        format!("{table} is kept as {}.{table}", name.schema().for_people())
    };
    let mut lines: Vec<String> = aside.columns.iter().map(column).chain(aside.tables.iter().map(table)).collect();
    if !aside.dropped.is_empty() {
        let verb = if direction == Direction::Up { "down" } else { "up" };
        lines.push(format!("set aside {id} drops, and `limosa {verb}` makes again: {}", aside.dropped.join(", ")));
    }
    lines
}
