//! Connections to Xero.

use super::lookup::{practice_of, tenant_name_of};
use super::{Store, StoreError};
use crate::identity::Tokens;
use crate::integration::{IntegrationType, Status};
use crate::wire::XeroConnection;

impl Store {
    /// The connections to Xero of one client, and of no other.
    pub(crate) async fn xero_list(&self, tenant: &str) -> Result<Vec<XeroConnection>, StoreError> {
        let (key, name) =
            if self.release.is_old() { ("id", "tenant_name") } else { ("xero_tenant_id", "xero_tenant_name") };
        let sql = format!(
            "SELECT {key}::text, {name}, tenant_id, status FROM \"denpay-dev\".xero_connections \
             WHERE tenant_id = $1 ORDER BY created_at, 1"
        );
        let rows = self.pool.connection().await?.query(&sql, &[&tenant]).await?;
        rows.iter().map(xero_connection).collect()
    }

    /// What comes of an OAuth callback. The new version puts the connection into the registry, too, in the same
    /// transaction.
    pub(crate) async fn xero_connect(
        &self,
        tenant: &str,
        practice: Option<&str>,
        tokens: &Tokens,
        organisation: &str,
    ) -> Result<XeroConnection, StoreError> {
        let mut client = self.pool.connection().await?;
        let transaction = client.transaction().await?;
        let (key, name) =
            if self.release.is_old() { ("id", "tenant_name") } else { ("xero_tenant_id", "xero_tenant_name") };
        let status = Status::Connected.word();
        let sql = format!(
            "INSERT INTO \"denpay-dev\".xero_connections ({name}, tenant_id, access_token, refresh_token, \
             token_expires_at, status, connected_at) \
             VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second', $6, now()) \
             RETURNING {key}::text, {name}, tenant_id, status"
        );
        let expires_in = f64::from(tokens.expires_in);
        let row = transaction
            .query_one(
                &sql,
                &[&organisation, &tenant, &tokens.access_token, &tokens.refresh_token, &expires_in, &status],
            )
            .await?;
        let made = xero_connection(&row)?;
        if !self.release.is_old() {
            let columns = self.release.columns();
            let tenant_name = tenant_name_of(&transaction, tenant).await?;
            let practice = match practice {
                Some(practice) => Some(practice_of(&transaction, practice).await?),
                None => None,
            };
            let (code, practice_name) = practice.unzip();
            let sql = format!(
                "INSERT INTO integrations.pms_connections (tenant_id, tenant_name, {}, practice_name, {}, {}, \
                 integration_name, xero_tenant_name, connection_status, last_sync_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())",
                columns.practice, columns.kind, columns.link
            );
            let of_kind = IntegrationType::Xero.word();
            let integration_name = format!("Xero - {organisation}");
            transaction
                .execute(
                    &sql,
                    &[
                        &tenant,
                        &tenant_name,
                        &code,
                        &practice_name,
                        &of_kind,
                        &made.xero_tenant_id,
                        &integration_name,
                        &organisation,
                        &status,
                    ],
                )
                .await?;
        }
        transaction.commit().await?;
        Ok(made)
    }
}

fn xero_connection(row: &tokio_postgres::Row) -> Result<XeroConnection, StoreError> {
    Ok(XeroConnection {
        xero_tenant_id: row.try_get(0)?,
        xero_tenant_name: row.try_get(1)?,
        tenant_id: row.try_get(2)?,
        status: row.try_get(3)?,
    })
}
