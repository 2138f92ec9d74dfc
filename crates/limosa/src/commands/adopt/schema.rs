//! Whether the migrations that are taken over lead to what is in the database, and what of it only programs can have
//! made.

use limosa_catalog::{Catalog, ServerMajor};
use limosa_engine::{DesiredError, RunError, change_line, live_catalog, replay, without_old_tables};
use limosa_plan::{Change, DiffOptions, Owners, Style, compare, diff};
use limosa_postgres::Session;
use limosa_project::{AdoptedTarget, AdoptionPlan, Identity, MigrationSet};
use limosa_syntax::Diagnostic;

use super::carried::{self, Carried};
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
        /// The statements from there to here, where programs have made what is missing.
        missing: String,
        /// The programs as migrations of their own, where all of their SQL is known.
        carried: Vec<Carried>,
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
    let mut carried = carried::carried(place, plan)?;
    let mut replayed = replayed(place, &set, &carried, live.major()).await?;
    if replayed.is_err() && !carried.is_empty() {
        // What a program prints need not be all that it does; then the database tells.
        carried.clear();
        replayed = self::replayed(place, &set, &carried, live.major()).await?;
    }
    let replayed = match replayed {
        Ok(replayed) => replayed,
        Err(why) => return Ok(Comparison::NoReplay(why)),
    };
    let options = DiffOptions {
        style: Style::Offline,
        owners: Owners::Ignore,
        ignore: rules(Some(place.project), &[]),
        ..DiffOptions::default()
    };
    let changes = compare(&replayed, &live, &options);
    let missing = match plan.programs.is_empty() || !carried.is_empty() {
        true => String::new(),
        false => diff(&replayed, &live, &options)
            .map_err(|error| Failure::from(Diagnostic::error("no-plan", error.to_string())))?
            .to_sql(),
    };
    Ok(Comparison::Made { changes, missing, carried })
}

/// What the migrations in effect and the programs that are known lead to, or why they do not run.
async fn replayed(
    place: &Place<'_>,
    set: &MigrationSet,
    carried: &[Carried],
    major: ServerMajor,
) -> Result<Result<Catalog, Vec<Diagnostic>>, Failure> {
    let mut set = set.clone();
    set.migrations.extend(carried.iter().map(|carried| carried.migration.clone()));
    let terms = Terms::of(place.invocation, place.project, place.part.service)?;
    let texts: Vec<&str> = set.migrations.iter().map(|migration| migration.up.text()).collect();
    let mut server = shadow(&place.invocation.environment, Some(major), texts)?;
    let replayed = replay(&mut server, &set, &terms.replay(), &place.invocation.known()).await;
    server.stop().await?;
    match replayed {
        Ok(catalog) => Ok(Ok(catalog)),
        Err(DesiredError::Replay(error)) => Ok(Err(error.diagnostics())),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn live(place: &Place<'_>) -> Result<Catalog, Failure> {
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
        Comparison::Made { changes, carried, .. }
            if (plan.programs.is_empty() || !carried.is_empty()) && !changes.is_empty() =>
        {
            vec![drifted(changes)]
        }
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
    let places = if changes.len() == 1 { "place" } else { "places" };
    let message =
        format!("the migrations in effect do not lead to what is there; it differs in {} {places}", changes.len());
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
