//! Looking at all targets of a command, without writing anything.

use std::time::Duration;

use limosa_engine::{Event, Observer, RunError, Target, TargetStatus, status, status_before_creation};
use limosa_project::{Environment, OrderPolicy, Project};

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::tell;
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

/// How long a look waits for another process that has the project's own server.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// One service, and what was seen of its target.
pub(crate) struct Seen<'s> {
    pub(crate) part: &'s Part<'s>,
    pub(crate) status: Result<TargetStatus<'s>, Failure>,
}

/// What a look has to say while it waits.
struct Patient;

impl Observer for Patient {
    fn on(&mut self, event: &Event) {
        if let Event::LockWaiting { holder: Some(holder), .. } = event {
            tell(&format!("waiting for {holder}, which has the project's PostgreSQL\n"));
        }
    }
}

/// Looks at the targets of these services. Servers elsewhere are asked all at once.
pub(crate) async fn look<'s>(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &'s [Part<'s>],
    order: OrderPolicy,
) -> Result<Vec<Seen<'s>>, Failure> {
    let ask = async |part: &'s Part<'s>, found: Found| status_of(part, &found, order).await;
    each(invocation, project, environment, parts, ask)
        .await
        .map(|results| parts.iter().zip(results).map(|(part, status)| Seen { part, status }).collect())
}

/// Where the target of a service stands.
pub(crate) async fn status_of<'s>(
    part: &'s Part<'s>,
    found: &Found,
    order: OrderPolicy,
) -> Result<TargetStatus<'s>, RunError> {
    match found {
        Found::NotYet { database } => status_before_creation(part.service.name.as_str(), database, &part.set, order),
        Found::Target(target) => status(target, &part.set, order).await,
    }
}

/// Asks each target; in order, and all at once where their servers take more than one connection.
pub(crate) async fn each<'s, T>(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &'s [Part<'s>],
    ask: impl AsyncFn(&'s Part<'s>, Found) -> Result<T, RunError>,
) -> Result<Vec<Result<T, Failure>>, Failure> {
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, project, environment, parts);
    let (mut results, mut elsewhere) = (Vec::new(), Vec::new());
    for (index, part) in parts.iter().enumerate() {
        let mut waiting = Waiting { patience: PATIENCE, observer: &mut Patient, stop: &stop };
        match serving.target(part.service, Missing::Leave, &mut waiting).await {
            Ok(Found::Target(target)) if !target.single_connection => elsewhere.push((index, part, target)),
            Ok(found) => results.push((index, ask(part, found).await.map_err(Failure::from))),
            Err(failure) => results.push((index, Err(failure))),
        }
    }
    let asked = elsewhere.into_iter().map(async |(index, part, target): (usize, &'s Part<'s>, Box<Target>)| {
        (index, ask(part, Found::Target(target)).await.map_err(Failure::from))
    });
    results.extend(futures_util::future::join_all(asked).await);
    serving.stop().await?;
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
