//! Putting rows into the tables of a database.

use std::collections::BTreeMap;
use std::ops::Range;

use limosa_catalog::{Catalog, Identifier, ObjectId, ObjectKind, ObjectName};
use limosa_postgres::{ServerError, Session};

use super::form::Form;
use super::judge;
use super::order::{Turn, turns};
use super::reference::Reference;
use super::statement::{Recipe, TOGETHER, refer};
use super::table::Table;

/// Triggers, rules and the checks of foreign keys are for what applications write; these rows keep the foreign keys by
/// themselves. For superusers only, as everybody is in a server of his own.
const BEGIN: &str = "SET session_replication_role = replica; SET client_min_messages = warning; \
                     SET search_path = pg_catalog, public; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'";
const END: &str = "RESET session_replication_role; RESET client_min_messages; RESET search_path; RESET datestyle; \
                   RESET intervalstyle";

/// What rows each partition takes, by its whole: a partition takes what its own and its parents' bounds take.
const PARTITIONS: &str = "\
SELECT n.nspname::text, c.relname::text, pg_catalog.pg_get_partition_constraintdef(part.relid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
     LATERAL pg_catalog.pg_partition_tree(c.oid) part
WHERE c.relkind = 'p' AND NOT c.relispartition AND part.isleaf";

/// So many rows are tried one by one where they cannot go in together.
const ONE_BY_ONE: u64 = 2_000;

/// What became of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledTable {
    /// The table; a partitioned one stands for its partitions.
    pub table: ObjectName,
    /// The rows that it holds now, those from before included.
    pub rows: u64,
    /// Why no rows could be made, where none could.
    pub shortfall: Option<String>,
}

/// Gives every table of a catalog so many rows, as far as its keys and constraints allow. Each row satisfies all
/// constraints; foreign keys refer to rows that are there. Identity columns, serial numbers and generated columns are
/// left to the server. What could not be filled is told with the reason.
///
/// The session's role has to be a superuser: triggers and rules do not fire.
///
/// # Errors
/// The connection is lost, or the server refuses what is asked of its own catalog.
pub async fn fill_tables(session: &Session, catalog: &Catalog, rows: u64) -> Result<Vec<FilledTable>, ServerError> {
    let filled = fill_some(session, catalog, 0..rows, &|_| true).await?;
    settle(session, catalog).await;
    Ok(filled)
}

/// Gives the tables of a catalog that are wanted the rows of these numbers, as [`fill_tables`] does. Rows of other
/// numbers have other values, where the constraints leave room for that; a number that a table has had adds nothing
/// where a key is unique.
///
/// # Errors
/// As for [`fill_tables`].
pub(crate) async fn fill_some(
    session: &Session,
    catalog: &Catalog,
    rows: Range<u64>,
    wanted: &dyn Fn(&ObjectName) -> bool,
) -> Result<Vec<FilledTable>, ServerError> {
    run(session, BEGIN).await?;
    let mut tables = Table::all(catalog);
    tables.retain(|table| wanted(&table.name));
    let bounds = partition_bounds(session).await?;
    let (turns, unordered) = turns(&tables);
    let mut filled = Vec::new();
    for turn in &turns {
        let Some(table) = tables.get(turn.table) else { continue };
        let bounds = bounds.get(&table.name).map(Vec::as_slice).unwrap_or_default();
        let shortfall = fill_table(session, table, turn, bounds, &rows).await?;
        filled.push((table.name.clone(), shortfall));
    }
    for table in unordered.iter().filter_map(|index| tables.get(*index)) {
        let reason = "its foreign keys lead around to tables that wait for it, and none of them may be null";
        filled.push((table.name.clone(), Some(reason.to_owned())));
    }
    for turn in turns.iter().filter(|turn| !turn.later.is_empty()) {
        let Some(table) = tables.get(turn.table) else { continue };
        for key in turn.later.iter().filter_map(|key| table.keys.get(*key)) {
            // Null was allowed and is what stays where a constraint wants no reference.
            let _ = run(session, &refer(&table.name, &quoted(&key.columns), &key.to, &quoted(&key.to_columns))).await;
        }
    }
    run(session, END).await?;
    let mut told = Vec::new();
    for (table, shortfall) in filled {
        let counted = session.query(&format!("SELECT count(*) FROM {table}"), &[]).await?;
        let rows = counted.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or(0));
        let shortfall = shortfall.filter(|_| rows == 0);
        told.push(FilledTable { table, rows, shortfall });
    }
    told.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(told)
}

async fn run(session: &Session, sql: &str) -> Result<(), ServerError> {
    session.flight(sql).await.map(drop).map_err(|failure| failure.error)
}

