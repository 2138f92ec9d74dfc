//! `purge`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use limosa_engine::{AsideRecord, AsideSeen, Event, Observer, PurgeOptions, StopSignal, asides, purge};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::confirm::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, AsideJson, aside_table, tell, terminal_width};
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

const EXAMPLES: &str = "\
What a migration drops under `-- limosa: set-aside 30d` is renamed and kept, and `limosa down` brings it back. This \
removes it for good. Nothing goes before it is due, unless it is named.

Examples:
  limosa purge --dry-run              what is due, with its size and when it was last read
  limosa purge                        removes what is due, after asking
  limosa purge 3 --allow deletes-data this one, due or not, without asking
  limosa purge --older 90d            what has been kept for longer than that";

/// Remove for good what was set aside and is due
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Purge {
    /// By their numbers, whether they are due or not; `limosa status` shows them.
    #[arg(value_name = "ID", conflicts_with_all = ["older", "all"])]
    ids: Vec<i64>,
    /// What has been kept for longer than this: 12h, 30d, 8w.
    #[arg(long, value_name = "TIME", value_parser = keeping_time, conflicts_with = "all")]
    older: Option<Duration>,
    /// All of it.
    #[arg(long)]
    all: bool,
    /// Show what would go, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// The danger that is run into on purpose; needed where there is no terminal to ask on.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Option<Hazard>,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Hazard {
    /// Values are gone afterwards.
    DeletesData,
}

#[derive(Serialize)]
struct PurgeJson {
    purged: bool,
    targets: Vec<TargetJson>,
}

#[derive(Serialize)]
struct TargetJson {
    service: String,
    asides: Vec<AsideJson>,
}

/// What would go from one service.
struct Chosen<'p> {
    part: &'p Part<'p>,
    seen: Vec<AsideSeen>,
}

struct Quiet;

impl Observer for Quiet {
    fn on(&mut self, _: &Event) {}
}

/// How long another run on the target is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

fn keeping_time(text: &str) -> Result<Duration, String> {
    limosa_syntax::keeping_time(text).ok_or_else(|| "expected a time such as 12h, 30d or 8w".to_owned())
}

impl Purge {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        if !self.ids.is_empty() && parts.len() > 1 {
            return Err(Failure::usage(
                "name-the-service",
                "numbers belong to one service",
                format!("name it: `limosa --service {} purge …`", project.services[0].name),
            ));
        }
        let stop = signals::listen();
        let mut serving = Serving::new(invocation, &project, environment, &parts);
        let done = self.work(invocation, &parts, &mut serving, &stop).await;
        serving.stop().await?;
        done
    }

    async fn work(
        &self,
        invocation: &Invocation,
        parts: &[Part<'_>],
        serving: &mut Serving<'_>,
        stop: &StopSignal,
    ) -> Result<Exit, Failure> {
        let mut chosen = Vec::new();
        for part in parts {
            let mut waiting = Waiting { patience: PATIENCE, observer: &mut Quiet, stop };
            let Found::Target(target) = serving.target(part.service, Missing::Leave, &mut waiting).await? else {
                continue;
            };
            let all = asides(&target).await?;
            self.refuse_unknown(&all)?;
            let seen: Vec<_> = all.into_iter().filter(|seen| self.wants(&seen.record)).collect();
            if !seen.is_empty() {
                chosen.push(Chosen { part, seen });
            }
        }
        let count: usize = chosen.iter().map(|chosen| chosen.seen.len()).sum();
        if self.dry_run || count == 0 {
            show(invocation, &chosen, false);
            if count == 0 {
                invocation.say("nothing that is set aside is to go");
            }
            return Ok(Exit::Done);
        }
        if self.allow.is_none() {
            if !invocation.global.json {
                tell(&table(&chosen));
            }
            confirm(count)?;
        }
        for Chosen { part, seen } in &chosen {
            let mut waiting = Waiting { patience: PATIENCE, observer: &mut Quiet, stop };
            let Found::Target(target) = serving.target(part.service, Missing::Leave, &mut waiting).await? else {
                continue;
            };
            let ids: Vec<i64> = seen.iter().map(|seen| seen.record.id).collect();
            let actor = invocation.environment.actor();
            let options = PurgeOptions { ids: &ids, reason: self.reason.as_deref(), actor: &actor, wait: PATIENCE };
            purge(&target, &options, &mut Quiet, stop).await?;
        }
        show(invocation, &chosen, true);
        Ok(Exit::Done)
    }

    fn wants(&self, record: &AsideRecord) -> bool {
        let age = |older: Duration| {
            let kept = Timestamp::from_microsecond(record.kept_at).unwrap_or(Timestamp::MAX);
            Timestamp::now().duration_since(kept)
                > jiff::SignedDuration::try_from(older).unwrap_or(jiff::SignedDuration::MAX)
        };
        match (self.ids.as_slice(), self.older) {
            ([], Some(older)) => age(older),
            ([], None) => self.all || record.is_due,
            (ids, _) => ids.contains(&record.id),
        }
    }

    fn refuse_unknown(&self, all: &[AsideSeen]) -> Result<(), Failure> {
        let is_known = |id: &&i64| all.iter().any(|seen| seen.record.id == **id);
        match self.ids.iter().find(|id| !is_known(id)) {
            Some(id) => Err(Failure::usage(
                "unknown-aside",
                format!("nothing is set aside under the number {id}"),
                "`limosa status` lists what is",
            )),
            None => Ok(()),
        }
    }
}

/// Shows what goes, or went.
fn show(invocation: &Invocation, chosen: &[Chosen<'_>], purged: bool) {
    if invocation.global.json {
        let target = |chosen: &Chosen<'_>| TargetJson {
            service: chosen.part.service.name.to_string(),
            asides: chosen.seen.iter().map(AsideJson::of).collect(),
        };
        output::print_json(&PurgeJson { purged, targets: chosen.iter().map(target).collect() });
    } else if purged {
        let lines = chosen.iter().flat_map(|chosen| &chosen.seen);
        let line = |seen: &AsideSeen| format!("{} is gone\n", seen.record.subjects().join(", "));
        output::print(&lines.map(line).collect::<String>());
    } else {
        output::print(&table(chosen));
    }
}

fn table(chosen: &[Chosen<'_>]) -> String {
    chosen.iter().map(|chosen| aside_table(&chosen.seen, terminal_width())).collect()
}

/// Asks for a yes, on a terminal and nowhere else; `--yes` alone is none, since it says nothing of what goes.
fn confirm(count: usize) -> Result<(), Failure> {
    let what = if count == 1 { "this".to_owned() } else { format!("these {count}") };
    match ask(&format!("Remove {what} for good? [y/N] ")) {
        Some(answer) if ["y", "yes"].contains(&answer.to_lowercase().as_str()) => Ok(()),
        Some(_) => Err(Failure::usage("not-confirmed", "nothing was removed", "answer `y` to go on")),
        None => Err(Diagnostic::error("deletes-data", "values would be gone for good, and nobody can be asked here")
            .with_help("look with `limosa purge --dry-run`, then say so: `limosa purge --allow deletes-data`")
            .into()),
    }
}
