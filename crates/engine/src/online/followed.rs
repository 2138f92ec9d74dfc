//! What a contract changes in what other open changes rest on. A view whose column gets its final name is the same view
//! still: had it counted as changed since, the other change could not be contracted.

use std::collections::BTreeMap;

use limosa_catalog::Catalog;
use limosa_plan::{Reliance, relies_on};
use limosa_postgres::Type;

use super::expand::own_names;
use super::record::OnlineRecord;
use super::versions::{as_named_then, version_schemas};
use super::wire::ColumnJson;
use crate::executor::Executor;
use crate::run_error::RunError;

/// Other open changes, with what hung on their columns before a contract and was as they found it.
pub(super) struct Followed(Vec<(OnlineRecord, Reliance)>);

impl Followed {
    /// Looks at what hangs on the columns of the changes that stay open.
    pub(super) async fn before(
        executor: &Executor<'_>,
        record: &OnlineRecord,
        others: &[OnlineRecord],
    ) -> Result<Self, RunError> {
        let stays =
            |other: &&OnlineRecord| other.is_open() && other.id != record.id && !other.terms.reliance.is_empty();
        let staying: Vec<&OnlineRecord> = others.iter().filter(stays).collect();
        if staying.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let catalog = catalog(executor).await?;
        let intact = |other: &OnlineRecord| {
            let mut now = hanging(executor, catalog.clone(), other, others);
            now.retain(|object, hash| other.terms.reliance.get(object) == Some(hash));
            (other.clone(), now)
        };
        Ok(Self(staying.into_iter().map(intact).collect()))
    }

    /// Puts on record what the contract has made of it. `others` are the changes as they are behind it.
    pub(super) async fn behind(self, executor: &Executor<'_>, others: &[OnlineRecord]) -> Result<(), RunError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let catalog = catalog(executor).await?;
        for (other, intact) in self.0 {
            let now = hanging(executor, catalog.clone(), &other, others);
            let changed: BTreeMap<&String, &String> =
                now.iter().filter(|(object, hash)| intact.get(*object).is_some_and(|before| before != *hash)).collect();
            if changed.is_empty() {
                continue;
            }
            let mut reliance = other.terms.reliance.clone();
            reliance.extend(changed.into_iter().map(|(object, hash)| (object.clone(), hash.clone())));
            let reliance = serde_json::json!(reliance).to_string();
            let sql = format!(
                "UPDATE {}.online SET \
                 terms = (terms::jsonb || pg_catalog.jsonb_build_object('reliance', $1::jsonb))::json WHERE id = {}",
                executor.schema, other.id
            );
            executor.target.history().query(executor.worker, &sql, &[(&reliance, Type::TEXT)]).await?;
        }
        Ok(())
    }
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
    let columns: Vec<_> = record.terms.watched.iter().map(ColumnJson::read).filter_map(Result::ok).collect();
    let catalog = as_named_then(catalog, others, record.id);
    relies_on(&catalog, &columns, &own_names(executor.schema, record.id))
}
