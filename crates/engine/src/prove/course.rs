//! The shadow database in which one migration after the other is proven.

use futures_util::future::LocalBoxFuture;
use limosa_catalog::ObjectName;
use limosa_postgres::{ConnectionSettings, Session, Shadow};
use limosa_project::{Migration, MigrationSet};

use super::allowed::Allowed;
use super::answer::Found;
use super::compare::{RowsDifference, compare};
use super::difference::{column_order, difference};
use super::fill::{Filling, RowSource};
use super::phased::{Fault, InPhases, is_online, same_as_plain};
use super::proof::{Loss, Lost, ProofStep, ProofVerdict, RowCount};
use super::rows::Rows;
use super::series::ProofExtent;
use super::state::State;
use crate::desired::{DesiredError, Replay, run_up};
use crate::down::{Back, DownFrom, DownOptions, down};
use crate::event::Silent;
use crate::history::{put_aside, put_back};
use crate::loss::LossPolicy;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;
use crate::up::Extent;

pub(super) struct Course<'a> {
    shadow: &'a mut Shadow,
    pub(super) target: Target,
    pub(super) set: &'a MigrationSet,
    pub(super) replay: &'a Replay<'a>,
    pub(super) stop: &'a StopSignal,
    source: RowSource<'a>,
    filling: Filling<'a>,
    /// Where it stands: after this migration, with this schema and these rows.
    here: Option<(String, State)>,
}

impl<'a> Course<'a> {
    /// In a new database.
    pub(super) async fn new(
        shadow: &'a mut Shadow,
        set: &'a MigrationSet,
        replay: &'a Replay<'a>,
        source: RowSource<'a>,
        stop: &'a StopSignal,
    ) -> Result<Self, DesiredError> {
        let target = target(shadow.database().await?, shadow, replay);
        Ok(Self { shadow, target, set, replay, stop, source, filling: Filling::from(source), here: None })
    }

    /// Runs what is pending up to this migration.
    pub(super) async fn go_to(&self, migration: &Migration) -> Result<(), DesiredError> {
        run_up(&self.target, self.set, self.replay, Extent::To(migration.version.clone()), self.stop).await
    }

    /// What is there before a migration, with rows in it.
    async fn begin(&mut self, before: Option<&Migration>) -> Result<State, DesiredError> {
        let state = match (self.here.take(), before) {
            (Some((version, state)), Some(before)) if version == before.version.to_string() => state,
            (_, before) => {
                if let Some(before) = before {
                    self.go_to(before).await?;
                }
                State::read(&self.target).await?
            }
        };
        self.filling.fill(&self.target, state, self.replay.values, self.stop).await
    }

    /// The same in a new database, without rows but those that migrations make.
    async fn begin_again(&mut self, before: Option<&Migration>) -> Result<State, DesiredError> {
        self.target = target(self.shadow.database().await?, self.shadow, self.replay);
        self.filling = Filling::from(self.source);
        if let Some(before) = before {
            self.go_to(before).await?;
        }
        State::read(&self.target).await
    }

