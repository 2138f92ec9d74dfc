//! The catalog that migrations lead to.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use limosa_catalog::{Catalog, Identifier};
use limosa_plan::RetryPolicy;
use limosa_postgres::{ConnectionSettings, Session, Shadow};
use limosa_project::{CoexistenceSettings, MigrationSet, OrderPolicy, Script};
use limosa_syntax::{BackfillManner, substitute};

use super::answers::{Answers, Question};
use super::failure::DesiredError;
use super::roles::{make_role, missing_role};
use crate::event::Silent;
use crate::executor::Lookup;
use crate::loss::LossPolicy;
use crate::prepare::Backfills;
use crate::run_error::RunError;
use crate::stop::{StopSignal, stop_switch};
use crate::target::Target;
use crate::up::{Extent, UpOptions, up};

/// What a replay needs to know besides the migrations.
pub struct Replay<'a> {
    /// The service.
    pub service: &'a str,
    /// The schema of its history, which is not part of the catalog.
    pub history_schema: &'a Identifier,
    /// The schema of the functions that make ids.
    pub ids_schema: &'a Identifier,
    /// The role that owns what migrations create.
    pub owner_role: Option<&'a Identifier>,
    /// Where unqualified names go.
    pub search_path: Option<&'a str>,
    /// How clients of two versions live side by side, where migrations are run online.
    pub coexistence: &'a CoexistenceSettings,
    /// Values for placeholders, by name.
    pub values: &'a Lookup<'a>,
    /// How far.
    pub extent: Extent,
}

impl Replay<'_> {
    /// A shadow database as a target like any other.
    pub(crate) fn target(&self, settings: ConnectionSettings, takes_one_connection: bool) -> Target {
        Target {
            service: self.service.to_owned(),
            settings,
            history_schema: self.history_schema.clone(),
            owner_role: self.owner_role.cloned(),
            search_path: self.search_path.map(str::to_owned),
            retry: RetryPolicy { first_try: Duration::from_secs(5), patience: Duration::from_secs(60) },
            statement_timeout: None,
            set_aside: None,
            backfills: Backfills::AtOnce,
            manner: BackfillManner::default(),
            coexistence: self.coexistence.clone(),
            ids_schema: self.ids_schema.clone(),
            single_connection: takes_one_connection,
        }
    }

    /// A question to this shadow about what migrations lead to.
    pub(crate) fn question(&self, shadow: &Shadow, what: &str) -> Question {
        let text = |part: Option<String>| part.unwrap_or_default();
        Question::to(shadow.identity(), what)
            .and(self.service)
            .and(self.history_schema.as_str())
            .and(&text(self.owner_role.map(ToString::to_string)))
            .and(&text(self.search_path.map(str::to_owned)))
    }

    /// A question to this shadow about all that a set of migrations leads to.
    pub(crate) fn question_about_set(&self, shadow: &Shadow, what: &str, set: &MigrationSet) -> Question {
        let mut question = self.question(shadow, what).and(&format!("{:?}", self.extent));
        for migration in &set.migrations {
            let transaction = format!("{:?}", migration.transaction);
            question = self.after(question.and(&migration.version.to_string()).and(&transaction), &migration.up);
        }
        for repeatable in &set.repeatables {
            question = self.after(question.and(&repeatable.name.to_string()), &repeatable.up);
        }
        question
    }

    /// The same question after this script. Its placeholders count with their values, which only the hash sees.
    pub(crate) fn after(&self, question: Question, script: &Script) -> Question {
        let filled = substitute(script.text(), &|name| (self.values)(name));
        question.and(filled.as_deref().unwrap_or(script.text())).and(&format!("{:?}", script.separator))
    }
}

/// Runs the migrations in a new shadow database, as `up` would, and reads its catalog; unless that is known.
///
/// # Errors
/// A migration that does not run, or a shadow that cannot be had.
pub async fn replay(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    known: &Answers,
) -> Result<Catalog, DesiredError> {
    let question = replay.question_about_set(shadow, "replay", set);
    if let Some(catalog) = known.catalog(&question) {
        return Ok(catalog);
    }
    let settings = shadow.database().await?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    run_up(&target, set, replay, replay.extent.clone(), &stop).await?;
    let catalog = read_catalog(&target).await?;
    known.keep_catalog(&question, &catalog);
    Ok(catalog)
}

/// Applies what is pending, making roles that the shadow lacks.
///
/// On the heap: replays stand deep in other work, whose stack would hold a whole run otherwise.
pub(crate) fn run_up<'a>(
    target: &'a Target,
    set: &'a MigrationSet,
    replay: &'a Replay<'_>,
    extent: Extent,
    stop: &'a StopSignal,
) -> LocalBoxFuture<'a, Result<(), DesiredError>> {
    Box::pin(applied(target, set, replay, extent, stop))
}

async fn applied(
    target: &Target,
    set: &MigrationSet,
    replay: &Replay<'_>,
    extent: Extent,
    stop: &StopSignal,
) -> Result<(), DesiredError> {
    if let Some(role) = &target.owner_role {
        let session = Session::connect(&target.settings).await?;
        // Roles belong to the server, which may have this one already.
        let _ = make_role(&session, role).await;
        session.close().await;
    }
    loop {
        let options = UpOptions {
            extent: extent.clone(),
            order: OrderPolicy::Any,
            reason: None,
            actor: "shadow",
            wait: Duration::ZERO,
            interrupted: None,
            values: replay.values,
            drift: crate::drift::DriftPolicy::Unwatched,
            old_history: crate::adopt::OldHistoryPolicy::Allow,
            loss: LossPolicy::Allow,
            approved: None,
            backup: None,
            checks: None,
            owners: crate::online::Owners::Shadow,
        };
        let Some(error) = up(target, set, &options, &mut Silent, stop).await.error else { return Ok(()) };
        let role = match &error {
            RunError::Statement(failure) => missing_role(&failure.error),
            _ => None,
        };
        let Some(role) = role else { return Err(DesiredError::Replay(Box::new(error))) };
        let session = Session::connect(&target.settings).await?;
        let made = make_role(&session, &role).await;
        session.close().await;
        made?;
    }
}

/// The catalog of a target, its history left out.
pub(crate) async fn read_catalog(target: &Target) -> Result<Catalog, DesiredError> {
    let session = Session::connect(&target.settings).await?;
    let catalog = crate::snapshot::read(&session, target).await;
    session.close().await;
    Ok(catalog?)
}
