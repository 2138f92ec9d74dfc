//! `log`.

use clap::Args;
use limosa_engine::{Log as TargetLog, LoggedEvent, log};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::looking::each;
use crate::output::{self, Cell, Table, one_line, style, terminal_width};
use crate::serving::Found;

const EXAMPLES: &str = "\
Every entry holds the hash of the one before it, so that a change or a gap in the past shows.

Examples:
  limosa --service api log           the newest 20 events
  limosa --json log -n 1000          for other programs";

/// Show who ran what, when, how long, with what result
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Log {
    /// So many of the newest events of each service.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    newest: usize,
}

#[derive(Serialize)]
struct LogJson<'a> {
    service: &'a str,
    database: &'a str,
    events: Vec<EventJson<'a>>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    seq: i64,
    at: String,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intact: Option<bool>,
}

impl Log {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let logs = each(invocation, &project, environment, &parts, async |part, found| match found {
            Found::Target(target) => log(&target, self.newest).await,
            Found::NotYet { database } => {
                Ok(TargetLog { service: part.service.name.to_string(), database, events: Vec::new() })
            }
        })
        .await?;
        let logs = logs.into_iter().collect::<Result<Vec<_>, _>>()?;
        let broken: Vec<Diagnostic> = logs.iter().filter_map(broken).collect();
        if invocation.global.json {
            output::print_json(&logs.iter().map(log_json).collect::<Vec<_>>());
        } else {
            output::print(&logs.iter().map(render).collect::<String>());
        }
        if broken.is_empty() { Ok(Exit::Done) } else { Err(Failure::findings(broken)) }
    }
}

fn broken(log: &TargetLog) -> Option<Diagnostic> {
    let event = log.events.iter().find(|event| event.intact == Some(false))?;
    Some(
        Diagnostic::error(
            "broken-chain",
            format!("event {} in the log of {} does not fit the one before it", event.seq, log.service),
        )
        .with_note("it, or an event before it, was changed or removed by other means than limosa")
        .with_help("compare with a backup, or with the log files that [log] in limosa.toml names"),
    )
}

fn render(log: &TargetLog) -> String {
    let mut text = format!("{}  {}\n", style::heading(&log.service), log.database);
    if log.events.is_empty() {
        text.push_str("  nothing has happened yet\n");
    }
    let mut table = Table::dated().indented(2);
    for event in &log.events {
        let record = &event.record;
        let look = if record.kind == "fail" { style::FAILED } else { style::DONE };
        let name =
            [record.version.as_deref(), record.name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let took = event.duration_ms.map_or_else(String::new, |ms| format!("{ms:.0} ms"));
        table.push([
            record.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string().into(),
            Cell::styled(record.kind.as_str(), look),
            name.into(),
            Cell::styled(took, style::FAINT),
            Cell::styled(record.actor.as_str(), style::FAINT),
            one_line(&remark(event)).into_owned().into(),
        ]);
    }
    text.push_str(&table.render(terminal_width()));
    text.push('\n');
    text
}

/// The reason that was given, and what the event itself tells: what the server said of a failure, which versions moved.
fn remark(event: &LoggedEvent) -> String {
    let detail =
        event.record.detail.as_deref().and_then(|detail| serde_json::from_str::<serde_json::Value>(detail).ok());
    let message = detail.as_ref().and_then(|detail| detail.get("message")?.as_str());
    let moves = detail.as_ref().and_then(moves);
    [event.record.reason.as_deref(), message, moves.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The old and the new versions of a renumbering.
fn moves(detail: &serde_json::Value) -> Option<String> {
    let text = |it: &serde_json::Value, key: &str| Some(it.get(key)?.as_str()?.to_owned());
    let moves = detail.get("moves")?.as_array()?.iter();
    let told = moves.filter_map(|it| Some(format!("{} → {}", text(it, "from")?, text(it, "to")?)));
    Some(told.collect::<Vec<_>>().join(", "))
}

fn log_json(log: &TargetLog) -> LogJson<'_> {
    LogJson { service: &log.service, database: &log.database, events: log.events.iter().map(event_json).collect() }
}

fn event_json(event: &LoggedEvent) -> EventJson<'_> {
    let record = &event.record;
    EventJson {
        seq: event.seq,
        at: record.at.to_string(),
        kind: &record.kind,
        version: record.version.as_deref(),
        name: record.name.as_deref(),
        actor: &record.actor,
        reason: record.reason.as_deref(),
        duration_ms: event.duration_ms,
        detail: record.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()),
        intact: event.intact,
    }
}
