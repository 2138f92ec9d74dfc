//! The SQL of a batch: the change of its rows and the job's mark, in one statement.
//!
//! Everything travels in one message. The row of the job's range is locked first and looked at: where somebody has
//! paused the job, or another runner works on it, that row is not this runner's any more, and nothing is changed.

use std::fmt::Write as _;

use limosa_catalog::{Identifier, Literal};

use super::cursor::{Cursor, Position};
use super::definition::{BackfillDefinition, RowChange};
use super::order::PASSES;
use super::placing::{Ids, Pin, Placing, not_taken};
use super::prepared_batch::Values;
use super::relation::{KeyColumn, Relation};

/// A sample of keys looks at about so many pages.
const SAMPLED_PAGES: f64 = 300.0;

/// What an error of ours begins with.
pub(crate) const STILL_TO_DO: &str = "limosa: still to do: ";

/// What stays the same from batch to batch.
pub(crate) struct Work<'a> {
    pub(crate) schema: &'a Identifier,
    pub(crate) service: &'a str,
    pub(crate) job: i32,
    pub(crate) runner: &'a str,
    /// The number of the range that is worked on.
    pub(crate) range: i32,
    pub(crate) relation: &'a Relation,
    pub(crate) definition: &'a BackfillDefinition,
    /// True for rows that are to be changed.
    pub(crate) condition: &'a str,
    /// True for rows that nobody has changed yet, if that is asked of each row of a batch when it is changed.
    pub(crate) asked_after: Option<&'a str>,
}

/// One batch.
pub(crate) struct Batch<'a> {
    pub(crate) cursor: &'a Cursor,
    /// In the order of the key, the last row; to the end of the table where there is none.
    pub(crate) until: Option<&'a [String]>,
    /// The position when the batch is done.
    pub(crate) next: &'a Position,
    /// How many rows the batch behind this one shall have, in the order of the key.
    pub(crate) look_ahead: u64,
    /// Ids for its rows, where they are made here. If there are as many rows as ids, there may be more.
    pub(crate) ids: &'a [String],
    /// Whether ids that the column holds already are left out, and so many rows be left to the next round.
    pub(crate) avoids_taken: bool,
    /// What the batch before took.
    pub(crate) busy_ms: f64,
}

/// The change of the rows that a condition picks; ids are in `limosa_id`, from what stands in `ids`.
pub(crate) fn change(definition: &BackfillDefinition, relation: &Relation, ids: &str, condition: &str) -> String {
    let table = relation.table();
    let pairs = |column: &Identifier, expression: &str| format!("{column} = ({expression}\n)");
    match &definition.change {
        RowChange::Set { assignments, from } => {
            let kept = definition.keeps.iter().flat_map(|kept| kept.assignments(&relation.row()));
            let each = assignments.iter().map(|it| pairs(&it.column, &it.expression));
            let each: Vec<String> = each.chain(kept.map(|(column, value)| pairs(&column, &value))).collect();
            let each = each.join(", ");
            let from = from.as_ref().map(|from| format!("FROM {from}\n")).unwrap_or_default();
            format!("UPDATE {table} SET {each}\n{from}WHERE {condition}")
        }
        RowChange::Generate { column, .. } => {
            let cast = cast(relation, column);
            format!("UPDATE {table} SET {column} = limosa_id{cast}\nFROM {ids} limosa_new\nWHERE {condition}")
        }
        RowChange::Insert { target, values, skips_present } => {
            let columns = values.iter().map(|it| it.column.to_string()).collect::<Vec<_>>().join(", ");
            let each = values.iter().map(|it| format!("({}\n)", it.expression)).collect::<Vec<_>>().join(", ");
            let present = if *skips_present { "\nON CONFLICT DO NOTHING" } else { "" };
            format!("INSERT INTO {target} ({columns})\nSELECT {each} FROM {table}\nWHERE {condition}{present}")
        }
        RowChange::Delete => format!("DELETE FROM {table}\nWHERE {condition}"),
    }
}

/// Rows of ids without any, for a look at the statement.
pub(crate) const NO_IDS: &str = "(SELECT NULL::text AS limosa_id)";

/// Only a uuid has to be made of a text; to cast to `varchar(8)` would cut off what is too long.
fn cast(relation: &Relation, column: &Identifier) -> &'static str {
    if relation.columns.get(column.as_str()).is_some_and(|kind| kind == "uuid") { "::uuid" } else { "" }
}

