//! The beginning: a migration is compiled for the database that it meets, put on record and run in stages.

use limosa_catalog::Identifier;
use limosa_plan::{OnlineChange, RetryPolicy, RowsOf, Step, Watch, said_at_once};
use limosa_project::{Script, TransactionMode};
use limosa_syntax::Coexistence;

use super::carry::{again, arrive, clear};
use super::check::{hold, stands};
use super::failing::failing;
use super::followed::follow;
use super::growth::{self, room, within};
use super::owned::of_others;
use super::owner::Owners;
use super::preview::compiled;
use super::record::{OnlineRecord, OnlineState, changes, insert};
use super::replicated::{found, lagging};
use super::rows::{breaking, fired, hidden_rows, triggers_rest};
use super::trial::tried;
use super::versions::{Asked, Ground, as_named_then};
use super::wire::{FoundJson, MigrationJson, TermsJson};
use crate::backfill::Desk;
use crate::event::{Direction, Event};
use crate::executor::{Executor, Job};
use crate::history::{HistoryRow, MigrationRecord, Numbered, next_number};
use crate::prepare::{Backfills, prepare};
use crate::run_error::RunError;
use crate::target::Target;

/// A migration that is applied, or taken back, online.
pub(crate) struct Expansion<'a> {
    pub(crate) record: MigrationRecord<'a>,
    pub(crate) direction: Direction,
    /// What the migration says: plain statements.
    pub(crate) script: &'a Script,
    /// Queries that must return no rows when both versions work.
    pub(crate) verify: &'a [Step],
    /// The row of one that was begun and not finished.
    pub(crate) unfinished: Option<&'a HistoryRow>,
    /// What the migration says of how both versions live.
    pub(crate) coexistence: Option<Coexistence>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) retry: RetryPolicy,
    /// The most bytes that it may need on disk.
    pub(crate) max_growth: Option<u64>,
    /// Where the keys are that columns refer to.
    pub(crate) owners: Owners<'a>,
}

/// Makes both versions able to work, and fills every row; or goes on with that.
///
/// # Errors
/// Statements that cannot be run online, and what the rows do not allow: then nothing has changed. See [`RunError`] for
/// the rest.
pub(crate) async fn expand(
    executor: &mut Executor<'_>,
    target: &Target,
    expansion: &Expansion<'_>,
) -> Result<(), RunError> {
    let begun = match expansion.unfinished {
        Some(_) => {
            let all = changes(executor.worker, target.history()).await?;
            let is_it = |record: &OnlineRecord| {
                record.version == expansion.record.version
                    && record.state == OnlineState::Open
                    && record.direction == expansion.direction
            };
            all.into_iter().find(is_it)
        }
        None => None,
    };
    let (record, opening) = match begun {
        Some(record) => {
            stands(executor, &record, &format!("{} cannot go on", record.version)).await?;
            for carry in record.carries() {
                arrive(executor, expansion.owners, (&record.version, &carry)).await?;
            }
            (record, Vec::new())
        }
        None => begin(executor, target, expansion).await?,
    };
    executor.surroundings.triggers_rest = record.terms.triggers_rest;
    let path = format!("{} (online)", expansion.script.source.path);
    let script = Script::of_text(&path, &record.expand);
    let prepared = prepare(&script, TransactionMode::Auto, Backfills::InBatches).map_err(RunError::Problems)?;
    let ran = executor
        .run(&Job {
            record: expansion.record,
            direction: expansion.direction,
            source: &script.source,
            execution: &prepared.execution,
            verify: &prepared.verify,
            unfinished: expansion.unfinished,
            reason: expansion.reason,
            opening: &opening,
            asides: &[],
            retry: expansion.retry,
        })
        .await;
    executor.surroundings.triggers_rest = false;
    ran?;
    for carry in record.carries() {
        // What was made there while rows were filled.
        again(executor, expansion.owners, &record, &carry).await?;
        clear(executor, &carry).await?;
    }
    if record.waits() {
        let (goes, stays) = match record.direction {
            Direction::Up => ("old", "new"),
            Direction::Down => ("new", "old"),
        };
        let remark = format!(
            "both versions work now; `limosa contract {0}` takes the {goes} one away, \
             `limosa abort {0}` the {stays} one",
            record.version
        );
        tell(executor, &record.version, remark);
    }
    Ok(())
}

