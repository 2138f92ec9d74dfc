//! What a migration would come to if it were run online now. Writes nothing.

use limosa_catalog::{Catalog, ObjectName, QualifiedName};
use limosa_plan::lock::StatementLocks;
use limosa_plan::{Carry, Growth, InHand, OldName, OnlineChange, OnlineCheck, OnlineSettings, RowsOf, Step, compile};
use limosa_postgres::Session;
use limosa_project::{Script, TransactionMode};
use limosa_syntax::{Diagnostic, Directive, PlacedDirective, Severity, Span};

use super::growth::{self, room, within};
use super::owned::of_others;
use super::record::changes;
use super::replicated::{found, lagging};
use super::rows::{FIRES_TRIGGERS, fired, hidden_rows, triggers_rest};
use super::versions::{Asked, Ground};
use crate::backfill::Desk;
use crate::event::Direction;
use crate::executor::Surroundings;
use crate::pending::PendingJob;
use crate::prepare::{Backfills, Prepared, prepare};
use crate::run_error::RunError;
use crate::server_words::{is_forbidden, is_missing};
use crate::target::Target;

/// A script that a migration comes to.
#[derive(Debug)]
pub struct PlannedScript {
    /// Its text.
    pub script: Script,
    /// Its statements, and how they are run.
    pub prepared: Prepared,
    /// The locks of its statements, in their order.
    pub locks: Vec<StatementLocks>,
}

/// The scripts of a migration that would be run online.
#[derive(Debug)]
pub struct PlannedOnline {
    /// What `up` runs.
    pub expand: PlannedScript,
    /// What `contract` runs before that, where anything takes its time.
    pub ready: Option<PlannedScript>,
    /// What is made by it under a name of ours, and the name of the old one.
    pub(crate) made: Vec<(QualifiedName, QualifiedName)>,
    /// What `contract` runs, where anything is left to do then.
    pub contract: Option<PlannedScript>,
    /// What is worth knowing.
    pub remarks: Vec<String>,
    /// What only the old version names.
    pub old_names: Vec<OldName>,
    /// What it has in hand when it is open.
    pub(crate) in_hand: InHand,
    /// What comes on disk.
    pub(crate) growth: Vec<Growth>,
    /// That nobody receives, or sends, what would be another one, now or when the old goes.
    pub(crate) sent: Vec<OnlineCheck>,
    /// Whose rows it is about.
    pub(crate) rows: RowsOf,
    /// Whether triggers of others may fire for rows that are filled.
    pub(crate) allows_firing: bool,
    /// Maps that come from other services' databases.
    pub(crate) carries: Vec<Carry>,
}

/// Compiles a migration's statements for a database.
///
/// # Errors
/// All statements that cannot be run online.
pub(super) fn compiled(
    script: &Script,
    verify: &[Step],
    catalog: &Catalog,
    settings: OnlineSettings<'_>,
) -> Result<OnlineChange, Vec<Diagnostic>> {
    // Queries that verify are no statements of the change.
    let end = verify.first().map_or(script.section.end, |first| first.span.start);
    let section = Span::new(script.section.start, end);
    let statements = limosa_syntax::Script::parse_section(&script.source.text, section);
    let allows = |it: &PlacedDirective| matches!(&it.directive, Directive::Allow(hazard) if hazard == FIRES_TRIGGERS);
    let allows_firing = statements.directives.iter().any(allows);
    Ok(OnlineChange { allows_firing, ..compile(&script.source, &statements, catalog, settings)? })
}

/// What the job would come to, if its change got this number; or all statements that cannot be run online.
///
/// # Errors
/// What the server says.
pub(crate) async fn preview(
    session: &Session,
    target: &Target,
    job: &PendingJob<'_>,
    number: i64,
) -> Result<Result<PlannedOnline, Vec<Diagnostic>>, RunError> {
    let records = changes(session, target.history()).await?;
    let asked = Asked {
        version: &job.version,
        direction: Direction::Up,
        coexistence: job.prepared.coexistence,
        script: job.up,
    };
    let ground = Ground::of(session, target, &records, &asked).await?;
    Ok(planned(job, &ground.catalog, ground.settings(target, number)))
}

