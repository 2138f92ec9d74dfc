//! The way back of what was set aside.

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::{KeptColumn, RestoreStep, Step};
use limosa_postgres::{ServerError, Type};
use limosa_syntax::Diagnostic;

use super::apart::{ApartFailure, Scene};
use crate::aside::{AsideRecord, Ended, Instead, Made, mark, tables_of};
use crate::event::Direction;

const INDEX_SQL: &str = "\
SELECT FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = pg_catalog.to_regclass($1) AND i.relname = $2";

const CONSTRAINT_SQL: &str =
    "SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass($1) AND conname = $2";

const PRIMARY_KEY_SQL: &str =
    "SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass($1) AND contype = 'p' AND $2 = ''";

/// The columns of a primary key.
const KEY_SQL: &str = "\
SELECT a.attname::text FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)
WHERE x.indrelid = pg_catalog.to_regclass($1) AND x.indisprimary ORDER BY a.attnum";

/// How many rows are named that lack a value.
const NAMED: i64 = 5;

impl Scene<'_> {
    /// Runs a statement of a down script, or brings back what it would make.
    pub(super) async fn bring_back_instead(&mut self, step: &Step, sql: &str) -> Result<Vec<String>, ApartFailure> {
        let job = self.job;
        let instead = match job.direction {
            Direction::Up => Instead::again(step, sql, job.asides).ok().flatten(),
            Direction::Down => Instead::of(sql, job.asides),
        };
        match instead {
            None => self.plainly(sql).await,
            Some(Instead::Nothing) => Ok(vec![left_out(step)]),
            Some(Instead::Other(sql)) => {
                self.flight(&sql).await?;
                Ok(Vec::new())
            }
            Some(Instead::IfMissing(made)) => match self.is_made(&made).await? {
                true => Ok(Vec::new()),
                false => self.plainly(sql).await,
            },
            Some(Instead::Back { records, rest }) => {
                let mut told = Vec::new();
                for record in job.asides.iter().filter(|record| records.contains(&record.id)) {
                    told.extend(self.bring_back(record).await?);
                }
                let Some(rest) = rest else { return Ok(told) };
                let apart = step.losing.as_ref().and_then(|losing| self.rules.of(job.direction, losing));
                match apart.filter(|_| job.direction == Direction::Up || self.rules.hold_for_down) {
                    Some(apart) => told.extend(self.without_loss(apart, step, &rest).await?),
                    None => self.flight(&rest).await?,
                }
                Ok(told)
            }
        }
    }

    /// Brings back what no statement has brought back, then makes again what was dropped with it.
    pub(super) async fn end_bringing_back(&mut self) -> Result<Vec<String>, ApartFailure> {
        let job = self.job;
        let mut told = Vec::new();
        for record in job.asides.iter().rev() {
            told.extend(self.bring_back(record).await?);
        }
        if job.direction == Direction::Up {
            for record in job.asides {
                for kept in record.columns.iter().filter(|kept| kept.demands_value) {
                    self.demand_values(record, kept, &kept.column.relation, &kept.column.name).await?;
                }
            }
        }
        for record in job.asides.iter().rev() {
            let statements = record.restore.iter().filter(|step| !self.is_waived(step)).flat_map(|step| &step.sql);
            let mut statements: Vec<String> = statements.map(|sql| sql.trim_end_matches(';').to_owned()).collect();
            statements.push(mark(self.history_schema, record.id, Ended::Restored));
            self.flight(&statements.join(";\n")).await?;
        }
        Ok(told)
    }

    /// Brings back what one statement would have dropped, unless that is done.
    async fn bring_back(&mut self, record: &AsideRecord) -> Result<Vec<String>, ApartFailure> {
        if !self.back.insert(record.id) {
            return Ok(Vec::new());
        }
        let mut statements = Vec::new();
        // Some are back where they were.
        let there = self.job.asides.iter().flat_map(|it| it.tables.iter().map(|kept| kept.name.clone()));
        let parted: Vec<ObjectName> = self.job.asides.iter().flat_map(AsideRecord::moved).chain(there).collect();
        for kept in &record.columns {
            let tables = tables_of(self.worker, &kept.column.relation, &kept.aside, &parted).await?;
            let Some((table, parts)) = tables.split_first() else {
                return Err(gone(record, kept.aside.as_str()).into());
            };
            // Where it is made anew, the statements that follow may fill it.
            if kept.demands_value && self.job.direction == Direction::Down {
                self.demand_values(record, kept, table, &kept.aside).await?;
            }
            statements.extend(kept.back(table));
            statements.extend(parts.iter().map(|part| kept.column_back(part)));
        }
        if let Some(kept) = &record.values {
            let tables = tables_of(self.worker, &kept.table, &kept.mark, &parted).await?;
            if tables.is_empty() {
                return Err(gone(record, kept.mark.as_str()).into());
            }
            statements.extend(tables.iter().flat_map(|table| kept.back(table)));
        }
        statements.extend(record.tables.iter().map(|kept| kept.back(&record.name)));
        statements.extend(record.types.iter().map(|kept| kept.back(&record.name)));
        if !record.tables.is_empty() || !record.types.is_empty() {
            statements.push(format!("DROP SCHEMA {}", record.name.schema()));
        }
        if !statements.is_empty() {
            self.flight(&statements.join(";\n")).await?;
        }
        let what = record.subjects().join(", ");
        Ok(vec![match record.names().as_slice() {
            [] => format!("{what} came back"),
            names => format!("{what} came back from {}", names.join(", ")),
        }])
    }

    /// Looks for rows without a value in a column that is to demand one.
    async fn demand_values(
        &mut self,
        record: &AsideRecord,
        kept: &KeptColumn,
        table: &ObjectName,
        now: &Identifier,
    ) -> Result<(), ApartFailure> {
        let aside = &kept.aside;
        let rows = self.worker.query(&format!("SELECT count(*) FROM {table} WHERE {now} IS NULL"), &[]).await?;
        let count: i64 = rows.first().map_or(0, |row| row.get(0));
        if count == 0 {
            return Ok(());
        }
        if self.rules.allow_missing {
            self.waived.push(kept.column.clone());
            return Ok(());
        }
        let column = kept.column.name.for_people();
        let relation = format!("{}.{}", table.schema.for_people(), table.name.for_people());
        let them = self.some_of(table, now).await?;
        let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        let has = if count == 1 { "has" } else { "have" };
        let (so_far, way_on) = match self.job.direction {
            Direction::Up => ("is in effect", format!("to go without the kept values: `limosa purge {}`", record.id)),
            Direction::Down => (
                "was taken back",
                "to take the column back without its NOT NULL: `limosa down --allow missing-values`".to_owned(),
            ),
        };
        let so_far = format!("nothing {so_far}; {} is kept as {}", record.subjects().join(", "), aside.for_people());
        let mut diagnostic =
            Diagnostic::error("missing-values", format!("{rows} of {relation} that came later {has} no {column}"))
                .in_file(self.job.source);
        if let Some(them) = them {
            diagnostic = diagnostic.with_note(format!("among them: {them}"));
        }
        Err(diagnostic
            .with_note(so_far)
            .with_note(format!(
                "to fill them: UPDATE {relation} SET {0} = … WHERE {0} IS NULL; or remove the rows",
                aside.for_people()
            ))
            .with_help(way_on)
            .into())
    }

    /// The first rows that lack a value, by their primary key.
    async fn some_of(&self, table: &ObjectName, aside: &Identifier) -> Result<Option<String>, ServerError> {
        let rows = self.worker.query(KEY_SQL, &[(&table.to_string(), Type::TEXT)]).await?;
        let names: Vec<Identifier> =
            rows.iter().filter_map(|row| Identifier::new(row.get::<_, String>(0)).ok()).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let list = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let texts = names.iter().map(|name| format!("{name}::text")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT pg_catalog.concat_ws(', ', {texts}) FROM {table} \
             WHERE {aside} IS NULL ORDER BY {list} LIMIT {NAMED}"
        );
        let rows = self.worker.query(&sql, &[]).await?;
        let keys: Vec<String> = rows.iter().map(|row| row.get::<_, String>(0)).collect();
        let key = names.iter().map(|name| name.for_people().to_string()).collect::<Vec<_>>().join(", ");
        Ok(Some(format!("{key} = {}", keys.join("; "))))
    }

    /// Whether a step puts back what this run goes without.
    fn is_waived(&self, step: &RestoreStep) -> bool {
        self.waived.iter().any(|column| {
            let id = limosa_catalog::ObjectId::Column(column.clone());
            step.about == format!("alter {id}")
        })
    }

    async fn is_made(&self, made: &Made) -> Result<bool, ServerError> {
        let (sql, table, name) = match made {
            Made::Index { table, name } => (INDEX_SQL, table, name.as_str()),
            Made::Constraint { table, name } => (CONSTRAINT_SQL, table, name.as_str()),
            Made::PrimaryKey { table } => (PRIMARY_KEY_SQL, table, ""),
        };
        let rows = self.worker.query(sql, &[(&table.to_string(), Type::TEXT), (&name, Type::TEXT)]).await?;
        Ok(!rows.is_empty())
    }
}

fn left_out(step: &Step) -> String {
    let table = step.object.as_ref().map(|table| format!(" {table}")).unwrap_or_default();
    format!("`{}{table}` is left out: the rows came back", step.tag)
}

fn gone(record: &AsideRecord, name: &str) -> Diagnostic {
    Diagnostic::error("aside-gone", format!("{} cannot come back: `{name}` is not there", record.subjects().join(", ")))
        .with_note(format!("set aside {} says that it is kept; it was dropped or renamed by other means", record.id))
        .with_help(format!(
            "if it is lost, say so with `limosa purge {}`; the down script then runs as it is",
            record.id
        ))
}
