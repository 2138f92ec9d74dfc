//! A client at work: it makes, changes, reads and deletes, through each version of the service in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use axum::http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ledger::{Acknowledged, Expected};
use super::report::Measured;
use crate::http_client::HttpClient;
use crate::release::Release;
use crate::wire::{Practice, Tenant};

/// One client of the service.
pub(super) struct Client {
    pub(super) index: usize,
    pub(super) services: Vec<(Release, HttpClient)>,
    pub(super) tenant: Tenant,
    pub(super) practices: Vec<Practice>,
    pub(super) acknowledged: Acknowledged,
    pub(super) measured: Vec<Measured>,
    pub(super) errors: Vec<String>,
}

/// What clients are told, and tell, while they are at work.
#[derive(Debug, Default)]
pub(super) struct Signals {
    pub(super) stop: AtomicBool,
    /// How many turns each client has behind it.
    pub(super) turns: Vec<AtomicU64>,
}

/// More rows than these a client does not keep.
const MOST_ROWS: usize = 60;

/// More errors than these say nothing more.
const MOST_ERRORS: usize = 5;

impl Client {
    pub(super) async fn work(mut self, signals: Arc<Signals>) -> Self {
        let mut turn = 0;
        while !signals.stop.load(Ordering::Relaxed) && self.errors.len() < MOST_ERRORS {
            if let Err(error) = self.turn(turn).await {
                self.errors.push(error);
            }
            turn += 1;
            signals.turns[self.index].store(turn, Ordering::Relaxed);
        }
        // Whoever waits for so many turns need not wait for a client that has given up.
        signals.turns[self.index].store(u64::MAX, Ordering::Relaxed);
        self
    }

    async fn turn(&mut self, turn: u64) -> Result<(), String> {
        // Each kind of request meets each version.
        let round = turn / 12;
        let at = usize::try_from(turn + round).unwrap_or_default() % self.services.len();
        match turn % 12 {
            0 | 6 if self.acknowledged.connections.len() < MOST_ROWS => self.create(at, turn).await,
            2 => self.toggle(at, turn).await,
            3 => self.list(at, turn).await,
            4 => self.sync(at, turn).await,
            5 => self.rename(at, turn).await,
            7 if round.is_multiple_of(8) => self.connect_xero(at).await,
            8 if !self.services[at].0.is_old() => self.toggle_xero(at, turn).await,
            9 => self.summary(at).await,
            10 if self.acknowledged.connections.len() > 6 => self.delete(at, turn).await,
            11 => self.list_xero(at).await,
            _ => self.get(at, turn).await,
        }
    }

    /// One of the client's own connections.
    pub(super) fn some(&self, turn: u64) -> Option<(String, Expected)> {
        let rows = self.acknowledged.connections.len() as u64;
        let at = turn.wrapping_mul(2_654_435_761).checked_rem(rows)?;
        let (id, row) = self.acknowledged.connections.iter().nth(usize::try_from(at).ok()?)?;
        Some((id.clone(), row.clone()))
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &mut self,
        at: usize,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, String> {
        let answer = self.expect(at, method, path, body, StatusCode::OK).await?;
        serde_json::from_value(answer).map_err(|error| format!("{path}: {error}"))
    }

    /// Sends a request that is to be answered so.
    pub(super) async fn expect(
        &mut self,
        at: usize,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: StatusCode,
    ) -> Result<Value, String> {
        let (release, client) = &mut self.services[at];
        let what = format!("{method} {}", without_ids(path));
        let begun = Instant::now();
        let answer = client.send(method, path, None, body.as_ref()).await;
        self.measured[at].answered(&what, begun.elapsed());
        match answer {
            Ok(answer) if answer.status == status => Ok(answer.body),
            Ok(answer) => Err(format!("{release}: {what} is answered with {}: {}", answer.status, answer.body)),
            Err(error) => Err(format!("{release}: {what}: {error}")),
        }
    }
}

/// The path as a person reads it.
fn without_ids(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let part = |part: &str| if part.len() == 36 { "{id}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
