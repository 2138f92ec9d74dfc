//! What a client does with connections to practice management systems.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::client::Client;
use super::ledger::Expected;
use crate::integration::{IntegrationType, Status};
use crate::wire::{Connection, SummaryLine};

impl Client {
    pub(super) async fn create(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let release = self.services[at].0;
        let kind = IntegrationType::PMS[usize::try_from(turn / 6).unwrap_or_default() % IntegrationType::PMS.len()];
        let number = self.acknowledged.made;
        self.acknowledged.made += 1;
        let practice = &self.practices[number as usize % self.practices.len()];
        let external = format!("{}-{}-{number}", kind.word(), self.tenant.tenant_id);
        let name = format!("{} of {}", kind.word(), practice.name);
        let expected = Expected {
            practice: practice.id.clone(),
            kind,
            external: external.clone(),
            name: name.clone(),
            status: Status::Connected,
            records: None,
        };
        // Clients of the new version know the new names; those of the old one are still there.
        let is_new = !release.is_old() && number.is_multiple_of(2);
        let (type_name, practice_id) = match &practice.practice_id {
            Some(code) if is_new => ("integration_type", code),
            _ => ("pms_type", &practice.id),
        };
        let body = json!({
            "tenant_id": self.tenant.tenant_id,
            "tenant_name": self.tenant.legal_trading_name,
            "practice_id": practice_id,
            type_name: kind.word(),
            "integration_id": external,
            "integration_name": name,
        });
        let made: Connection = self.ask(at, Method::POST, "/api/v1/pms/connections", Some(body)).await?;
        let differences = expected.differences(release, &self.practices, &made);
        self.acknowledged.connections.insert(made.id, expected);
        none(differences)
    }

    pub(super) async fn get(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let Some((id, expected)) = self.some(turn) else { return Ok(()) };
        let found: Connection = self.ask(at, Method::GET, &path(&id, ""), None).await?;
        none(expected.differences(self.services[at].0, &self.practices, &found))
    }

    pub(super) async fn toggle(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let Some((id, expected)) = self.some(turn) else { return Ok(()) };
        let enabled = expected.status == Status::Disabled;
        let body = json!({ "enabled": enabled });
        let _: Value = self.ask(at, Method::POST, &path(&id, "/toggle"), Some(body)).await?;
        self.change(&id, |row| row.status = Status::of_toggle(enabled));
        Ok(())
    }

    pub(super) async fn sync(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let Some((id, expected)) = self.some(turn) else { return Ok(()) };
        let records = i32::try_from(turn % 4000).unwrap_or_default();
        let body = json!({ "records": records });
        if expected.status == Status::Disabled {
            return self
                .expect(at, Method::POST, &path(&id, "/sync"), Some(body), StatusCode::CONFLICT)
                .await
                .map(drop);
        }
        let _: Value = self.ask(at, Method::POST, &path(&id, "/sync"), Some(body)).await?;
        self.change(&id, |row| row.records = Some(records));
        Ok(())
    }

    pub(super) async fn rename(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let Some((id, _)) = self.some(turn) else { return Ok(()) };
        let name = format!("renamed in turn {turn}");
        let body = json!({ "integration_name": name });
        let found: Connection = self.ask(at, Method::PATCH, &path(&id, ""), Some(body)).await?;
        self.change(&id, |row| row.name.clone_from(&name));
        let expected = self.acknowledged.connections.get(&id);
        let practices = &self.practices;
        none(expected.map(|row| row.differences(self.services[at].0, practices, &found)).unwrap_or_default())
    }

    pub(super) async fn delete(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let Some((id, _)) = self.some(turn) else { return Ok(()) };
        self.expect(at, Method::DELETE, &path(&id, ""), None, StatusCode::NO_CONTENT).await?;
        self.acknowledged.connections.remove(&id);
        self.acknowledged.gone.insert(id.clone());
        self.expect(at, Method::GET, &path(&id, ""), None, StatusCode::NOT_FOUND).await.map(drop)
    }

    /// The connections of one kind: all of them, and no others.
    pub(super) async fn list(&mut self, at: usize, turn: u64) -> Result<(), String> {
        let kind = IntegrationType::PMS[usize::try_from(turn / 12).unwrap_or_default() % IntegrationType::PMS.len()];
        let release = self.services[at].0;
        let name = if release.is_old() || turn.is_multiple_of(2) { "pms_type" } else { "integration_type" };
        let path = format!("/api/v1/pms/connections?tenant_id={}&{name}={}", self.tenant.tenant_id, kind.word());
        let listed: Vec<Connection> = self.ask(at, Method::GET, &path, None).await?;
        if let Some(other) = listed.iter().find(|row| row.pms_type != kind || row.tenant_id != self.tenant.tenant_id) {
            return Err(format!("{release}: asked for {kind:?}, and among the answer is {other:?}"));
        }
        let missing = self
            .acknowledged
            .connections
            .iter()
            .find(|(id, row)| row.kind == kind && !listed.iter().any(|found| found.id == **id));
        missing.map_or(Ok(()), |(id, _)| Err(format!("{release}: {id} is not listed under {kind:?}")))
    }

    pub(super) async fn summary(&mut self, at: usize) -> Result<(), String> {
        let path = format!("/api/v1/connections/summary?tenant_id={}", self.tenant.tenant_id);
        let lines: Vec<SummaryLine> = self.ask(at, Method::GET, &path, None).await?;
        let release = self.services[at].0;
        for (id, expected) in &self.acknowledged.connections {
            let word = expected.status.word();
            let is_it = |line: &&SummaryLine| line.id == *id;
            match lines.iter().find(is_it) {
                Some(line) if line.connection_status == word && line.status_there.as_deref() == Some(word) => {}
                other => return Err(format!("{release}: the summary has for {id} ({word}): {other:?}")),
            }
        }
        Ok(())
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Expected)) {
        if let Some(row) = self.acknowledged.connections.get_mut(id) {
            change(row);
        }
    }
}

pub(super) fn path(id: &str, act: &str) -> String {
    format!("/api/v1/pms/connections/{id}{act}")
}

fn none(differences: Vec<String>) -> Result<(), String> {
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}
