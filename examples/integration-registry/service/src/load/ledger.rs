//! What services have acknowledged, and what has to be so from then on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::integration::{IntegrationType, Status};
use crate::release::Release;
use crate::wire::{Connection, Practice, XeroConnection};

/// What one client of the service was told. Each has a tenant of its own.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    pub(super) tenant: String,
    /// How many things it has made, so that each has a name of its own.
    pub(super) made: u32,
    /// Connections by their keys.
    pub(super) connections: BTreeMap<String, Expected>,
    /// Connections that were deleted.
    pub(super) gone: BTreeSet<String>,
    /// Connections to Xero, by the names of the organisations.
    pub(super) xero: BTreeMap<String, Status>,
}

/// A connection as it was left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Expected {
    /// The practice's uuid.
    pub(super) practice: String,
    pub(super) kind: IntegrationType,
    pub(super) external: String,
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) records: Option<i32>,
}

impl Expected {
    /// What a version answers that is not so.
    pub(super) fn differences(&self, release: Release, practices: &[Practice], found: &Connection) -> Vec<String> {
        let practice = practices.iter().find(|practice| practice.id == self.practice);
        let code = practice.and_then(|practice| practice.practice_id.as_ref());
        let mut differences = Vec::new();
        let mut must = |what: &str, is_so: bool| {
            if !is_so {
                differences
                    .push(format!("{release}: {what} of {} is not as it was left: {found:?}, {self:?}", found.id));
            }
        };
        must("pms_type", found.pms_type == self.kind);
        must("integration_name", found.integration_name == self.name);
        must("connection_status", found.connection_status == self.status.word());
        must("last_sync_records_count", found.last_sync_records_count == self.records);
        if release.is_old() {
            must("practice_id", found.practice_id.as_ref() == Some(&self.practice));
            must("integration_id", found.integration_id.as_ref() == Some(&self.external));
        } else {
            must("practice_id", found.practice_id.is_some() && found.practice_id.as_ref() == code);
            must("practice_name", found.practice_name.as_ref() == practice.map(|practice| &practice.name));
            must("integration_type", found.integration_type == Some(self.kind));
            must("external_system_id", found.external_system_id.as_ref() == Some(&self.external));
            must("integration_id", found.integration_id.as_deref().is_some_and(is_alphanumeric_id));
        }
        differences
    }
}

impl Acknowledged {
    /// What of all that a version lists for the tenant is not so.
    pub(super) fn differences(
        &self,
        release: Release,
        practices: &[Practice],
        listed: &[Connection],
        xero: &[XeroConnection],
    ) -> Vec<String> {
        let mut differences = Vec::new();
        let by_key: BTreeMap<&str, &Connection> = listed.iter().map(|it| (it.id.as_str(), it)).collect();
        for (id, expected) in &self.connections {
            match by_key.get(id.as_str()) {
                Some(found) => differences.extend(expected.differences(release, practices, found)),
                None => differences.push(format!("{release}: the connection {id} is lost: {expected:?}")),
            }
        }
        let back = self.gone.iter().filter(|id| by_key.contains_key(id.as_str()));
        differences.extend(back.map(|id| format!("{release}: {id} was deleted, and is there")));
        let strange = listed.iter().filter(|it| it.tenant_id != self.tenant);
        differences.extend(strange.map(|it| format!("{release}: {} is another client's", it.id)));
        for (organisation, status) in &self.xero {
            let found: Vec<_> = xero.iter().filter(|it| it.xero_tenant_name == *organisation).collect();
            match found.as_slice() {
                [one] if one.status == status.word() => {}
                _ => differences.push(format!("{release}: Xero's {organisation} ({status:?}) is found as {found:?}")),
            }
            if release.is_old() {
                continue;
            }
            let rows: Vec<_> = listed.iter().filter(|it| it.xero_tenant_name.as_ref() == Some(organisation)).collect();
            match (rows.as_slice(), found.first()) {
                ([row], Some(one))
                    if row.connection_status == status.word()
                        && row.pms_type == IntegrationType::Xero
                        && row.integration_id.as_ref() == Some(&one.xero_tenant_id) => {}
                _ => differences.push(format!("{release}: the registry has for Xero's {organisation}: {rows:?}")),
            }
        }
        differences
    }
}