    /// Proves one migration. `before` is the one before it.
    pub(super) async fn prove(
        &mut self,
        before: Option<&Migration>,
        migration: &Migration,
        extent: ProofExtent,
    ) -> Result<Found, DesiredError> {
        let mut state = self.begin(before).await?;
        let mut rows = self.filling.told(&state);
        // Where nothing is in use yet, it is run as it stands.
        let mut phases = None;
        if before.is_some() && is_online(migration) {
            let mut run = self.in_phases(migration).await;
            if let (Err(Fault::Step(ProofStep::Expand, error)), true) = (&run, state.rows.count() > 0)
                && !self.source.are_real()
                && !is_stopped(error)
            {
                rows.refused = Some(told(error));
                state = self.begin_again(before).await?;
                run = self.in_phases(migration).await;
            }
            match run {
                Ok(run) => phases = Some(run),
                Err(Fault::Proof(error)) => return Err(error),
                Err(Fault::Step(step, error)) if !is_stopped(&error) => {
                    self.begin_again(before).await?;
                    let verdict = ProofVerdict::OnlineFails(step, error);
                    return Ok(Found { verdict, notes: Vec::new(), rows, losses: Vec::new() });
                }
                Err(Fault::Step(_, error)) => return Err(DesiredError::Replay(error)),
            }
        }
        if let Some(InPhases { contracted, reverted: None }) = phases {
            // It cannot be taken back, so that the plain statements are run elsewhere.
            let here = self.target.clone();
            self.begin_again(before).await?;
            self.go_to(migration).await?;
            let plain = State::read(&self.target).await?;
            self.target = here;
            let wrong = same_as_plain(&plain, &contracted);
            self.here = wrong.is_none().then(|| (migration.version.to_string(), contracted));
            let verdict = wrong.unwrap_or(ProofVerdict::NoDown);
            return Ok(Found { verdict, notes: Vec::new(), rows, losses: Vec::new() });
        }
        match self.go_to(migration).await {
            Err(DesiredError::Replay(error)) if self.source.are_real() && !is_stopped(&error) => {
                let verdict = ProofVerdict::UpFails(error);
                return Ok(Found { verdict, notes: Vec::new(), rows, losses: Vec::new() });
            }
            Err(DesiredError::Replay(error)) if state.rows.count() > 0 && !is_stopped(&error) => {
                rows.refused = Some(told(&error));
                state = self.begin_again(before).await?;
                self.go_to(migration).await?;
            }
            gone => gone?,
        }
        let after = State::read(&self.target).await?;
        let mut found = Found { verdict: ProofVerdict::NoDown, notes: Vec::new(), rows, losses: Vec::new() };
        let mut wrong = match extent {
            ProofExtent::ThereAndBack => None,
            ProofExtent::Twice => self.twice(migration, &after).await?,
        };
        let mut here = after;
        if let Some(InPhases { contracted, reverted: Some(reverted) }) = phases {
            wrong = wrong.or_else(|| same_as_plain(&here, &contracted));
            if wrong.is_none() {
                found.verdict = ProofVerdict::Proven;
                wrong = compared(&state, &reverted, &mut found).or_else(|| loss(migration, &found));
            }
        }
        if wrong.is_none() && migration.down.is_some() {
            found.verdict = ProofVerdict::Proven;
            (wrong, here) = self.there_and_back(migration, &state, here, &mut found).await?;
        }
        match wrong {
            Some(wrong) => found.verdict = wrong,
            None => self.here = Some((migration.version.to_string(), here)),
        }
        Ok(found)
    }

    /// Applies it on top of itself: its record is put aside, so that it counts as pending. Returns what is wrong.
    async fn twice(&self, migration: &Migration, after: &State) -> Result<Option<ProofVerdict>, DesiredError> {
        let (schema, service) = (&self.target.history_schema, &self.target.service);
        self.write(&put_aside(schema, service, &migration.version.to_string())).await?;
        let applied = self.go_to(migration).await;
        self.write(&put_back(schema)).await?;
        match applied {
            Ok(()) => {}
            Err(DesiredError::Replay(error)) => {
                return Ok(Some(ProofVerdict::UpFailsAgain(ProofStep::UpTwice, error)));
            }
            Err(error) => return Err(error),
        }
        let again = State::read(&self.target).await?;
        let mut changed = compare(&after.rows, &again.rows).losses;
        changed.retain(|loss| matches!(loss.what, Lost::Values { .. }));
        Ok(same(ProofStep::UpTwice, after, &again, changed))
    }

    async fn write(&self, history: &str) -> Result<(), DesiredError> {
        let session = Session::connect(&self.target.settings).await?;
        let written = session.flight(history).await;
        session.close().await;
        written.map(drop).map_err(|failure| failure.error.into())
    }

