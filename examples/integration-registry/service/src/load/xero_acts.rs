//! What a client does with connections to Xero.

use axum::http::Method;
use serde_json::{Value, json};

use super::acts::path;
use super::client::Client;
use crate::identity::Identity;
use crate::integration::Status;
use crate::wire::{Connection, XeroConnection};

impl Client {
    /// Signs in with an organisation of its own. All of a client's are of one practice.
    pub(super) async fn connect_xero(&mut self, at: usize) -> Result<(), String> {
        let release = self.services[at].0;
        let organisation = format!("Org-{}-{}", self.tenant.tenant_id, self.acknowledged.made);
        self.acknowledged.made += 1;
        let practice = &self.practices[0];
        let practice = practice.practice_id.as_ref().filter(|_| !release.is_old()).unwrap_or(&practice.id);
        let code = Identity::code(&organisation);
        let path = format!("/api/v1/xero/callback?code={code}&state={}:{practice}", self.tenant.tenant_id);
        let made: Vec<XeroConnection> = self.ask(at, Method::GET, &path, None).await?;
        match made.as_slice() {
            [one] if one.xero_tenant_name == organisation => {}
            other => return Err(format!("{release}: the callback of {organisation} answers {other:?}")),
        }
        self.acknowledged.xero.insert(organisation, Status::Connected);
        Ok(())
    }

    /// Turns one of several connections to Xero on or off, by its row in the registry.
    pub(super) async fn toggle_xero(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let path_of_list = format!("/api/v1/pms/connections?tenant_id={}&integration_type=XERO", self.tenant.tenant_id);
        let listed: Vec<Connection> = self.ask(at, Method::GET, &path_of_list, None).await?;
        let own: Vec<_> = listed
            .iter()
            .filter_map(|row| Some((row, self.acknowledged.xero.get_key_value(row.xero_tenant_name.as_ref()?)?)))
            .collect();
        let Some((row, (organisation, status))) = own.get(usize::try_from(turn).unwrap_or_default() % own.len().max(1))
        else {
            return Ok(());
        };
        let (id, organisation, enabled) = (row.id.clone(), (*organisation).clone(), **status == Status::Disabled);
        let body = json!({ "enabled": enabled });
        let _: Value = self.ask(at, Method::POST, &path(&id, "/toggle"), Some(body)).await?;
        self.acknowledged.xero.insert(organisation, Status::of_toggle(enabled));
        Ok(())
    }

    /// The connections to Xero of this client, and of no other.
    pub(super) async fn list_xero(&mut self, at: usize) -> Result<(), String> {
        let path = format!("/api/v1/xero/connections?tenant_id={}", self.tenant.tenant_id);
        let listed: Vec<XeroConnection> = self.ask(at, Method::GET, &path, None).await?;
        let release = self.services[at].0;
        if let Some(other) = listed.iter().find(|row| row.tenant_id != self.tenant.tenant_id) {
            return Err(format!("{release}: {other:?} is another client's"));
        }
        for (organisation, status) in &self.acknowledged.xero {
            let found = listed.iter().find(|row| row.xero_tenant_name == *organisation);
            if found.is_none_or(|row| row.status != status.word()) {
                return Err(format!("{release}: Xero's {organisation} ({status:?}) is found as {found:?}"));
            }
        }
        Ok(())
    }
}
