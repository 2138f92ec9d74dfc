//! Does another run hold the target's lock?

use limosa_postgres::{ServerError, Session};

use super::Check;
use super::finding::{CheckName, Finding};
use super::subject::Subject;
use crate::lock::{Lease, LockKey};
use crate::server_words::is_missing;

const NAME: CheckName = CheckName::new("lock");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// Who holds which of a target's locks, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Holders {
    /// Runs.
    runner: Option<String>,
    /// Executes; outlives its run only where a statement goes on after the run was killed.
    worker: Option<String>,
    /// Runs through a transaction pooler.
    lease: Option<String>,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let target = subject.target;
    // There the provider's lock file is the lock, and whoever is connected has it.
    if target.single_connection {
        return Ok(None);
    }
    let (schema, service) = (&target.history_schema, target.service.as_str());
    let (runner, worker, lease) = tokio::join!(
        LockKey::runner(schema, service).holder(session),
        LockKey::worker(schema, service).holder(session),
        Lease::holder(session, target.history()),
    );
    let lease = match lease {
        // A history that cannot be read is what another check says.
        Err(error) if is_missing(&error) || subject.history.is_err() => None,
        lease => lease?,
    };
    Ok(Some(decide(Holders { runner: runner?, worker: worker?, lease })))
}

fn decide(holders: Holders) -> Finding {
    match holders {
        Holders { runner: Some(holder), .. } => NAME
            .warning("another run holds the lock of this target")
            .with_detail([format!("held by {holder}")])
            .with_hint("wait for it; `limosa up --wait 30m` does so for longer than usual"),
        Holders { lease: Some(holder), .. } => NAME
            .warning("another run holds the lease of this target")
            .with_detail([format!("held by {holder}")])
            .with_hint("wait for it; a lease that is not renewed ends after 30 s"),
        Holders { worker: Some(holder), .. } => NAME
            .warning("a statement of a run that is gone is still running")
            .with_detail([format!("in {holder}")])
            .with_hint("wait for it, or cancel it with SELECT pg_cancel_backend(PROCESS); `limosa up` then goes on"),
        _ => NAME.good("no other run holds the lock of this target"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn whoever_holds_a_lock_is_named() {
        assert_eq!(decide(Holders::default()).state, FindingState::Good);
        let held = |holders: Holders| {
            let finding = decide(holders);
            assert_eq!(finding.state, FindingState::Warning);
            finding.detail.concat()
        };
        let by = |who: &str| Some(who.to_owned());
        assert_eq!(
            held(Holders { runner: by("process 1"), worker: by("process 2"), lease: None }),
            "held by process 1"
        );
        assert_eq!(held(Holders { worker: by("process 2"), ..Holders::default() }), "in process 2");
        assert_eq!(held(Holders { lease: by("bo, since noon"), ..Holders::default() }), "held by bo, since noon");
    }
}
