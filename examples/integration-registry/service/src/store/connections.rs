//! The registry: `integrations.pms_connections`, and the table behind it.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Transaction};

use super::lookup::{practice_of, tenant_name_of};
use super::{Store, StoreError, kind};
use crate::integration::{IntegrationType, Status};
use crate::release::Release;
use crate::wire::{Change, Connection, NewConnection, SyncRun};

impl Store {
    /// The connections of a client, of one kind or of all.
    pub(crate) async fn list(
        &self,
        tenant: &str,
        of_kind: Option<IntegrationType>,
    ) -> Result<Vec<Connection>, StoreError> {
        let sql = format!(
            "{} WHERE tenant_id = $1 AND ($2::text IS NULL OR {} = $2) ORDER BY created_at, id",
            select(self.release),
            self.release.columns().kind
        );
        let of_kind = of_kind.map(IntegrationType::word);
        let rows = self.pool.connection().await?.query(&sql, &[&tenant, &of_kind]).await?;
        rows.iter().map(|row| connection(self.release, row)).collect()
    }

    /// One connection.
    pub(crate) async fn one(&self, id: &str) -> Result<Connection, StoreError> {
        let sql = format!("{} WHERE id = $1::text::uuid", select(self.release));
        let rows = self.pool.connection().await?.query(&sql, &[&id]).await?;
        connection(self.release, rows.first().ok_or(StoreError::Missing("connection"))?)
    }

    /// Makes a connection to a practice management system: its row in the registry and the one behind it.
    pub(crate) async fn create(&self, new: &NewConnection, of_kind: IntegrationType) -> Result<String, StoreError> {
        let mut client = self.pool.connection().await?;
        let transaction = client.transaction().await?;
        let id = if self.release.is_old() {
            create_old(&transaction, new, of_kind).await?
        } else {
            create_new(&transaction, self.release, new, of_kind).await?
        };
        transaction.commit().await?;
        Ok(id)
    }

    pub(crate) async fn change(&self, id: &str, change: &Change) -> Result<(), StoreError> {
        let sql = "UPDATE integrations.pms_connections SET integration_name = $2, updated_at = now() \
                   WHERE id = $1::text::uuid";
        let changed = self.pool.connection().await?.execute(sql, &[&id, &change.integration_name]).await?;
        if changed == 0 { Err(StoreError::Missing("connection")) } else { Ok(()) }
    }

    /// Turns a connection on or off, at both ends.
    pub(crate) async fn toggle(&self, id: &str, enabled: bool) -> Result<(), StoreError> {
        let status = Status::of_toggle(enabled).word();
        let here = "UPDATE integrations.pms_connections SET connection_status = $2, updated_at = now() \
                    WHERE id = $1::text::uuid";
        self.at_both_ends(here, &[&id, &status], "status = $2", &[&status]).await
    }

    /// Puts a run of the synchronisation on record, at both ends.
    pub(crate) async fn sync(&self, id: &str, run: &SyncRun) -> Result<(), StoreError> {
        let here = "UPDATE integrations.pms_connections SET last_sync_at = now(), last_sync_status = 'SUCCESS', \
                    last_sync_error = NULL, last_sync_records_count = $2, updated_at = now() \
                    WHERE id = $1::text::uuid AND connection_status = $3";
        let on = Status::Connected.word();
        match self.at_both_ends(here, &[&id, &run.records, &on], "last_sync_at = now()", &[]).await {
            // It is either not there or turned off.
            Err(StoreError::Missing(_)) => self.one(id).await.and(Err(StoreError::TurnedOff)),
            other => other,
        }
    }

