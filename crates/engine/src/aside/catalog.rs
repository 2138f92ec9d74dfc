//! Catalogs without what is set aside.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use limosa_catalog::{Catalog, Identifier, ObjectId, Places};
use limosa_postgres::{IntrospectError, ServerError, Session};

use super::locked::CatalogLocked;
use super::record::{HiddenError, hidden};
use crate::adopt::without_closed;
use crate::history::HistoryPlace;
use crate::online::Hidden;
use crate::run_error::RunError;
use crate::server_words::{is_forbidden, is_lock_failure, is_missing};

/// How long one lock is waited for. Where nobody is in the way, a reading takes some hundredths of a second.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// What a catalog leaves out.
struct LeftOut {
    schemas: Vec<Identifier>,
    columns: BTreeSet<Identifier>,
    online: Hidden,
}

impl LeftOut {
    /// The history, and what it says is kept: a column that is only called as if it were is not left out.
    fn of(
        history_schema: &Identifier,
        hidden: Result<Vec<(limosa_plan::AsideName, Vec<Identifier>)>, HiddenError>,
        online: Result<Hidden, ServerError>,
    ) -> Result<Self, ServerError> {
        let online = match online {
            Ok(online) => online,
            Err(error) if is_missing(&error) || is_forbidden(&error) => Hidden::default(),
            Err(error) => return Err(error),
        };
        let own = std::iter::once(history_schema).chain(online.schemas()).cloned().collect();
        let mut left_out = Self { schemas: own, columns: BTreeSet::new(), online };
        match hidden {
            Ok(records) => {
                for (name, columns) in records {
                    left_out.schemas.push(name.schema().clone());
                    left_out.columns.extend(columns);
                }
            }
            // No history, one of an older format, or one that this role may not read: nothing can be told to be kept.
            Err(HiddenError::Server(error)) if !is_missing(&error) && !is_forbidden(&error) => return Err(error),
            Err(_) => {}
        }
        Ok(left_out)
    }

    fn from(&self, catalog: Catalog) -> Catalog {
        let catalog = without_closed(self.online.from(catalog));
        if self.columns.is_empty() {
            return catalog;
        }
        catalog.without(|entry| matches!(entry.id(), ObjectId::Column(column) if self.columns.contains(&column.name)))
    }
}

/// The schema of a database, without the history and what is set aside.
///
/// # Errors
/// As [`Session::catalog_within`]; where a lock was not to be had, [`RunError::CatalogLocked`] says who has it.
pub(crate) async fn read_catalog(session: &Session, place: HistoryPlace<'_>) -> Result<Catalog, RunError> {
    let schema = place.schema;
    let found = match place.as_owner(session, hidden(session, schema)).await {
        Ok(Err(HiddenError::Server(error))) | Err(error) if place.may_differ_for_login(&error) => {
            hidden(session, schema).await
        }
        Ok(found) => found,
        Err(error) => Err(HiddenError::Server(error)),
    };
    let online = match place.as_owner(session, Hidden::read(session, schema)).await {
        Ok(Err(error)) | Err(error) if place.may_differ_for_login(&error) => Hidden::read(session, schema).await,
        Ok(found) => found,
        Err(error) => Err(error),
    };
    let left_out = LeftOut::of(schema, found, online)?;
    let begun = Instant::now();
    match session.catalog_within(&left_out.schemas, LOCK_TIMEOUT).await {
        Ok(catalog) => Ok(left_out.from(catalog)),
        Err(IntrospectError::Server(error) | IntrospectError::Question { source: error, .. })
            if is_lock_failure(&error) =>
        {
            Err(RunError::CatalogLocked(Box::new(CatalogLocked::look(session, begun.elapsed(), error).await)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The schema of a database that may have a history in this schema, which belongs to this role.
///
/// # Errors
/// As [`Session::catalog_within`]; where a lock was not to be had, [`RunError::CatalogLocked`] says who has it.
pub async fn live_catalog(
    session: &Session,
    history_schema: &Identifier,
    owner: Option<&Identifier>,
) -> Result<Catalog, RunError> {
    read_catalog(session, HistoryPlace { schema: history_schema, service: "", owner }).await
}

/// The same as a transaction sees it that is open, with what online changes have there until their end: a contract
/// drops some of that, and what it drops has to be seen.
///
/// # Errors
/// As [`Session::catalog_in_transaction`].
pub(crate) async fn read_catalog_in_transaction(
    session: &Session,
    history_schema: &Identifier,
) -> Result<(Catalog, Places), IntrospectError> {
    let left_out = LeftOut::of(history_schema, hidden(session, history_schema).await, Ok(Hidden::default()))?;
    let (catalog, places) = session.places_in_transaction(&left_out.schemas).await?;
    Ok((left_out.from(catalog), places))
}