    /// Takes it back and applies it again. Returns what is wrong, and what is there in the end.
    fn there_and_back<'c>(
        &'c self,
        migration: &'c Migration,
        before: &'c State,
        after: State,
        found: &'c mut Found,
    ) -> LocalBoxFuture<'c, Result<(Option<ProofVerdict>, State), DesiredError>> {
        Box::pin(self.taken_back_and_applied(migration, before, after, found))
    }

    async fn taken_back_and_applied(
        &self,
        migration: &Migration,
        before: &State,
        after: State,
        found: &mut Found,
    ) -> Result<(Option<ProofVerdict>, State), DesiredError> {
        let options = DownOptions {
            back: Back::Only(migration.version.clone()),
            from: Some(DownFrom::File),
            reason: None,
            actor: "shadow",
            wait: std::time::Duration::ZERO,
            interrupted: None,
            values: self.replay.values,
            backup: None,
            loss: LossPolicy::Allow,
            allow_missing_values: false,
            leaves_snapshot: false,
            owners: crate::online::Owners::Shadow,
        };
        if let Some(error) = down(&self.target, self.set, &options, &mut Silent, self.stop).await.error {
            return Ok((Some(ProofVerdict::DownFails(Box::new(error))), after));
        }
        let reverted = State::read(&self.target).await?;
        if let Some(wrong) = compared(before, &reverted, found) {
            return Ok((Some(wrong), reverted));
        }
        match self.go_to(migration).await {
            Ok(()) => {}
            Err(DesiredError::Replay(error)) => {
                return Ok((Some(ProofVerdict::UpFailsAgain(ProofStep::UpAgain, error)), reverted));
            }
            Err(error) => return Err(error),
        }
        let again = State::read(&self.target).await?;
        if !found.losses.is_empty() {
            // The rows are no longer those of the first time.
            let wrong = difference(ProofStep::UpAgain, &after.catalog, &again.catalog)
                .map(|difference| ProofVerdict::Differs(Box::new(difference)));
            return Ok((wrong.or_else(|| loss(migration, found)), again));
        }
        // The same rows lead to other values only by what is random or tells the time.
        found.notes.extend(compare(&after.rows, &again.rows).losses.iter().filter_map(|loss| match &loss.what {
            Lost::Values { .. } => Some(format!("{loss} are others in each run, and not compared")),
            Lost::Rows => None,
        }));
        Ok((same(ProofStep::UpAgain, &after, &again, Vec::new()), again))
    }
}

/// What keeps the state after a way back from being that before, with what is to be said of it.
fn compared(before: &State, reverted: &State, found: &mut Found) -> Option<ProofVerdict> {
    if let Some(difference) = difference(ProofStep::Down, &before.catalog, &reverted.catalog) {
        return Some(ProofVerdict::Differs(Box::new(difference)));
    }
    let mut note = |note: String| {
        if !found.notes.contains(&note) {
            found.notes.push(note);
        }
    };
    for order in column_order(&before.catalog, &reverted.catalog) {
        note(format!("after its way back, {order}"));
    }
    let RowsDifference { losses, added, stamped } = compare(&before.rows, &reverted.rows);
    for (table, rows) in added {
        note(format!("after its way back, {} has {} that it made", people(&table), counted(rows, "row")));
    }
    for (column, values) in stamped {
        let column = format!("{}.{}", people(&column.relation), column.name.for_people());
        note(format!("it sets {} of {column} to the time at which it runs", counted(values, "value")));
    }
    found.losses = losses;
    None
}

/// Losses that nobody has accepted.
fn loss(migration: &Migration, found: &Found) -> Option<ProofVerdict> {
    let allowed = Allowed::by(migration);
    let is_accepted = found.losses.iter().all(|loss| allowed.covers(loss));
    (!is_accepted).then_some(ProofVerdict::LosesData)
}

/// What keeps two states from being the same after a step, with the values that count as different.
fn same(step: ProofStep, wanted: &State, found: &State, values: Vec<Loss>) -> Option<ProofVerdict> {
    if let Some(difference) = difference(step, &wanted.catalog, &found.catalog) {
        return Some(ProofVerdict::Differs(Box::new(difference)));
    }
    let counts = row_counts(&wanted.rows, &found.rows);
    (!counts.is_empty() || !values.is_empty()).then_some(ProofVerdict::RowsDiffer { after: step, counts, values })
}

fn row_counts(before: &Rows, after: &Rows) -> Vec<RowCount> {
    let both = before.tables.iter().filter_map(|(table, before)| Some((table, before, after.tables.get(table)?)));
    let differing = both.filter(|(_, before, after)| before.rows.len() != after.rows.len());
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let counted = differing.map(|(table, before, after)| RowCount {
        table: table.clone(),
        before: count(before.rows.len()),
        after: count(after.rows.len()),
    });
    counted.collect()
}

fn target(settings: ConnectionSettings, shadow: &Shadow, replay: &Replay<'_>) -> Target {
    replay.target(settings, shadow.takes_one_connection())
}

fn is_stopped(error: &RunError) -> bool {
    matches!(error, RunError::Stopped { .. })
}

fn told(error: &RunError) -> String {
    match error {
        RunError::Statement(failure) => failure.masked.clone(),
        other => other.to_string(),
    }
}

fn people(table: &ObjectName) -> String {
    format!("{}.{}", table.schema.for_people(), table.name.for_people())
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