impl Work<'_> {
    /// The change of a batch's rows, as long as something else holds, too.
    pub(crate) fn change(&self, batch: &Batch<'_>, also: &str) -> String {
        self.change_of(batch, also, &mut Values::Written)
    }

    fn change_of(&self, batch: &Batch<'_>, also: &str, values: &mut Values<'_>) -> String {
        let window = self.window_of(&batch.cursor.at, batch.until, values);
        let rows = format!("{window} AND ({}) AND {also}", self.condition);
        if batch.ids.is_empty() {
            return change(self.definition, self.relation, NO_IDS, &rows);
        }
        let placing = self.placing(batch);
        let ids = match placing.ids(batch.ids) {
            Ids::Array(array) => self.left_over(array, batch.avoids_taken),
            Ids::Listed(list) => values.put(list, "text"),
        };
        let count = values.put(batch.ids.len(), "bigint");
        let parts = placing.parts(self.relation, &rows, (&ids, &count));
        format!("{}{}", parts.with, change(self.definition, self.relation, &parts.new, &parts.found))
    }

    /// How the ids of a batch come to its rows.
    fn placing(&self, batch: &Batch<'_>) -> Placing {
        Placing::of(self.relation, batch.avoids_taken)
    }

    /// How a batch is to be planned, where nothing else is known.
    pub(crate) fn pin(&self, batch: &Batch<'_>) -> Pin {
        if batch.ids.is_empty() { Pin::Free } else { self.placing(batch).pin() }
    }

    /// The statement of a batch. It gives the number of rows that it changed, something that is always null, the key
    /// up to which the batch behind it goes, and how many bytes of WAL were written meanwhile; or no row at all, and
    /// then it changed nothing.
    pub(super) fn batch(&self, batch: &Batch<'_>, values: &mut Values<'_>) -> String {
        let range = values.put(self.range, "integer");
        let mut sql = format!(
            "WITH limosa_job AS MATERIALIZED (SELECT pg_catalog.pg_current_wal_insert_lsn() AS began \
             FROM {}.backfill_range WHERE {} FOR UPDATE),\n",
            self.schema,
            self.is_own_range(&range)
        );
        let returning = match self.definition.change {
            // A row that is gone is done, and one that was copied stays as it is.
            RowChange::Delete | RowChange::Insert { .. } => "RETURNING false AS again".to_owned(),
            _ => match self.asked_after {
                None => "RETURNING false AS again".to_owned(),
                Some(condition) => format!("RETURNING ({condition}) IS TRUE AS again"),
            },
        };
        let changed = self.change_of(batch, "EXISTS (SELECT FROM limosa_job)", values);
        let _ = writeln!(sql, "limosa_changed AS ({changed}\n{returning})");
        let next = values.put(Literal(&batch.cursor.moved(batch.next.clone()).to_json()), "text");
        let cursor = match batch.ids.len() {
            0 => next,
            ids => {
                let (ids, same) = (values.put(ids, "bigint"), Literal(&batch.cursor.to_json()));
                format!("CASE WHEN changed.rows >= {ids} THEN {} ELSE {next} END", values.put(same, "text"))
            }
        };
        let fails = if batch.cursor.once {
            "NULL".to_owned()
        } else {
            format!("CASE WHEN changed.again > 0 THEN ({} || changed.again)::integer END", Literal(STILL_TO_DO))
        };
        let ahead = match batch.until {
            Some(until) => format!("({})", self.bound(Some(until), batch.cursor.at.last(), batch.look_ahead)),
            None => "NULL".to_owned(),
        };
        let busy_ms = values.put(batch.busy_ms, "double precision");
        let _ = write!(
            sql,
            "UPDATE {}.backfill_range SET batches = batches + 1, rows = backfill_range.rows + changed.rows, \
             cursor = ({cursor})::json, \
             busy_ms = busy_ms + {busy_ms}, seen_at = clock_timestamp()\n\
             FROM (SELECT count(*) AS rows, count(*) FILTER (WHERE again) AS again FROM limosa_changed) changed\n\
             WHERE service = {} AND job = {} AND range = {range} AND EXISTS (SELECT FROM limosa_job)\n\
             RETURNING changed.rows, {fails}, {ahead}, \
             (SELECT pg_catalog.pg_current_wal_insert_lsn() - began FROM limosa_job)::bigint",
            self.schema,
            Literal(self.service),
            self.job,
        );
        sql
    }

    /// Of an array of ids, those that are free.
    fn left_over(&self, array: String, avoids_taken: bool) -> String {
        match &self.definition.change {
            RowChange::Generate { column, .. } if avoids_taken => {
                not_taken(&array, self.relation, column, cast(self.relation, column))
            }
            _ => array,
        }
    }

    /// Picks the range's row, as long as this runner may work on it.
    fn is_own_range(&self, range: &str) -> String {
        let (service, runner) = (Literal(self.service), Literal(self.runner));
        format!("service = {service} AND job = {} AND range = {range} AND runner = {runner}", self.job)
    }

    /// Picks the job's row, as long as this runner may work on it.
    pub(crate) fn is_own(&self) -> String {
        format!(
            "service = {} AND job = {} AND state = 'running' AND runner = {}",
            Literal(self.service),
            self.job,
            Literal(self.runner)
        )
    }

    /// A query for the key of the last of so many rows behind a key and up to another; no row where there are not so
    /// many.
    pub(crate) fn bound(&self, after: Option<&[String]>, last: Option<&[String]>, rows: u64) -> String {
        format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {} OFFSET {} LIMIT 1",
            self.key_text(),
            self.relation.table(),
            self.between(after, last),
            self.key_columns(),
            rows.max(1) - 1
        )
    }

    /// A query for keys that part the rows behind a key and up to another into so many parts of about one size, by a
    /// sample of the table's pages.
    pub(crate) fn bounds(&self, after: Option<&[String]>, last: Option<&[String]>, parts: u64) -> String {
        #[expect(clippy::cast_precision_loss, reason = "pages are fewer than 2^32")]
        let share = (SAMPLED_PAGES * 100.0 / self.relation.pages.max(1) as f64).min(100.0);
        let cuts: Vec<String> = (1..parts).map(|part| format!("total * {part} / {parts}")).collect();
        format!(
            "SELECT key FROM (SELECT {} AS key, row_number() OVER (ORDER BY {}) AS number, count(*) OVER () AS total \
             FROM {} TABLESAMPLE SYSTEM ({share:.4}) WHERE {}) limosa_sample \
             WHERE number = ANY (ARRAY[{}]::bigint[]) ORDER BY number",
            self.key_text(),
            self.key_columns(),
            self.relation.table(),
            self.between(after, last),
            cuts.join(", ")
        )
    }

    pub(crate) fn key_columns(&self) -> String {
        let row = self.relation.row();
        let names: Vec<String> = self.relation.key.iter().map(|column| format!("{row}.{}", column.name)).collect();
        names.join(", ")
    }

    /// Picks the rows behind a key and up to another.
    fn between(&self, after: Option<&[String]>, last: Option<&[String]>) -> String {
        let after = after.map(|key| self.compared(">", key));
        let last = last.map(|key| self.compared("<=", key));
        let both: Vec<String> = after.into_iter().chain(last).collect();
        if both.is_empty() { "true".to_owned() } else { both.join(" AND ") }
    }

    /// A row's key as a JSON array of texts.
    pub(crate) fn key_text(&self) -> String {
        let text = |column: &KeyColumn| format!("{}.{}::text", self.relation.row(), column.name);
        let texts: Vec<String> = self.relation.key.iter().map(text).collect();
        format!("json_build_array({})::text", texts.join(", "))
    }

    /// Picks the rows of a position.
    pub(crate) fn window(&self, at: &Position, until: Option<&[String]>) -> String {
        self.window_of(at, until, &mut Values::Written)
    }

    fn window_of(&self, at: &Position, until: Option<&[String]>, values: &mut Values<'_>) -> String {
        match at {
            Position::Key { after, last } => self.between(after.as_deref(), until.or(last.as_deref())),
            Position::Stride { page, pass, done, span, end, .. } => {
                let row = self.relation.row();
                let (begin, behind) = (page + done, (page + done + span).min(*end));
                let mut place = |page: u64| values.put(format_args!("'({page},0)'"), "tid");
                let (begin, behind) = (place(begin), place(behind));
                let pass = values.put(pass, "integer");
                // The last byte of a place is that of the row's number on its page. Hashes of places would be uneven:
                // where more rows of a page come in one pass than left it before, some find no room.
                format!(
                    "{row}.ctid >= {begin} AND {row}.ctid < {behind} \
                     AND get_byte(tidsend({row}.ctid), 5) % {PASSES} = {pass}"
                )
            }
            Position::End(_) => "false".to_owned(),
        }
    }

    /// The key beside values, each of its column's type.
    fn compared(&self, operator: &str, values: &[String]) -> String {
        let row = self.relation.row();
        let names: Vec<String> = self.relation.key.iter().map(|column| format!("{row}.{}", column.name)).collect();
        let values = self.relation.key.iter().zip(values);
        let values: Vec<String> =
            values.map(|(column, value)| format!("{}::{}", Literal(value), column.data_type)).collect();
        match (names.as_slice(), values.as_slice()) {
            ([name], [value]) => format!("{name} {operator} {value}"),
            (names, values) => format!("({}) {operator} ({})", names.join(", "), values.join(", ")),
        }
    }
}