    pub(crate) async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let columns = self.release.columns();
        let mut client = self.pool.connection().await?;
        let transaction = client.transaction().await?;
        let sql = format!(
            "DELETE FROM integrations.pms_connections WHERE id = $1::text::uuid RETURNING {}, {}",
            columns.kind, columns.link
        );
        let rows = transaction.query(&sql, &[&id]).await?;
        let row = rows.first().ok_or(StoreError::Missing("connection"))?;
        let link: Option<String> = row.try_get(1)?;
        let (table, key) = behind(self.release, kind(row, 0)?);
        transaction.execute(&format!("DELETE FROM {table} WHERE {key} = $1"), &[&link]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Changes a row of the registry (`here` with its values), and the one behind it (`there`, whose values begin at
    /// `$2`).
    async fn at_both_ends(
        &self,
        here: &str,
        values: &[&(dyn ToSql + Sync)],
        there: &str,
        values_there: &[&(dyn ToSql + Sync)],
    ) -> Result<(), StoreError> {
        let columns = self.release.columns();
        let mut client = self.pool.connection().await?;
        let transaction = client.transaction().await?;
        let rows = transaction.query(&format!("{here} RETURNING {}, {}", columns.kind, columns.link), values).await?;
        let row = rows.first().ok_or(StoreError::Missing("connection"))?;
        let link: Option<String> = row.try_get(1)?;
        let (table, key) = behind(self.release, kind(row, 0)?);
        let values_there: Vec<_> = [&link as &(dyn ToSql + Sync)].iter().chain(values_there).copied().collect();
        transaction.execute(&format!("UPDATE {table} SET {there} WHERE {key} = $1"), &values_there).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// The table that a connection leads to, and its key.
fn behind(release: Release, of_kind: IntegrationType) -> (&'static str, &'static str) {
    match of_kind {
        IntegrationType::Xero if !release.is_old() => ("\"denpay-dev\".xero_connections", "xero_tenant_id"),
        _ => ("soe.soe_integrations", release.columns().link),
    }
}

fn select(release: Release) -> String {
    let columns = release.columns();
    let (practice_name, xero_tenant_name) =
        if release.is_old() { ("NULL::text", "NULL::text") } else { ("practice_name", "xero_tenant_name") };
    format!(
        "SELECT id::text, tenant_id, tenant_name, {}::text, {practice_name}, {}, {}, {}, integration_name, \
         {xero_tenant_name}, connection_status, last_sync_status, last_sync_records_count \
         FROM integrations.pms_connections",
        columns.practice, columns.kind, columns.link, columns.external
    )
}

fn connection(release: Release, row: &Row) -> Result<Connection, StoreError> {
    let of_kind = kind(row, 5)?;
    let is_new = !release.is_old();
    Ok(Connection {
        id: row.try_get(0)?,
        tenant_id: row.try_get(1)?,
        tenant_name: row.try_get(2)?,
        practice_id: row.try_get(3)?,
        practice_name: row.try_get(4)?,
        pms_type: of_kind,
        integration_type: is_new.then_some(of_kind),
        integration_id: row.try_get(6)?,
        external_system_id: if is_new { row.try_get(7)? } else { None },
        integration_name: row.try_get(8)?,
        xero_tenant_name: row.try_get(9)?,
        connection_status: row.try_get(10)?,
        last_sync_status: row.try_get(11)?,
        last_sync_records_count: row.try_get(12)?,
    })
}

async fn create_old(
    transaction: &Transaction<'_>,
    new: &NewConnection,
    of_kind: IntegrationType,
) -> Result<String, StoreError> {
    let (word, status) = (of_kind.word(), Status::Connected.word());
    let row = transaction
        .query_one(
            "INSERT INTO integrations.pms_connections (tenant_id, tenant_name, practice_id, pms_type, integration_id, \
             integration_name, connection_status) VALUES ($1, $2, $3::text::uuid, $4, $5, $6, $7) RETURNING id::text",
            &[
                &new.tenant_id,
                &new.tenant_name,
                &new.practice_id,
                &word,
                &new.integration_id,
                &new.integration_name,
                &status,
            ],
        )
        .await?;
    transaction
        .execute(
            "INSERT INTO soe.soe_integrations (pms_type, integration_id, status) VALUES ($1, $2, $3)",
            &[&word, &new.integration_id, &status],
        )
        .await?;
    Ok(row.try_get(0)?)
}

async fn create_new(
    transaction: &Transaction<'_>,
    release: Release,
    new: &NewConnection,
    of_kind: IntegrationType,
) -> Result<String, StoreError> {
    let (word, status) = (of_kind.word(), Status::Connected.word());
    let columns = release.columns();
    let tenant_name = tenant_name_of(transaction, &new.tenant_id).await?;
    let practice = match &new.practice_id {
        Some(practice) => Some(practice_of(transaction, practice).await?),
        None => None,
    };
    let (code, practice_name) = practice.unzip();
    // An id of the other system has one of ours for good: the map is asked by both versions.
    let sql = format!(
        "INSERT INTO integrations.pms_connections (tenant_id, tenant_name, {}, practice_name, {}, {}, \
         integration_name, connection_status, {link}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, integrations.integration_id_of($6)) RETURNING id::text, {link}",
        columns.practice,
        columns.kind,
        columns.external,
        link = columns.link
    );
    let row = transaction
        .query_one(
            &sql,
            &[
                &new.tenant_id,
                &tenant_name,
                &code,
                &practice_name,
                &word,
                &new.integration_id,
                &new.integration_name,
                &status,
            ],
        )
        .await?;
    let link: String = row.try_get(1)?;
    let sql = format!(
        "INSERT INTO soe.soe_integrations ({}, {}, {}, status) VALUES ($1, $2, $3, $4)",
        columns.kind, columns.external, columns.link
    );
    transaction.execute(&sql, &[&word, &new.integration_id, &link, &status]).await?;
    Ok(row.try_get(0)?)
}
