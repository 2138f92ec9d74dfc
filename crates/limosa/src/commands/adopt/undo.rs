//! `adopt --undo`.

use limosa_engine::{StopSignal, undo_adoption};
use serde_json::{Value, json};

use super::Place;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::one_target::{PATIENCE, Patient};
use crate::output::count;

/// Takes the last take-over of one service back.
pub(super) async fn undo(
    place: &Place<'_>,
    reason: Option<&str>,
    stop: &StopSignal,
) -> Result<(Exit, Option<Value>), Failure> {
    let invocation = place.invocation;
    let database = place.target.database();
    confirm(&invocation.global, &format!("Take the take-over of {database} back?"))?;
    let actor = invocation.environment.actor();
    let done = undo_adoption(&place.target, reason, &actor, PATIENCE, &mut Patient, stop).await?;
    invocation.say(&format!("off the record: {}, in {database}", count(done.migrations)));
    for table in &done.guarded {
        invocation.say(&format!("`{table}` is no longer guarded"));
    }
    invocation.say("if the take-over wrote files, they are still there, and `limosa up` would run them");
    let service = &place.target.service;
    let json = json!({ "service": service, "database": database, "undone": done.migrations, "opened": done.guarded });
    Ok((Exit::Done, Some(json)))
}
