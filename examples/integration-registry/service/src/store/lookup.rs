//! What is there besides connections: clients, practices, the summary.

use tokio_postgres::Transaction;

use super::{Store, StoreError, kind};
use crate::wire::{Practice, SummaryLine, Tenant};

/// How long a uuid is as a text.
const UUID_LENGTH: usize = 36;

impl Store {
    /// The first clients by their keys.
    pub(crate) async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let sql = "SELECT tenant_id, legal_trading_name FROM \"denpay-dev\".clients ORDER BY tenant_id LIMIT 20";
        let rows = self.pool.connection().await?.query(sql, &[]).await?;
        let tenant =
            |row: &tokio_postgres::Row| Ok(Tenant { tenant_id: row.try_get(0)?, legal_trading_name: row.try_get(1)? });
        rows.iter().map(tenant).collect()
    }

    /// The practices of a client.
    pub(crate) async fn practices(&self, tenant: &str) -> Result<Vec<Practice>, StoreError> {
        // The key of practices has another name and type in each version; the map that the re-key keeps has both.
        let sql = if self.release.is_old() {
            "SELECT id::text, NULL::text, name FROM \"denpay-dev\".practices WHERE tenant_id = $1 ORDER BY name"
        } else {
            "SELECT m.old_id::text, p.practice_id, p.name FROM \"denpay-dev\".practices p \
             JOIN limosa.map_practices m ON m.new_id = p.practice_id WHERE p.tenant_id = $1 ORDER BY p.name"
        };
        let rows = self.pool.connection().await?.query(sql, &[&tenant]).await?;
        let practice = |row: &tokio_postgres::Row| {
            Ok(Practice { id: row.try_get(0)?, practice_id: row.try_get(1)?, name: row.try_get(2)? })
        };
        rows.iter().map(practice).collect()
    }

    /// The view of all connections of a client, with how each stands at its other end.
    pub(crate) async fn summary(&self, tenant: &str) -> Result<Vec<SummaryLine>, StoreError> {
        let kind_column = self.release.columns().kind;
        let there = if self.release.is_old() { "pms_status" } else { "coalesce(pms_status, xero_connection_status)" };
        let sql = format!(
            "SELECT id::text, {kind_column}, connection_status, {there} FROM \"denpay-dev\".v_connection_summary \
             WHERE tenant_id = $1"
        );
        let rows = self.pool.connection().await?.query(&sql, &[&tenant]).await?;
        let line = |row: &tokio_postgres::Row| {
            Ok(SummaryLine {
                id: row.try_get(0)?,
                pms_type: kind(row, 1)?,
                connection_status: row.try_get(2)?,
                status_there: row.try_get(3)?,
            })
        };
        rows.iter().map(line).collect()
    }
}

/// What a client is called, and stays called until the transaction's end, so that a copy of the name is right.
pub(super) async fn tenant_name_of(transaction: &Transaction<'_>, tenant: &str) -> Result<String, StoreError> {
    let sql = "SELECT legal_trading_name FROM \"denpay-dev\".clients WHERE tenant_id = $1 FOR SHARE";
    let row = transaction.query_opt(sql, &[&tenant]).await?.ok_or(StoreError::Missing("client"))?;
    Ok(row.try_get(0)?)
}

/// The id of a practice and its name, which it keeps until the transaction's end. Clients of 1.0 know the uuid, and the
/// map leads from there.
pub(super) async fn practice_of(transaction: &Transaction<'_>, practice: &str) -> Result<(String, String), StoreError> {
    let sql = if practice.len() == UUID_LENGTH {
        "SELECT p.practice_id, p.name FROM limosa.map_practices m JOIN \"denpay-dev\".practices p \
         ON p.practice_id = m.new_id WHERE m.old_id = $1::text::uuid FOR SHARE OF p"
    } else {
        "SELECT practice_id, name FROM \"denpay-dev\".practices WHERE practice_id = $1 FOR SHARE"
    };
    let row = transaction.query_opt(sql, &[&practice]).await?.ok_or(StoreError::Missing("practice"))?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}
