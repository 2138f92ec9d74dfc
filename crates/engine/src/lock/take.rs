//! Taking a target for one run, and giving it back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use limosa_postgres::{Session, is_transaction_pooled};

use super::{Lease, LockKey};
use crate::clock::ServerClock;
use crate::event::{Event, Observer};
use crate::history::{History, NEWEST_FORMAT, read_history, upgrade_sql};
use crate::jitter::jitter;
use crate::run_error::RunError;
use crate::stop::{StopSignal, Urgency};
use crate::target::{Opened, Target, connect, connect_pair, refuse_read_only};
use crate::up::actor;

/// A target that this run has to itself, with a history of the newest format.
pub(crate) struct Locked {
    /// Executes.
    pub(crate) worker: Session,
    pub(crate) worker_pid: i32,
    /// Holds the lock, and never has a transaction open; absent where the server takes one connection.
    pub(crate) control: Option<Arc<Session>>,
    pub(crate) pooled: bool,
    pub(crate) clock: ServerClock,
    /// Read after the lock was taken.
    pub(crate) history: History,
    pub(crate) lease: Option<Lease>,
}

/// Who asks for the lock, and how long they are ready to wait.
pub(crate) struct Request<'a> {
    pub(crate) target: &'a Target,
    pub(crate) actor: &'a str,
    pub(crate) wait: Duration,
}

impl Locked {
    /// Gives the target back. A session that ends gives its locks back anyway, so errors here change nothing.
    pub(crate) async fn release(self) {
        if let Some(lease) = self.lease {
            let _ = lease.release().await;
        }
        // A server that takes one connection takes the next only when this one is seen to leave; and whoever comes
        // next, be it this program, is to find the target free.
        let control = self.control.and_then(Arc::into_inner);
        let control = async {
            if let Some(control) = control {
                control.close().await;
            }
        };
        tokio::join!(self.worker.close(), control);
    }
}

/// Takes the target for a verb that writes, asked for by a person who waits for so long: a server that takes no writes
/// is refused before anything is tried on it. Gives with it who acts, as it goes on record.
pub(crate) async fn take_to_write(
    target: &Target,
    (person, wait): (&str, Duration),
    opened: Opened,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<(Locked, String), RunError> {
    refuse_read_only(target, &opened)?;
    let actor = actor(person, &opened);
    let locked = take(&Request { target, actor: &actor, wait }, opened, observer, stop).await?;
    Ok((locked, actor))
}

/// Takes the target, making or upgrading its history on the way.
///
/// On the heap: it stands at the beginning of every run, and is the biggest part of it.
pub(crate) fn take<'a>(
    request: &'a Request<'_>,
    opened: Opened,
    observer: &'a mut dyn Observer,
    stop: &'a StopSignal,
) -> LocalBoxFuture<'a, Result<Locked, RunError>> {
    Box::pin(taken(request, opened, observer, stop))
}

