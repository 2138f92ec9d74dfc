//! What a contract changes in what other open changes rest on. A view whose column gets its final name is the same view
//! still: had it counted as changed since, the other change could not be contracted.
//!
//! What the other rests on is known by what the catalog says of it, and that is read behind the contract, when no lock
//! is held any more. So the contract's own transaction puts on record that it is still to be read, and how it stood at
//! that moment. Whoever looks next takes it as it is, provided that nobody has changed it in between.

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, Literal};
use limosa_plan::{Reliance, Watch, relies_on};
use limosa_postgres::Type;

use super::expand::own_names;
use super::record::OnlineRecord;
use super::versions::{as_named_then, version_schemas};
use super::wire::{ColumnJson, FollowedJson};
use crate::executor::Executor;
use crate::run_error::RunError;

/// How what hangs on columns stands, as one text; `{columns}` is a list of tables and columns.
const STANDS_SQL: &str = include_str!("followed.sql");

/// What a contract has to put on record in its own transaction: of other changes that stay open, what hung on their
/// columns before and was as they found it.
///
/// # Errors
/// What the server says.
pub(super) async fn to_follow(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Result<Vec<String>, RunError> {
    let stays = |other: &&OnlineRecord| other.is_open() && other.id != record.id && !other.terms.reliance.is_empty();
    let staying: Vec<&OnlineRecord> = others.iter().filter(stays).collect();
    if staying.is_empty() {
        return Ok(Vec::new());
    }
    let catalog = catalog(executor).await?;
    let statement = |other: &OnlineRecord| {
        let mut intact = hanging(executor, catalog.clone(), other, others);
        intact.retain(|object, hash| other.terms.reliance.get(object) == Some(hash));
        let objects = serde_json::json!(intact.into_keys().collect::<Vec<_>>()).to_string();
        format!(
            "UPDATE {}.online SET terms = (terms::jsonb || pg_catalog.jsonb_build_object('followed', \
             pg_catalog.jsonb_build_object('objects', {}::jsonb, 'stands', ({}))))::json WHERE id = {}",
            executor.schema,
            Literal(&objects),
            stands(other),
            other.id
        )
    };
    Ok(staying.into_iter().map(statement).collect())
}

/// Takes what contracts have changed as it is now, where that is still to be done.
///
/// # Errors
/// What the server says.
pub(super) async fn follow(executor: &Executor<'_>, records: &[OnlineRecord]) -> Result<(), RunError> {
    let followed = records.iter().filter(|record| record.is_open());
    let followed: Vec<(&OnlineRecord, &FollowedJson)> =
        followed.filter_map(|record| record.terms.followed.as_ref().map(|followed| (record, followed))).collect();
    if followed.is_empty() {
        return Ok(());
    }
    let catalog = catalog(executor).await?;
    for (record, followed) in followed {
        let now = hanging(executor, catalog.clone(), record, records);
        let changed: BTreeMap<&String, &String> =
            now.iter().filter(|(object, _)| followed.objects.contains(object)).collect();
        // What the contract has taken away is nothing that this change needs.
        let gone: Vec<String> = followed.objects.iter().filter(|object| !now.contains_key(*object)).cloned().collect();
        // What somebody else has changed since the contract stays as it is on record, and is found by that.
        let sql = format!(
            "UPDATE {}.online SET terms = (CASE WHEN terms->'followed'->>'stands' = ({}) THEN pg_catalog.jsonb_set(\
             pg_catalog.jsonb_set(terms::jsonb, '{{reliance}}', (terms::jsonb->'reliance') || $1::jsonb), \
             '{{needed}}', coalesce(nullif(terms::jsonb->'needed', 'null') - $2::text[], 'null')) \
             ELSE terms::jsonb END - 'followed')::json WHERE id = {} AND terms->'followed' IS NOT NULL",
            executor.schema,
            stands(record),
            record.id
        );
        let changed = serde_json::json!(changed).to_string();
        executor
            .target
            .history()
            .query(executor.worker, &sql, &[(&changed, Type::TEXT), (&gone, Type::TEXT_ARRAY)])
            .await?;
    }
    Ok(())
}

/// A query of one text: how what hangs on a change's columns stands.
fn stands(record: &OnlineRecord) -> String {
    let column = |column: &ColumnJson| {
        let name = column.read().ok()?.name;
        Some(format!("(pg_catalog.to_regclass({})::oid, {})", Literal(&column.table()), Literal(name.as_str())))
    };
    let columns: Vec<String> = record.terms.watched.iter().filter_map(column).collect();
    let columns = if columns.is_empty() { "(0::oid, '')".to_owned() } else { columns.join(", ") };
    STANDS_SQL.trim_end().replace("{columns}", &columns)
}

/// The database as it is, without what versions are shown.
pub(super) async fn catalog(executor: &Executor<'_>) -> Result<Catalog, RunError> {
    let versions = version_schemas(executor.worker, executor.target.history()).await?.names();
    Ok(executor.worker.catalog(&[&[executor.schema.clone()][..], &versions].concat()).await?)
}

/// What hangs on the columns of a change.
pub(super) fn hanging(
    executor: &Executor<'_>,
    catalog: Catalog,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Reliance {
    let read = |columns: &[ColumnJson]| columns.iter().map(ColumnJson::read).filter_map(Result::ok).collect::<Vec<_>>();
    let catalog = as_named_then(catalog, others, record.id);
    let (watched, own) = (read(&record.terms.watched), own_names(executor.schema, record.id));
    if record.terms.needed.is_none() {
        return relies_on(&catalog, &watched, &own);
    }
    let (passing, reshaped) = (read(&record.terms.passing), read(&record.terms.reshaped));
    let said = record.terms.said.iter().filter_map(|name| Identifier::new(name.as_str()).ok()).collect();
    let watch = Watch::new(watched, &passing, reshaped, said, (&record.expand, &record.contract));
    let renames = record.terms.renames.iter().filter(|_| record.terms.knows_copies);
    watch.with_copies(renames.filter_map(|rename| rename.read().ok()).collect(), &passing).found(&catalog, &own)
}
