//! What clients send and get.

use serde::{Deserialize, Serialize};

use crate::integration::IntegrationType;

/// Which connections are to be listed.
#[derive(Debug, Deserialize)]
pub(crate) struct ListQuery {
    pub(crate) tenant_id: String,
    /// The filter by its old name.
    pub(crate) pms_type: Option<IntegrationType>,
    /// The filter by its new name, which 1.0 does not know.
    pub(crate) integration_type: Option<IntegrationType>,
}

/// Whose things are to be listed.
#[derive(Debug, Deserialize)]
pub(crate) struct OfTenant {
    pub(crate) tenant_id: String,
}

/// A new connection.
#[derive(Debug, Deserialize)]
pub(crate) struct NewConnection {
    pub(crate) tenant_id: String,
    pub(crate) tenant_name: Option<String>,
    pub(crate) practice_id: Option<String>,
    pub(crate) pms_type: Option<IntegrationType>,
    pub(crate) integration_type: Option<IntegrationType>,
    /// What the other system calls it.
    pub(crate) integration_id: String,
    pub(crate) integration_name: String,
}

/// What can be changed of a connection.
#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) integration_name: String,
}

/// Turns a connection on or off.
#[derive(Debug, Deserialize)]
pub(crate) struct Toggle {
    pub(crate) enabled: bool,
}

/// What a run of the synchronisation has brought.
#[derive(Debug, Deserialize)]
pub(crate) struct SyncRun {
    pub(crate) records: i32,
}

/// What a user comes back with from the identity server.
#[derive(Debug, Deserialize)]
pub(crate) struct Callback {
    pub(crate) code: String,
    /// The tenant and, behind a colon, the practice.
    pub(crate) state: String,
}

/// A connection of the registry. Both names of its type are in the answers of the new version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) tenant_id: String,
    pub(crate) tenant_name: Option<String>,
    pub(crate) practice_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) practice_name: Option<String>,
    pub(crate) pms_type: IntegrationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration_type: Option<IntegrationType>,
    pub(crate) integration_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_system_id: Option<String>,
    pub(crate) integration_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) xero_tenant_name: Option<String>,
    pub(crate) connection_status: String,
    pub(crate) last_sync_status: Option<String>,
    pub(crate) last_sync_records_count: Option<i32>,
}

/// A connection to Xero. 1.0 has `id` and `tenant_name`, the new version `xero_tenant_id` and `xero_tenant_name`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct XeroConnection {
    #[serde(alias = "id")]
    pub(crate) xero_tenant_id: String,
    #[serde(alias = "tenant_name")]
    pub(crate) xero_tenant_name: String,
    pub(crate) tenant_id: String,
    pub(crate) status: String,
}

/// The same under the names of 1.0.
#[derive(Debug, Serialize)]
pub(crate) struct OldXeroConnection {
    pub(crate) id: String,
    pub(crate) tenant_name: String,
    pub(crate) tenant_id: String,
    pub(crate) status: String,
}

/// A line of the summary.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SummaryLine {
    pub(crate) id: String,
    pub(crate) pms_type: IntegrationType,
    pub(crate) connection_status: String,
    /// The status at the other end, in the table that the connection leads to.
    pub(crate) status_there: Option<String>,
}

/// A client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tenant {
    pub(crate) tenant_id: String,
    pub(crate) legal_trading_name: String,
}

/// A practice. 1.0 knows it by `id` alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Practice {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) practice_id: Option<String>,
    pub(crate) name: String,
}

impl From<XeroConnection> for OldXeroConnection {
    fn from(new: XeroConnection) -> Self {
        Self { id: new.xero_tenant_id, tenant_name: new.xero_tenant_name, tenant_id: new.tenant_id, status: new.status }
    }
}
