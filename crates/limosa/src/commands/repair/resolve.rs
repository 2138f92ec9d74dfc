//! `repair resolve`.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use limosa_catalog::Catalog;
use limosa_engine::{
    EffectFound, Extent, Repair as Mending, Replay, RunError, Settled, catalogs_before, effect_found, live_catalog,
    replay,
};
use limosa_plan::{DiffOptions, Owners};
use limosa_postgres::Session;
use limosa_project::{Project, Version};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::found::{Repairable, look_for_repairs};
use super::{Here, mend};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ignoring::rules;
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::output;
use crate::serving::{Found, shadow};
use crate::terms::Terms;

const EXAMPLES: &str = "\
Usually `limosa up` goes on with what is half done. This is for what somebody has brought to an end by hand, or taken \
back. What the migration does to the schema is computed in a throw-away PostgreSQL and looked for in the database: if \
all of it is there, the migration counts as applied; if nothing is, as not applied. What is half there has to be \
decided with `--as`. Nothing but the history is changed.

Examples:
  limosa repair resolve 20241221090000 --dry-run
  limosa repair resolve 20241221090000
  limosa repair resolve 20241221090000 --as not-applied";

/// Settle a migration that is half done, after looking at what of it is in effect
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Resolve {
    /// Its version.
    version: Version,
    /// What it counts as, whatever is found.
    #[arg(long = "as", value_enum, value_name = "STATE")]
    settled: Option<As>,
    /// Show what is found, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    /// It is in effect.
    Applied,
    /// It is not.
    NotApplied,
}

impl From<As> for Settled {
    fn from(settled: As) -> Self {
        match settled {
            As::Applied => Self::Applied,
            As::NotApplied => Self::NotApplied,
        }
    }
}

impl Resolve {
    pub(super) async fn run(self, here: Here<'_>) -> Result<Exit, Failure> {
        let Here { invocation, project, environment, .. } = here;
        let found = look_for_repairs(here).await?;
        let unfinished = |repairable: &Repairable<'_>| {
            let row = repairable.status.as_ref()?.unfinished()?;
            let is_it = row.version.parse::<Version>().is_ok_and(|version| version == self.version);
            is_it.then(|| row.version.clone())
        };
        let Some((repairable, version)) = found.iter().find_map(|it| Some((it, unfinished(it)?))) else {
            let message = format!("{} is not half done in {}", self.version, environment.name);
            return Err(Failure::usage("not-unfinished", message, "`limosa repair` says what there is to mend"));
        };
        let live = live(here, repairable.part).await?;
        let effect = self.effect(invocation, project, repairable.part, &live).await?;
        let settled = self.settled.map(Settled::from).or(match () {
            () if effect.is_whole() => Some(Settled::Applied),
            () if effect.is_none() => Some(Settled::NotApplied),
            () => None,
        });
        self.tell(invocation, &effect, settled);
        let Some(settled) = settled else {
            let (message, note) = if effect == EffectFound::default() {
                let note = "it changes no schema, so there is nothing to look for";
                (format!("whether {} is in effect cannot be seen", self.version), note)
            } else {
                (format!("{} is in effect in part", self.version), "see above what is there and what is not")
            };
            let error = Diagnostic::error("half-in-effect", message).with_note(note);
            let help = "go on with it: `limosa up`; or say what it counts as: `--as applied`, `--as not-applied`";
            return Err(Failure::findings(vec![error.with_help(help)]));
        };
        if self.dry_run {
            return Ok(Exit::Findings);
        }
        let word = match settled {
            Settled::Applied => "applied",
            Settled::NotApplied => "not applied",
        };
        confirm(&invocation.global, &format!("Count {version} as {word} in {}?", environment.name))?;
        let is_its_effect = effect.is_whole() && settled == Settled::Applied;
        let migration = repairable.part.set.find(&self.version).filter(|_| is_its_effect);
        let repairs = [Mending::Resolve { version: &version, settled, found: &effect, migration }];
        mend(here, repairable.part, &repairs, self.reason.as_deref()).await?;
        invocation.say(&format!("{version} counts as {word}"));
        Ok(Exit::Done)
    }

    /// What of the migration is in effect.
    async fn effect(
        &self,
        invocation: &Invocation,
        project: &Project,
        part: &Part<'_>,
        live: &Catalog,
    ) -> Result<EffectFound, Failure> {
        if part.set.find(&self.version).is_none() {
            let message = format!("there is no file of {} to compare with", self.version);
            return Err(Failure::usage("missing-file", message, "write it again: `limosa repair files`"));
        }
        let terms = Terms::of(invocation, project, part.service)?;
        let known = invocation.known();
        let scripts = part.set.migrations.iter().map(|migration| migration.up.text());
        let mut shadow = shadow(&invocation.environment, Some(live.major()), scripts)?;
        let computed = async {
            let wanted = BTreeSet::from([self.version.clone()]);
            let before = catalogs_before(&mut shadow, &part.set, &terms.replay(), &wanted, &known).await?;
            let to_here = Replay { extent: Extent::To(self.version.clone()), ..terms.replay() };
            let after = replay(&mut shadow, &part.set, &to_here, &known).await?;
            Ok::<_, limosa_engine::DesiredError>((before.into_values().next(), after))
        }
        .await;
        shadow.stop().await?;
        let (before, after) = computed?;
        let Some(before) = before else { return Ok(EffectFound::default()) };
        let options = DiffOptions {
            owners: Owners::Ignore,
            privileges: false,
            ignore: rules(Some(project), &[]),
            ..DiffOptions::default()
        };
        Ok(effect_found(&before, &after, live, &options))
    }

    fn tell(&self, invocation: &Invocation, effect: &EffectFound, settled: Option<Settled>) {
        if invocation.global.json {
            let settled = settled.map(|settled| match settled {
                Settled::Applied => "applied",
                Settled::NotApplied => "not-applied",
            });
            let version = self.version.as_str();
            output::print_json(&json!({
                "version": version, "in_effect": effect.there, "missing": effect.missing, "settled": settled,
            }));
            return;
        }
        let lines = |mark: &str, lines: &[String]| lines.iter().map(|it| format!("{mark} {it}\n")).collect::<String>();
        output::print(&format!("{}{}", lines("✓", &effect.there), lines("·  missing:", &effect.missing)));
    }
}

/// The catalog of a service's target.
async fn live(here: Here<'_>, part: &Part<'_>) -> Result<Catalog, Failure> {
    let Here { invocation, project, environment, .. } = here;
    let ask = async |_: &Part<'_>, found: Found| -> Result<Option<Catalog>, RunError> {
        let Found::Target(target) = found else { return Ok(None) };
        let session = Session::connect(&target.settings).await?;
        let catalog = live_catalog(&session, &target.history_schema, target.owner_role.as_ref()).await;
        session.close().await;
        Ok(Some(catalog?))
    };
    let catalogs = each(invocation, project, environment, std::slice::from_ref(part), ask).await?;
    let catalog = catalogs.into_iter().next().transpose()?.flatten();
    catalog.ok_or_else(|| Failure::usage("no-database", "there is no database yet", "`limosa up` makes it"))
}