/// Eight letters and digits.
fn is_alphanumeric_id(id: &str) -> bool {
    id.len() == 8 && id.chars().all(|sign| sign.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn practices() -> Vec<Practice> {
        vec![Practice { id: "u1".into(), practice_id: Some("Pra00001".into()), name: "York".into() }]
    }

    fn acknowledged() -> Acknowledged {
        let expected = Expected {
            practice: "u1".into(),
            kind: IntegrationType::Soe,
            external: "SOE-1".into(),
            name: "SOE of York".into(),
            status: Status::Connected,
            records: Some(3),
        };
        Acknowledged {
            tenant: "T1".into(),
            connections: BTreeMap::from([("c1".into(), expected)]),
            xero: BTreeMap::from([("Org".into(), Status::Disabled)]),
            gone: BTreeSet::from(["c9".into()]),
            ..Acknowledged::default()
        }
    }

    fn row(id: &str, change: &[(&str, serde_json::Value)]) -> Connection {
        let mut row = json!({
            "id": id, "tenant_id": "T1", "tenant_name": "Elm Park", "practice_id": "Pra00001",
            "practice_name": "York", "pms_type": "SOE", "integration_type": "SOE", "integration_id": "abcdEF12",
            "external_system_id": "SOE-1", "integration_name": "SOE of York", "connection_status": "CONNECTED",
            "last_sync_records_count": 3,
        });
        for (key, value) in change {
            row[*key] = value.clone();
        }
        serde_json::from_value(row).unwrap()
    }

    fn registered() -> Connection {
        row(
            "c2",
            &[
                ("pms_type", json!("XERO")),
                ("integration_id", json!("Xero0001")),
                ("xero_tenant_name", json!("Org")),
                ("connection_status", json!("DISABLED")),
            ],
        )
    }

    fn xero(status: &str) -> Vec<XeroConnection> {
        let found = json!({ "id": "Xero0001", "tenant_name": "Org", "tenant_id": "T1", "status": status });
        vec![serde_json::from_value(found).unwrap()]
    }

    #[test]
    fn what_is_as_it_was_left_is_no_difference() {
        let listed = [row("c1", &[]), registered()];
        let found = acknowledged().differences(Release::Two, &practices(), &listed, &xero("DISABLED"));
        assert_eq!(found, Vec::<String>::new());
        let old = [row("c1", &[("practice_id", json!("u1")), ("integration_id", json!("SOE-1"))])];
        let found = acknowledged().differences(Release::One, &practices(), &old, &xero("DISABLED"));
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn what_is_lost_changed_back_or_twice_is_found() {
        let cases = [
            (vec![registered()], "DISABLED", "the connection c1 is lost"),
            (
                vec![row("c1", &[("integration_name", json!("other"))]), registered()],
                "DISABLED",
                "integration_name of c1",
            ),
            (vec![row("c1", &[("integration_id", json!("SOE-1"))]), registered()], "DISABLED", "integration_id of c1"),
            (vec![row("c1", &[("practice_id", json!("u1"))]), registered()], "DISABLED", "practice_id of c1"),
            (vec![row("c1", &[]), registered(), row("c9", &[])], "DISABLED", "c9 was deleted"),
            (
                vec![row("c1", &[]), registered(), row("c8", &[("tenant_id", json!("T2"))])],
                "DISABLED",
                "another client's",
            ),
            (vec![row("c1", &[])], "DISABLED", "the registry has for Xero's Org: []"),
            (vec![row("c1", &[]), registered(), registered()], "DISABLED", "the registry has for Xero's Org"),
            (vec![row("c1", &[]), registered()], "CONNECTED", "Xero's Org (Disabled) is found as"),
        ];
        for (listed, status, says) in cases {
            let found = acknowledged().differences(Release::Two, &practices(), &listed, &xero(status));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].contains(says), "{says}: {found:#?}");
        }
    }
}
