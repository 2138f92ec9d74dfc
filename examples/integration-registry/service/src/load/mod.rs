//! Clients at work while something else is done, and whether all that they were told is so afterwards.

mod acts;
mod client;
mod ledger;
mod report;
mod xero_acts;

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use self::client::{Client, Signals};
use self::ledger::Acknowledged;
pub(crate) use self::report::Verdict;
use self::report::{Measured, Report};
use crate::database::Server;
use crate::http_client::HttpClient;
use crate::identity;
use crate::release::Release;
use crate::service::{self, Service};
use crate::wire::{Connection, Practice, Tenant, XeroConnection};

/// A command that is run while clients are at work.
pub(crate) struct Load {
    pub(crate) server: Server,
    pub(crate) releases: Vec<Release>,
    /// The file with what was acknowledged before.
    pub(crate) ledger: PathBuf,
    pub(crate) command: Vec<String>,
}

/// Clients at once, each with a tenant of its own.
const CLIENTS: usize = 8;
/// What each client has done before the command begins, and once more when it has ended.
const TURNS: u64 = 24;

impl Load {
    /// Runs it.
    ///
    /// # Errors
    /// What keeps it from beginning; what fails under way is told by the report.
    pub(crate) async fn run(self) -> Result<Report, Box<dyn Error>> {
        let identity = identity::start().await?;
        let mut services = Vec::new();
        for release in &self.releases {
            let pool = self.server.pool(&format!("registry {release}")).await?;
            services.push(service::start(*release, pool, "127.0.0.1:0", identity.clone()).await?);
        }
        let mut clients = clients(&services, self.acknowledged()?).await?;
        let mut report = Report::new(&self.releases);
        report.errors.extend(differences(&services, &clients).await?);

        let turns = std::iter::repeat_with(AtomicU64::default).take(CLIENTS).collect();
        let signals = Arc::new(Signals { turns, ..Signals::default() });
        let at_work: Vec<_> = clients.drain(..).map(|client| tokio::spawn(client.work(Arc::clone(&signals)))).collect();
        signals.wait_for(0, TURNS).await;
        report.command = run(self.command.clone()).await?;
        signals.wait_for(signals.most(), TURNS).await;
        signals.stop.store(true, Ordering::Relaxed);
        for client in at_work {
            let mut client = client.await?;
            report.add(std::mem::take(&mut client.measured), std::mem::take(&mut client.errors));
            clients.push(client);
        }

        report.errors.extend(differences(&services, &clients).await?);
        let acknowledged: Vec<_> = clients.into_iter().map(|client| client.acknowledged).collect();
        if let Some(folder) = self.ledger.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.ledger, serde_json::to_vec(&acknowledged)?)?;
        Ok(report)
    }

    fn acknowledged(&self) -> Result<Vec<Acknowledged>, Box<dyn Error>> {
        match std::fs::read(&self.ledger) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Signals {
    /// Waits until each client has so many turns behind a given one, or has given up.
    async fn wait_for(&self, from: u64, turns: u64) {
        while self.turns.iter().any(|done| done.load(Ordering::Relaxed) < from.saturating_add(turns)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many turns the busiest client has behind it, of those that are still at work.
    fn most(&self) -> u64 {
        let done = self.turns.iter().map(|done| done.load(Ordering::Relaxed));
        done.filter(|done| *done < u64::MAX).max().unwrap_or_default()
    }
}

/// Runs the command with this program's input and output; its exit code.
async fn run(command: Vec<String>) -> Result<u8, Box<dyn Error>> {
    let status = tokio::task::spawn_blocking(move || {
        let (program, arguments) = command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
        Command::new(program).args(arguments).status()
    });
    // One that a signal has ended has no code.
    Ok(status.await??.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2))
}

/// The clients, with what was acknowledged to them before.
async fn clients(services: &[Service], acknowledged: Vec<Acknowledged>) -> Result<Vec<Client>, Box<dyn Error>> {
    let mut acknowledged = acknowledged.into_iter();
    let newest = services.last().ok_or("no release is named")?;
    let tenants: Vec<Tenant> = get(newest, "/api/v1/clients").await?;
    let mut clients = Vec::new();
    for (index, tenant) in tenants.into_iter().take(CLIENTS).enumerate() {
        let practices: Vec<Practice> =
            get(newest, &format!("/api/v1/practices?tenant_id={}", tenant.tenant_id)).await?;
        if practices.is_empty() {
            return Err(format!("the client {} has no practice", tenant.tenant_id).into());
        }
        let before = acknowledged.next();
        clients.push(Client {
            index,
            services: services.iter().map(|it| (it.release, HttpClient::new(&it.address))).collect(),
            acknowledged: before
                .unwrap_or_else(|| Acknowledged { tenant: tenant.tenant_id.clone(), ..Acknowledged::default() }),
            tenant,
            practices,
            measured: services.iter().map(|it| Measured::new(it.release)).collect(),
            errors: Vec::new(),
        });
    }
    if clients.len() < CLIENTS { Err("there are too few clients in the database".into()) } else { Ok(clients) }
}

/// What of all that was acknowledged is not so, in any of the versions.
async fn differences(services: &[Service], clients: &[Client]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for service in services {
        for Client { acknowledged, practices, .. } in clients {
            let tenant = &acknowledged.tenant;
            let listed: Vec<Connection> = get(service, &format!("/api/v1/pms/connections?tenant_id={tenant}")).await?;
            let xero: Vec<XeroConnection> =
                get(service, &format!("/api/v1/xero/connections?tenant_id={tenant}")).await?;
            found.extend(acknowledged.differences(service.release, practices, &listed, &xero));
        }
    }
    Ok(found)
}

async fn get<T: DeserializeOwned>(service: &Service, path: &str) -> Result<T, Box<dyn Error>> {
    let answer = HttpClient::new(&service.address).send(Method::GET, path, None, None).await?;
    if answer.status != StatusCode::OK {
        return Err(format!("{path} is answered with {}: {}", answer.status, answer.body).into());
    }
    Ok(serde_json::from_value(answer.body)?)
}
