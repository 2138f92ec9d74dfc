//! Verbs that work on one target.

use std::time::Duration;

use limosa_engine::{Event, Observer, Owner, StopSignal, Target};

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::tell;
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

/// How long to wait for another process that has the project's own server.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Says who has the project's own server.
pub(crate) struct Patient;

impl Observer for Patient {
    fn on(&mut self, event: &Event) {
        if let Event::LockWaiting { holder: Some(holder), .. } = event {
            tell(&format!("waiting for {holder}, which has the project's PostgreSQL\n"));
        }
    }
}

/// Does something with the one target that is meant. `verb` is what to type again with a service.
pub(crate) async fn on_target<T>(
    invocation: &Invocation,
    verb: &str,
    work: impl AsyncFnOnce(Target, StopSignal) -> Result<T, Failure>,
) -> Result<T, Failure> {
    on_target_beside(invocation, verb, false, async |target, _, stop| work(target, stop).await).await
}

/// The same, and where it is said, with the services to whose keys this one refers.
pub(crate) async fn on_target_beside<T>(
    invocation: &Invocation,
    verb: &str,
    with_owners: bool,
    work: impl AsyncFnOnce(Target, Vec<Owner>, StopSignal) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let project = invocation.project()?;
    let environment = invocation.environment_of(&project)?;
    let parts = invocation.parts(&project)?;
    let [part]: &[Part<'_>] = parts.as_slice() else {
        return Err(Failure::usage(
            "name-the-service",
            "a table belongs to one service",
            format!("name it: `limosa --service {} {verb} …`", project.services[0].name),
        ));
    };
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, &project, environment, &parts);
    let mut waiting = Waiting { patience: PATIENCE, observer: &mut Patient, stop: &stop };
    let result = match serving.target(part.service, Missing::Leave, &mut waiting).await? {
        Found::Target(target) => {
            let owners = if with_owners { serving.owners(part.service, &mut waiting).await } else { Vec::new() };
            work(*target, owners, stop.clone()).await
        }
        Found::NotYet { database } => Err(Failure::usage(
            "no-database",
            format!("there is no database `{database}` yet, and so no rows"),
            "`limosa up` makes it",
        )),
    };
    serving.stop().await?;
    result
}
