//! Tracing a statement that runs outside a transaction, while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::{Duration, Instant};

use limosa_plan::Step;
use limosa_plan::lock::{LockMode, LockedRelation, StatementLocks};
use limosa_plan::trace::{
    Approach, Probed, Seen, SeenRelation, TracedKind, TracedLock, TracedRelation, TracedTransaction, approach,
    differences,
};
use limosa_postgres::{ServerError, Session};

use super::observe::{Counted, Held, Oid, Relations, locks, log_position, relations, waits};
use super::tracer::{Ran, Tracer};
use super::{rewrites, work};
use crate::desired::DesiredError;

/// A statement that has run for this long is looked at less often, so that looking does not slow it down.
const SOON: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);
/// One that has not come to wait for the holder by then will not.
const HELD_UP_AT_MOST: Duration = Duration::from_secs(20);

/// What was seen of one relation while the statement ran.
#[derive(Debug, Clone)]
struct Sighting {
    modes: BTreeSet<LockMode>,
    first: Instant,
    last: Instant,
    /// The lock that it had while it was held up, and what others could do then.
    probed: Option<(LockMode, Probed)>,
}

/// All that was seen while the statement ran.
#[derive(Debug, Default)]
struct Sightings {
    relations: BTreeMap<Oid, Sighting>,
    /// How long another session held the statement up; no part of its own time.
    held_up: Duration,
}

impl Sightings {
    fn add(&mut self, look: Look) {
        for (oid, modes) in look.held {
            let new = Sighting { modes: BTreeSet::new(), first: look.since, last: look.since, probed: None };
            let sighting = self.relations.entry(oid).or_insert(new);
            sighting.modes.extend(modes);
            sighting.last = Instant::now();
        }
        for (oid, probed) in look.probed.into_iter().flatten() {
            if let Some(sighting) = self.relations.get_mut(&oid) {
                sighting.probed = sighting.modes.last().map(|mode| (*mode, probed));
            }
        }
    }
}

/// What was seen at one look.
struct Look {
    since: Instant,
    held: Held,
    /// What others could do, where the statement was held up.
    probed: Option<Vec<(Oid, Probed)>>,
}

impl Tracer<'_> {
    /// Runs one statement outside a transaction.
    pub(super) async fn alone(&mut self, step: &Step, reason: &str) -> Result<TracedTransaction, DesiredError> {
        let expected = self.expected(step);
        let before = relations(self.session, Counted::Told, self.left_out).await?;
        let text = self.filled(step)?;
        let holder = match approach(&expected) {
            Approach::HoldUp { relations, with } => self.hold_up(&relations, with).await?,
            Approach::Watch => None,
        };
        let is_held_up = holder.is_some();
        let position = log_position(self.session).await?;
        let (sent, took, sightings) = self.watch(&text, &before, holder).await?;
        self.lost = sent.as_ref().is_err_and(ServerError::is_connection_lost);
        let failure = sent.err().map(|error| self.failure(step, &error));
        let failed = failure.is_some();
        let alone = Some(reason.to_owned());
        let transaction =
            |statement| TracedTransaction { alone, statements: vec![statement], commit: Duration::ZERO, failure: None };
        if self.lost {
            return Ok(transaction(self.unobserved(step, Ran { failure, duration: took, wal_bytes: 0 })));
        }
        let wal_bytes = log_position(self.session).await?.saturating_sub(position);
        let duration = took.saturating_sub(sightings.held_up);
        let mut statement = self.unobserved(step, Ran { failure, duration, wal_bytes });
        let now = relations(self.session, Counted::Told, self.left_out).await?;
        let reasons = rewrites::reasons(self.session).await?;
        let done = work::done(self.session, &before, (&before, &now), &reasons).await?;
        statement.work = work::traced(&done, &now, &reasons);
        statement.locks = seen_locks(&before, &sightings);
        if !failed {
            self.done(step);
            statement.differences = compare(&expected, &before, &sightings, &done);
            if !is_held_up {
                // What was held for less than a look was missed, and is no error of the table.
                statement.differences.retain(|it| it.traced > it.expected);
                statement.locks.extend(missed(&expected, &statement.locks, duration));
            }
        }
        self.known = std::mem::take(&mut self.known).deployed();
        Ok(transaction(statement))
    }

    /// A session that holds a weak lock on these relations; `None` where it cannot be had.
    async fn hold_up(
        &self,
        relations: &[limosa_catalog::QualifiedName],
        mode: LockMode,
    ) -> Result<Option<Session>, DesiredError> {
        let holder = Session::connect(self.settings).await?;
        let names: Vec<String> = relations.iter().map(ToString::to_string).collect();
        let lock = format!("BEGIN; LOCK TABLE ONLY {} IN {mode} MODE", names.join(", ONLY "));
        if holder.flight(&lock).await.is_ok() {
            return Ok(Some(holder));
        }
        holder.close().await;
        Ok(None)
    }

    /// Runs the statement and looks at it. When it waits for the holder, it is looked at closely and let go.
    async fn watch(
        &self,
        text: &str,
        before: &Relations,
        mut holder: Option<Session>,
    ) -> Result<(Result<(), ServerError>, Duration, Sightings), DesiredError> {
        let mut sightings = Sightings::default();
        let begun = Instant::now();
        let mut running = pin!(async {
            let sent = self.session.flight(text).await.map(drop).map_err(|failure| failure.error);
            (sent, begun.elapsed())
        });
        let (sent, took) = loop {
            tokio::select! {
                biased;
                ran = &mut running => break ran,
                looked = self.look(begun, before, holder.is_some()) => {
                    let look = looked?;
                    let (since, is_done) = (look.since, look.probed.is_some());
                    sightings.add(look);
                    if let Some(holder) = holder.take_if(|_| is_done) {
                        holder.close().await;
                        sightings.held_up = since.elapsed();
                    }
                }
            }
        };
        if let Some(holder) = holder {
            holder.close().await;
        }
        Ok((sent, took, sightings))
    }

    /// One look: what is held, and where the statement is held up, what others can do meanwhile.
    async fn look(&self, begun: Instant, before: &Relations, is_held_up: bool) -> Result<Look, ServerError> {
        let (watcher, process) = (self.onlookers.watcher, self.onlookers.process);
        let since = Instant::now();
        if is_held_up && (waits(watcher, process).await? || begun.elapsed() > HELD_UP_AT_MOST) {
            let held = locks(watcher, process).await?;
            let mut probed = Vec::new();
            for oid in held.keys() {
                if let Some(relation) = before.get(oid) {
                    probed.push((*oid, self.onlookers.probe(*oid, relation).await?));
                }
            }
            return Ok(Look { since, held, probed: Some(probed) });
        }
        if begun.elapsed() > SOON {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(Look { since, held: locks(watcher, process).await?, probed: None })
    }
}