fn planned(
    job: &PendingJob<'_>,
    catalog: &Catalog,
    settings: OnlineSettings<'_>,
) -> Result<PlannedOnline, Vec<Diagnostic>> {
    let change = compiled(job.up, &job.prepared.verify, catalog, settings)?;
    let planned = |kind: &str, text: &str| {
        let script = Script::of_text(&format!("{} ({kind})", job.up.source.path), text);
        let prepared = prepare(&script, TransactionMode::Auto, Backfills::InBatches)?;
        Ok::<_, Vec<Diagnostic>>(PlannedScript { script, prepared, locks: Vec::new() })
    };
    Ok(PlannedOnline {
        expand: planned("online", &change.expand_script())?,
        ready: Some(change.ready_script())
            .filter(|text| !text.is_empty())
            .map(|it| planned("ready", &it))
            .transpose()?,
        made: change.ready.made.iter().map(|made| (qualified(made.beside()), qualified(made.name.clone()))).collect(),
        contract: change.contracts().then(|| planned("contract", &change.contract_script())).transpose()?,
        remarks: change.gathered(|phases| &phases.remarks),
        old_names: change.gathered(|phases| &phases.old_names),
        in_hand: InHand::of(&job.version, &change, catalog),
        growth: change.gathered(|phases| &phases.growth),
        sent: change
            .gathered(|phases| &phases.sent)
            .into_iter()
            .chain(change.gathered(|phases| &phases.sent_at_end))
            .collect(),
        rows: RowsOf::of(&change),
        allows_firing: change.allows_firing,
        carries: change.gathered(|phases| &phases.carries),
    })
}

impl PlannedOnline {
    /// The scripts that it comes to, in their order.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = &PlannedScript> {
        std::iter::once(&self.expand).chain(&self.ready).chain(&self.contract)
    }

    /// The same, to add to.
    pub(crate) fn scripts_mut(&mut self) -> impl Iterator<Item = &mut PlannedScript> {
        std::iter::once(&mut self.expand).chain(&mut self.ready).chain(&mut self.contract)
    }
}

fn qualified(name: ObjectName) -> QualifiedName {
    QualifiedName { schema: Some(name.schema), name: name.name }
}

/// What is said of it in a plan: what is worth knowing, and how much room it needs on disk.
///
/// # Errors
/// What the server says.
pub(crate) async fn warnings(
    session: &Session,
    target: &Target,
    online: &PlannedOnline,
    max_growth: Option<u64>,
    subject: &str,
) -> Result<Vec<Diagnostic>, RunError> {
    let room = room(session, &online.growth).await?;
    let said = online.remarks.iter().cloned().chain(growth::remark(room));
    let said = said.map(|remark| Diagnostic::warning("online", format!("{subject}: {remark}")));
    let surroundings = Surroundings { role: target.owner_role.clone(), ..Surroundings::default() };
    let desk = Desk::under(session, &surroundings, None);
    let mut received = hidden_rows(&desk, &online.rows, subject).await?;
    if !online.allows_firing {
        let rest = triggers_rest(&desk, &online.rows).await?;
        received.extend(fired(&desk, (&online.rows, rest), &target.history_schema, subject).await?);
    }
    let contract = online.contract.as_ref().map_or("", |script| script.script.source.text.as_ref());
    received.extend(of_others(&desk, [&online.expand.script.source.text, contract], subject).await?);
    received.extend(found(&desk, &online.sent, subject).await?);
    let (lost, lagging) = lagging(session, room, &online.growth, subject).await?;
    received.extend(lost);
    let received = received.into_iter().map(|problem| Diagnostic { severity: Severity::Warning, ..problem });
    let lagging = lagging.into_iter().map(|said| Diagnostic::warning("online", format!("{subject}: {said}")));
    Ok(said.chain(within(room, max_growth, subject).err()).chain(received).chain(lagging).collect())
}

/// The number that the next change gets if nobody is faster.
///
/// # Errors
/// What the server says.
pub(crate) async fn number_to_come(session: &Session, target: &Target) -> Result<i64, RunError> {
    let sql = format!("SELECT coalesce(max(id), 0) + 1 FROM {}.online", target.history_schema);
    match target.history().query(session, &sql, &[]).await {
        Ok(rows) => Ok(rows.first().map_or(1, |row| row.get(0))),
        Err(error) if is_missing(&error) || is_forbidden(&error) => Ok(1),
        Err(error) => Err(error.into()),
    }
}
