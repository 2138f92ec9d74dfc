//! Whether the migrations that are taken over lead to what is in the database, and what of it only programs can have
//! made.

use limosa_catalog::Catalog;
use limosa_engine::{RunError, change_line, live_catalog, replay, without_old_tables};
use limosa_plan::{Change, DiffOptions, Owners, Style, compare, diff};
use limosa_postgres::Session;
use limosa_project::{AdoptedTarget, AdoptionPlan, Identity, MigrationSet};
use limosa_syntax::Diagnostic;

use super::found::Found;
use super::{Place, Seen};
use crate::failure::Failure;
use crate::ignoring::rules;
use crate::serving::shadow;
use crate::terms::Terms;

/// As many differences are shown.
const SHOWN: usize = 12;

/// How the migrations compare with the database.
pub(super) enum Comparison {
    /// Nobody asked.
    NotMade,
    /// They do not run on an empty database.
    NoReplay(Vec<Diagnostic>),
    /// They lead somewhere.
    Made {
        /// What is there and they do not lead to, or the other way round.
        changes: Vec<Change>,
        /// The statements from there to here.
        missing: String,
    },
}

/// Runs the migrations that are in effect in a shadow, and compares.
pub(super) async fn compare_schemas(
    place: &Place<'_>,
    found: &Found,
    plan: &AdoptionPlan<'_>,
) -> Result<Comparison, Failure> {
    if plan.is_refused() {
        return Ok(Comparison::NotMade);
    }
    let live = live(place).await?;
    let live = without_old_tables(&live, &found.old.tables);
    let set = in_effect(place, found, plan);
    let terms = Terms::of(place.invocation, place.project, place.part.service)?;
    let known = place.invocation.known();
    let texts: Vec<String> = set.migrations.iter().map(|migration| migration.up.text().to_owned()).collect();
    let major = live.major();
    let mut server = shadow(&place.invocation.environment, Some(major), texts.iter().map(String::as_str))?;
    let replayed = replay(&mut server, &set, &terms.replay(), &known).await;
    server.stop().await?;
    let replayed = match replayed {
        Ok(replayed) => replayed,
        Err(limosa_engine::DesiredError::Replay(error)) => return Ok(Comparison::NoReplay(error.diagnostics())),
        Err(error) => return Err(error.into()),
    };
    let options = DiffOptions {
        style: Style::Offline,
        owners: Owners::Ignore,
        ignore: rules(Some(place.project), &[]),
        ..DiffOptions::default()
    };
    let changes = compare(&replayed, &live, &options);
    let missing = match plan.programs.is_empty() {
        true => String::new(),
        false => diff(&replayed, &live, &options)
            .map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?
            .to_sql(),
    };
    Ok(Comparison::Made { changes, missing })
}

async fn live(place: &Place<'_>) -> Result<Catalog, Failure> {
    let target = &place.target;
    let session = Session::connect(&target.settings).await.map_err(RunError::from)?;
    let catalog = live_catalog(&session, &target.history_schema, target.owner_role.as_ref()).await;
    session.close().await;
    Ok(catalog?)
}

/// The part of the set that is in effect.
fn in_effect(place: &Place<'_>, found: &Found, plan: &AdoptionPlan<'_>) -> MigrationSet {
    let known = &found.old.known;
    let mut set = place.part.set.clone();
    set.migrations.retain(|migration| {
        let adopted = plan.adopted.iter().any(|it| it.target == AdoptedTarget::Migration(migration));
        adopted || known.iter().any(|it| it.identity == Identity::Version(migration.version.clone()))
    });
    set.repeatables.retain(|repeatable| {
        let adopted = plan.adopted.iter().any(|it| it.target == AdoptedTarget::Repeatable(repeatable));
        adopted || known.iter().any(|it| it.identity == Identity::Repeatable(repeatable.name.clone()))
    });
    set.sum = limosa_project::SumState::Absent;
    set
}

/// What the comparison has to say.
pub(super) fn problems(seen: &Seen, plan: &AdoptionPlan<'_>) -> Vec<Diagnostic> {
    match &seen.comparison {
        Comparison::NotMade if !plan.programs.is_empty() && !plan.is_refused() => {
            vec![
                Diagnostic::error("no-baseline", "some migrations are programs, and what they made was not looked at")
                    .with_help("leave `--no-check` away: their effect is read from the database"),
            ]
        }
        Comparison::NotMade => Vec::new(),
        Comparison::NoReplay(why) => vec![no_replay(why, plan)],
        Comparison::Made { changes, .. } if plan.programs.is_empty() && !changes.is_empty() => vec![drifted(changes)],
        Comparison::Made { .. } => Vec::new(),
    }
}

fn no_replay(why: &[Diagnostic], plan: &AdoptionPlan<'_>) -> Diagnostic {
    let message = "the migrations in effect do not run on an empty database";
    let diagnostic = match plan.programs.is_empty() {
        true => Diagnostic::warning("no-replay", message)
            .with_help("the take-over stands without it; `limosa check` tells the same until they are mended"),
        false => Diagnostic::error("no-replay", message).with_help(
            "they rest on what programs have made: let `migrations` in limosa.toml name a new folder, and `--files` \
             the old one; all that is in effect then becomes one file",
        ),
    };
    let whys = why.iter().map(|why| why.message.clone());
    Diagnostic { notes: whys.collect(), ..diagnostic }
}

fn drifted(changes: &[Change]) -> Diagnostic {
    let message =
        format!("the migrations in effect do not lead to what is there; it differs in {} places", changes.len());
    let mut diagnostic = Diagnostic::warning("drift", message);
    diagnostic.notes = changes.iter().take(SHOWN).map(change_line).collect();
    if changes.len() > SHOWN {
        diagnostic.notes.push(format!("and {} more", changes.len() - SHOWN));
    }
    diagnostic.with_help(
        "after the take-over, `limosa generate NAME --to db` makes a migration of it; \
         `limosa diff db migrations` shows the way back",
    )
}