/// What was seen, the strongest first. A lock that became stronger when nothing held the statement up any more is told
/// by itself.
fn seen_locks(before: &Relations, sightings: &Sightings) -> Vec<TracedLock> {
    let mut locks = Vec::new();
    for (oid, sighting) in &sightings.relations {
        let (Some(relation), Some(strongest)) = (before.get(oid), sighting.modes.last()) else { continue };
        let lock = |mode, held, seen, probed| TracedLock { relation: relation.traced(), mode, held, seen, probed };
        let held = sighting.last.duration_since(sighting.first);
        match &sighting.probed {
            Some((mode, probed)) => {
                let held = held.saturating_sub(sightings.held_up);
                locks.push(lock(*mode, held, Seen::HeldUp, probed.clone()));
                if strongest > mode {
                    locks.push(lock(*strongest, Duration::ZERO, Seen::Passing, Probed::untried()));
                }
            }
            None => locks.push(lock(*strongest, held, Seen::Passing, Probed::untried())),
        }
    }
    locks.sort_by(|one, other| other.mode.cmp(&one.mode).then_with(|| one.relation.cmp(&other.relation)));
    locks
}

/// What such statements lock, where nothing was seen of it.
fn missed(expected: &StatementLocks, seen: &[TracedLock], duration: Duration) -> Vec<TracedLock> {
    let missed = expected.notable().filter_map(|lock| {
        let LockedRelation::Named(name) = &lock.relation else { return None };
        let schema = name.schema.as_ref()?;
        let name = format!("{}.{}", schema.for_people(), name.name.for_people());
        let relation = TracedRelation { name, kind: TracedKind::Table, table: None };
        let (mode, probed) = (lock.mode, Probed::untried());
        Some(TracedLock { relation, mode, held: duration, seen: Seen::Expected, probed })
    });
    missed.filter(|lock| seen.iter().all(|other| other.relation.name != lock.relation.name)).collect()
}

fn compare(
    expected: &StatementLocks,
    before: &Relations,
    sightings: &Sightings,
    done: &[work::Done],
) -> Vec<limosa_plan::trace::TraceDifference> {
    let seen = |(oid, sighting): (&Oid, &Sighting)| {
        let relation = before.get(oid)?;
        Some(SeenRelation {
            relation: relation.traced(),
            before: BTreeSet::new(),
            after: sighting.modes.clone(),
            work: work::in_table_words(done, *oid, relation),
        })
    };
    differences(expected, &sightings.relations.iter().filter_map(seen).collect::<Vec<_>>())
}