/// Compiles it and asks what has to be so. Gives it with the statements that put it on record.
async fn begin(
    executor: &mut Executor<'_>,
    target: &Target,
    expansion: &Expansion<'_>,
) -> Result<(OnlineRecord, Vec<String>), RunError> {
    let schema = executor.schema;
    let id =
        target.history().as_owner(executor.worker, next_number(executor.worker, schema, Numbered::Online)).await??;
    // A contract that was cut off may have left this to do, before anything more hangs on the same columns.
    follow(executor, &changes(executor.worker, target.history()).await?).await?;
    let records = changes(executor.worker, target.history()).await?;
    let asked = Asked {
        version: expansion.record.version,
        direction: expansion.direction,
        coexistence: expansion.coexistence,
        script: expansion.script,
    };
    let ground = Ground::of(executor.worker, target, &records, &asked).await?;
    let change = compiled(expansion.script, expansion.verify, &ground.catalog, ground.settings(target, id))
        .map_err(RunError::Problems)?;
    for trial in &change.trials {
        let unfit = tried(executor, trial).await?;
        if !unfit.is_empty() {
            return Err(RunError::Problems(unfit));
        }
    }
    let subject = format!("{} {}", expansion.record.version, expansion.record.name);
    let rows = RowsOf::of(&change);
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let mut unfit = hidden_rows(&desk, &rows, &subject).await?;
    if unfit.is_empty() {
        unfit = breaking(&desk, &rows, &subject).await?;
    }
    let triggers_rest = triggers_rest(&desk, &rows).await?;
    let mut fired = fired(&desk, (&rows, triggers_rest), schema, &subject).await?;
    // A way back says nothing but what it takes back.
    let may_fire = change.allows_firing || expansion.direction == Direction::Down;
    unfit.extend(fired.take_if(|_| !may_fire));
    let (expand, contract) = (with_verify(&change, expansion), change.contract_script());
    unfit.extend(of_others(&desk, [&expand, &contract], &subject).await?);
    if !unfit.is_empty() {
        return Err(RunError::Problems(unfit));
    }
    let mut checks = change.gathered(|phases| &phases.checks);
    checks.iter_mut().for_each(|check| check.query = change.asked_early(&check.query));
    let computed = change.gathered(|phases| &phases.computed);
    let early = |question: &str| change.asked_early(question);
    hold(executor, expansion.record.version, (&checks, &computed, &early), &subject).await?;
    let quarantined = change.operations.iter().filter(|phases| !phases.quarantine.is_empty());
    let tried: Vec<_> = quarantined.flat_map(|phases| phases.computed.clone()).collect();
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let failing = failing(&desk, &tried, &early).await?;
    let growth = change.gathered(|phases| &phases.growth);
    let room = room(executor.worker, &growth).await?;
    let (mut received, lagging) = lagging(executor.worker, room, &growth, &subject).await?;
    received.retain(|_| !change.allows_replicated);
    received.extend(found(&desk, &change.gathered(|phases| &phases.sent), &subject).await?);
    if !received.is_empty() {
        return Err(RunError::Problems(received));
    }
    let later = found(&desk, &change.gathered(|phases| &phases.sent_at_end), &subject).await?;
    within(room, expansion.max_growth, &subject).map_err(|problem| RunError::Refused(Box::new(problem)))?;
    for carry in change.gathered(|phases| &phases.carries) {
        arrive(executor, expansion.owners, (expansion.record.version, &carry)).await?;
    }
    let catalog = as_named_then(ground.catalog, &records, id);
    let (goes, reshaped) = (change.gathered(|phases| &phases.watched), change.gathered(|phases| &phases.reshaped));
    let passing = change.gathered(|phases| &phases.passing);
    let said = said_at_once(&change);
    let watch = Watch::new(goes, &passing, reshaped, said.clone(), (&expand, &contract))
        .with_copies(change.gathered(|phases| &phases.renames), &passing);
    let own = own_names(schema, id);
    let found = FoundJson {
        reliance: watch.before(&catalog, &own),
        needed: watch.needed(&catalog, &own, &contract),
        said: said.iter().map(|name| name.as_str().to_owned()).collect(),
    };
    let migration = MigrationJson {
        name: expansion.record.name.to_owned(),
        checksum: expansion.record.checksum.to_owned(),
        up: expansion.record.up.to_owned(),
        down: expansion.record.down.map(ToOwned::to_owned),
        path: expansion.record.path.to_owned(),
    };
    let record = OnlineRecord {
        id,
        version: expansion.record.version.to_owned(),
        direction: expansion.direction,
        state: OnlineState::Open,
        actor: executor.actor.clone(),
        opened_at: 0,
        expand,
        contract,
        abort: change.abort_script(),
        reverse: change.reverse_script(),
        terms: TermsJson { triggers_rest, ..TermsJson::of(&change, found, migration) },
    };
    if let Some(problem) = fired {
        tell(executor, &record.version, format!("{}: {}", problem.message, problem.notes.join("; ")));
    }
    for problem in failing {
        let rows = problem.notes.join("; ");
        tell(executor, &record.version, format!("{}, and they stay as they are: {rows}", problem.message));
    }
    let later = later.into_iter().map(|problem| format!("{} ({})", problem.message, problem.notes.join("; ")));
    for remark in later.chain(lagging) {
        tell(executor, &record.version, remark);
    }
    for remark in change.gathered(|phases| &phases.remarks).into_iter().chain(growth::remark(room)) {
        tell(executor, &record.version, remark);
    }
    let opening = insert(schema, executor.service, &record);
    Ok((record, opening))
}

/// What the names of what an online change makes begin with.
pub(super) fn own_names(schema: &Identifier, id: i64) -> String {
    limosa_plan::online_prefix(schema, id)
}

/// The script, with what the migration itself verifies at its end.
fn with_verify(change: &OnlineChange, expansion: &Expansion<'_>) -> String {
    let mut text = change.expand_script();
    if !expansion.verify.is_empty() {
        text.push_str("\n-- limosa: verify\n");
        for query in expansion.verify {
            text.push_str(query.span.of(&expansion.script.source.text));
            text.push_str(";\n");
        }
    }
    text
}

/// Says what is worth knowing.
pub(super) fn tell(executor: &mut Executor<'_>, version: &str, remark: String) {
    executor.observer.on(&Event::Remarked {
        service: executor.service.to_owned(),
        version: version.to_owned(),
        remark,
    });
}