fn quoted(names: &[Identifier]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

async fn partition_bounds(session: &Session) -> Result<BTreeMap<ObjectName, Vec<String>>, ServerError> {
    let mut bounds: BTreeMap<ObjectName, Vec<String>> = BTreeMap::new();
    for row in session.query(PARTITIONS, &[]).await? {
        let names = (Identifier::new(row.get::<_, &str>(0)), Identifier::new(row.get::<_, &str>(1)));
        let (Ok(schema), Ok(name)) = names else { continue };
        // A default partition beside no other takes everything, and has no bound.
        let bound = row.get::<_, Option<String>>(2).unwrap_or_else(|| "true".to_owned());
        bounds.entry(ObjectName { schema, name }).or_default().push(bound);
    }
    Ok(bounds)
}

/// Fills one table. Says what is in the way, where something is.
async fn fill_table(
    session: &Session,
    table: &Table,
    turn: &Turn,
    bounds: &[String],
    rows: &Range<u64>,
) -> Result<Option<String>, ServerError> {
    if table.is_partitioned && bounds.is_empty() {
        return Ok(Some("it has no partitions".to_owned()));
    }
    let mut referenced = Vec::new();
    for (place, key) in table.keys.iter().enumerate() {
        let keys = if turn.later.contains(&place) { Vec::new() } else { keys_of(session, key, rows.end).await? };
        if keys.is_empty() && !turn.later.contains(&place) && !table.can_be_null(key) {
            return Ok(Some(format!("it has to refer to {}, which has no rows", people(&key.to))));
        }
        referenced.push(keys);
    }
    let any_bound: Vec<String> = (!bounds.is_empty()).then(|| bounds.join(" OR ")).into_iter().collect();
    let mut recipe = Recipe::default();
    for group in table.groups(&any_bound) {
        let forms: Vec<Vec<Form>> =
            group.columns.iter().map(|place| table.forms(*place, &group, &turn.later)).collect();
        let names = || {
            let columns = group.columns.iter().filter_map(|place| table.columns.get(*place));
            columns.map(|column| column.name.for_people().to_string()).collect::<Vec<_>>().join(", ")
        };
        if forms.iter().any(Vec::is_empty) {
            let unknown = group.columns.iter().zip(&forms).find(|(_, forms)| forms.is_empty());
            let column = unknown.and_then(|(place, _)| table.columns.get(*place));
            let of = column.map(|column| format!("{} of type {}", column.name.for_people(), column.written_type));
            return Ok(Some(format!("no values are known for column {}", of.unwrap_or_else(names))));
        }
        let taken = judge::choose(session, table, &group, &forms, (rows, &referenced)).await?;
        if taken.is_empty() {
            let expressions = group.expressions.join(" AND ");
            let what = if expressions.is_empty() { "the domain takes none".to_owned() } else { expressions };
            return Ok(Some(format!("no values were found for {}: {what}", names())));
        }
        recipe.groups.push((group.columns.clone(), taken));
    }
    insert(session, table, &recipe, rows, &referenced).await
}

/// The keys of a table that others refer to, as text, the least first.
async fn keys_of(session: &Session, key: &Reference, most: u64) -> Result<Vec<Vec<String>>, ServerError> {
    let texts: Vec<String> = key.to_columns.iter().map(|column| format!("{column}::text")).collect();
    let present: Vec<String> = key.to_columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    let sql =
        format!("SELECT ARRAY[{}] FROM {} WHERE {} LIMIT {most}", texts.join(", "), key.to, present.join(" AND "));
    Ok(session.query(&sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

async fn insert(
    session: &Session,
    table: &Table,
    recipe: &Recipe,
    rows: &Range<u64>,
    referenced: &[Vec<Vec<String>>],
) -> Result<Option<String>, ServerError> {
    let mut from = rows.start;
    while from < rows.end {
        // Without a column to give, a statement makes one row.
        let most = if recipe.groups.is_empty() { 1 } else { TOGETHER };
        let to = rows.end.min(from + most);
        if let Err(error) = run(session, &recipe.insert(table, from..to, referenced, true)).await {
            if error.is_connection_lost() {
                return Err(error);
            }
            return one_by_one(session, table, recipe, from..rows.end.min(from + ONE_BY_ONE), referenced).await;
        }
        from = to;
    }
    Ok(None)
}

/// Puts in what fits. A table that takes no row says why.
async fn one_by_one(
    session: &Session,
    table: &Table,
    recipe: &Recipe,
    rows: Range<u64>,
    referenced: &[Vec<Vec<String>>],
) -> Result<Option<String>, ServerError> {
    let (mut went_in, mut first_error) = (0_u64, None);
    let first = rows.start;
    for row in rows {
        match run(session, &recipe.insert(table, row..row + 1, referenced, false)).await {
            Ok(()) => went_in += 1,
            Err(error) if error.is_connection_lost() => return Err(error),
            Err(error) => {
                first_error.get_or_insert_with(|| error.to_string());
                // Nothing that comes is likely to be better.
                if went_in == 0 && row > first + 100 {
                    break;
                }
            }
        }
    }
    Ok(first_error.filter(|_| went_in == 0))
}

/// Fills materialized views, and lets the server look at all tables, so that it plans as it would in earnest. What
/// fails here leaves the rows as they are.
async fn settle(session: &Session, catalog: &Catalog) {
    for entry in catalog.of_kind(ObjectKind::MaterializedView) {
        if let ObjectId::MaterializedView(name) = entry.id() {
            let _ = run(session, &format!("REFRESH MATERIALIZED VIEW {name}")).await;
        }
    }
    let _ = run(session, "ANALYZE").await;
}

fn people(name: &ObjectName) -> String {
    format!("{}.{}", name.schema.for_people(), name.name.for_people())
}