async fn taken(
    request: &Request<'_>,
    opened: Opened,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Locked, RunError> {
    let target = request.target;
    let clock = ServerClock::from_microseconds(opened.facts.server_time);
    if target.single_connection {
        let worker_pid = opened.facts.backend_pid;
        ensure_history(target, &opened.session, &opened.history).await?;
        let history = read_history(&opened.session, target.history()).await?;
        return Ok(Locked {
            worker: opened.session,
            worker_pid,
            control: None,
            pooled: false,
            clock,
            history,
            lease: None,
        });
    }
    let (control, worker) = connect_pair(target, opened.session).await?;
    let mut waiting = Waiting { begun: Instant::now(), request, observer, stop: stop.clone(), told: None };
    if is_transaction_pooled(&control, &worker).await? {
        let control = Arc::new(control);
        // The lease is a row of the history, so the history comes first; its making is guarded by its own transaction.
        ensure_history(target, &worker, &opened.history).await?;
        let lease = take_lease(&control, &mut waiting).await?;
        let history = read_history(&worker, target.history()).await?;
        return Ok(Locked {
            worker,
            worker_pid: 0,
            control: Some(control),
            pooled: true,
            clock,
            history,
            lease: Some(lease),
        });
    }
    let runner = LockKey::runner(&target.history_schema, &target.service);
    let (control, worker) = if runner.try_take(&control).await? {
        (control, worker)
    } else {
        worker.close().await;
        let control = waiting.for_turn(runner, control).await?;
        (control, connect(target).await?)
    };
    let key = LockKey::worker(&target.history_schema, &target.service);
    if !key.try_take(&worker).await? {
        waiting.for_key(key, &worker).await?;
    }
    ensure_history(target, &worker, &opened.history).await?;
    let (facts, history) = tokio::join!(worker.facts(), read_history(&worker, target.history()));
    let (facts, history) = (facts?, history?);
    Ok(Locked {
        worker_pid: facts.backend_pid,
        clock: ServerClock::from_microseconds(facts.server_time),
        worker,
        control: Some(Arc::new(control)),
        pooled: false,
        history,
        lease: None,
    })
}

struct Waiting<'a, 'b> {
    begun: Instant,
    request: &'a Request<'b>,
    observer: &'a mut dyn Observer,
    stop: StopSignal,
    /// Who was named last.
    told: Option<Option<String>>,
}

impl Waiting<'_, '_> {
    /// Waits for the lock without keeping a connection meanwhile: many that wait would leave none for the one that
    /// works.
    async fn for_turn(&mut self, key: LockKey, mut session: Session) -> Result<Session, RunError> {
        loop {
            if key.try_take(&session).await? {
                return Ok(session);
            }
            let holder = key.holder(&session).await?;
            session.close().await;
            self.pause(holder).await?;
            session = connect(self.request.target).await?;
        }
    }

    async fn for_key(&mut self, key: LockKey, session: &Session) -> Result<(), RunError> {
        loop {
            if key.try_take(session).await? {
                return Ok(());
            }
            let holder = key.holder(session).await?;
            self.pause(holder).await?;
        }
    }

    /// Tells who holds it, and waits a little; ends with patience or on request.
    async fn pause(&mut self, holder: Option<String>) -> Result<(), RunError> {
        let waited = self.begun.elapsed();
        if waited >= self.request.wait {
            let holder = holder.unwrap_or_else(|| "a session that cannot be seen".to_owned());
            return Err(RunError::TargetLocked { holder, waited });
        }
        if self.told.as_ref() != Some(&holder) && (holder.is_some() || self.told.is_none()) {
            self.observer
                .on(&Event::LockWaiting { service: self.request.target.service.clone(), holder: holder.clone() });
            self.told = Some(holder);
        }
        let pause = Duration::from_millis(50).max((waited / 8).min(Duration::from_millis(950)));
        tokio::select! {
            () = tokio::time::sleep(pause.mul_f64(0.5 + jitter())) => Ok(()),
            () = self.stop.at_least(Urgency::AfterThis) => Err(RunError::Stopped { resumable: None }),
        }
    }
}

async fn take_lease(control: &Arc<Session>, waiting: &mut Waiting<'_, '_>) -> Result<Lease, RunError> {
    let place = waiting.request.target.history();
    // Two runs of one person on one machine are still two holders.
    let holder = format!("{} ({:08x})", waiting.request.actor, (jitter() * f64::from(u32::MAX)) as u32);
    loop {
        if let Some(lease) = Lease::try_take(control, place, &holder).await? {
            return Ok(lease);
        }
        let other = Lease::holder(control, place).await?;
        waiting.pause(other).await?;
    }
}

/// Makes the history, or brings it to the newest format, where it is not there yet.
pub(crate) async fn ensure_history(target: &Target, session: &Session, seen: &History) -> Result<(), RunError> {
    if seen.format == Some(NEWEST_FORMAT) {
        return Ok(());
    }
    let schema = &target.history_schema;
    let role = target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role};\n")).unwrap_or_default();
    // The guard is a transaction-level lock, which works behind any pooler, and outlives nothing.
    let begin = format!("BEGIN;\n{role}SELECT pg_catalog.pg_advisory_xact_lock({})", guard_key());
    let attempt = async {
        session.flight(&begin).await.map_err(|failure| failure.error)?;
        let exists = session
            .query(
                "SELECT pg_catalog.to_regnamespace($1) IS NOT NULL",
                &[(&schema.to_string(), limosa_postgres::Type::TEXT)],
            )
            .await?
            .first()
            .is_some_and(|row| row.get(0));
        let found = if exists { read_format(session, schema).await? } else { None };
        let sql = upgrade_sql(schema, found, exists).unwrap_or_default();
        session.flight(&format!("{sql}COMMIT")).await.map_err(|failure| failure.error)?;
        Ok(())
    };
    let result: Result<(), limosa_postgres::ServerError> = attempt.await;
    if let Err(error) = result {
        if error.is_connection_lost() {
            return Err(error.into());
        }
        let _ = session.flight("ROLLBACK").await;
        let facts = session.facts().await?;
        if let Some(owner) = &target.owner_role
            && let Err(failure) = session.flight(&format!("SET ROLE {owner};\nRESET ROLE")).await
        {
            let (owner, login, error) = (owner.clone(), facts.session_user, failure.error);
            return Err(RunError::CannotBecomeOwner { owner, login, error });
        }
        return Err(RunError::CannotKeepHistory {
            schema: schema.clone(),
            role: target.owner_role.as_ref().map_or(facts.current_user, |role| role.as_str().to_owned()),
            database: facts.database,
            error,
        });
    }
    Ok(())
}

async fn read_format(
    session: &Session,
    schema: &limosa_catalog::Identifier,
) -> Result<Option<crate::history::FormatVersion>, limosa_postgres::ServerError> {
    let table = format!("{schema}.format");
    let there = session
        .query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[(&table, limosa_postgres::Type::TEXT)])
        .await?;
    if !there.first().is_some_and(|row| row.get(0)) {
        return Ok(None);
    }
    let rows = session.query(&format!("SELECT version FROM {table}"), &[]).await?;
    Ok(rows.first().map(|row| crate::history::FormatVersion::new(row.get(0))))
}

/// One number for all histories of a database: they are made once.
fn guard_key() -> i64 {
    i64::from_be_bytes(*b"limosa h")
}
