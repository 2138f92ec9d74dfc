//! The section `references`: keys that another service's database has to have.

use std::collections::BTreeSet;

use limosa_engine::{
    Event, Observer, Orphan, ReferenceEnd, ReferenceError, ReferenceFound, RunError, Urgency, references,
};
use limosa_project::{Reference, Service};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::looking::PATIENCE;
use crate::output::several_lines;
use crate::serving::{Found, Missing, Serving, Waiting};

struct Quiet;

impl Observer for Quiet {
    fn on(&mut self, _: &Event) {}
}

/// What came of one reference.
enum Came {
    Found(ReferenceFound),
    /// A database is yet to be made.
    NotYet(String),
    Failed(Diagnostic, Exit),
}

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let declared: Vec<(&Service, &Reference)> = gate
        .parts
        .iter()
        .flat_map(|part| part.service.references.iter().map(move |reference| (part.service, reference)))
        .collect();
    if declared.is_empty() {
        return Ok(Report {
            outcome: Outcome::Nothing,
            found: "none are declared".to_owned(),
            diagnostics: Vec::new(),
            details: json!([]),
        });
    }
    let environment = gate.invocation.environment_of(gate.project)?;
    let mut serving = Serving::new(gate.invocation, gate.project, environment, gate.parts);
    let mut came = Vec::new();
    for (service, reference) in &declared {
        if gate.stop.is_asked() {
            break;
        }
        came.push(follow(gate, &mut serving, service, reference).await);
    }
    serving.stop().await?;
    let came: Vec<Came> = came.into_iter().collect::<Result<_, _>>()?;
    Ok(report(&declared, &came))
}

async fn follow(
    gate: &Gate<'_>,
    serving: &mut Serving<'_>,
    service: &Service,
    reference: &Reference,
) -> Result<Came, Failure> {
    let mut targets = Vec::new();
    for name in [&service.name, &reference.service] {
        // Both were looked for when limosa.toml was read.
        let Some(owner) = gate.project.service(name) else { return Ok(Came::NotYet(name.to_string())) };
        let mut waiting = Waiting { patience: PATIENCE, observer: &mut Quiet, stop: gate.stop };
        match serving.target(owner, Missing::Leave, &mut waiting).await? {
            Found::Target(target) => targets.push(target),
            Found::NotYet { database } => return Ok(Came::NotYet(database)),
        }
    }
    let [from, to] = targets.as_slice() else { return Ok(Came::NotYet(service.name.to_string())) };
    let from = ReferenceEnd { target: from, column: &reference.column };
    let to = ReferenceEnd { target: to, column: &reference.to };
    let mut stop = gate.stop.clone();
    let found = tokio::select! {
        found = references(from, to, &gate.invocation.environment.temporary) => found,
        () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }.into()),
    };
    Ok(match found {
        Ok(found) => Came::Found(found),
        Err(error @ (ReferenceError::NoTable { .. } | ReferenceError::NoColumn { .. })) => {
            let diagnostic = error.diagnostic();
            let at = match &service.declared {
                Some((source, span)) => diagnostic.at(source, *span),
                None => diagnostic,
            };
            Came::Failed(at, Exit::Findings)
        }
        Err(error) => Came::Failed(error.diagnostic(), Exit::Error),
    })
}

fn report(declared: &[(&Service, &Reference)], came: &[Came]) -> Report {
    let (mut diagnostics, mut details, mut keys) = (Vec::new(), Vec::new(), 0);
    let (mut wrong, mut worst) = (0, Exit::Findings);
    let mut missing = BTreeSet::new();
    for ((service, reference), came) in declared.iter().zip(came) {
        let name = format!("{}:{} → {}:{}", service.name, reference.column, reference.service, reference.to);
        let mut detail = json!({
            "service": service.name.as_str(),
            "column": reference.column.to_string(),
            "to_service": reference.service.as_str(),
            "to_column": reference.to.to_string(),
        });
        match came {
            Came::Found(found) => {
                keys += found.keys + found.referred;
                describe(&mut detail, found);
                if found.orphan_keys > 0 {
                    wrong += 1;
                    diagnostics.push(orphans(&name, service, found));
                }
                diagnostics.extend(found.compared_as.as_ref().map(|how| {
                    Diagnostic::new("types-differ", limosa_syntax::Severity::Note, format!("{name}: {how}"))
                }));
            }
            Came::NotYet(database) => {
                detail["result"] = json!("skipped");
                missing.insert(database.clone());
            }
            Came::Failed(diagnostic, exit) => {
                wrong += 1;
                worst = worst.and(*exit);
                detail["result"] = json!("failed");
                diagnostics.push(diagnostic.clone());
            }
        }
        details.push(detail);
    }
    if !missing.is_empty() {
        let names = missing.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let skipped = came.iter().filter(|came| matches!(came, Came::NotYet(_))).count();
        let message = format!("{skipped} references were not checked: yet to be made are {names}");
        diagnostics.push(Diagnostic::warning("reference-skipped", message).with_help("`limosa up` makes them"));
    }
    let judged = came.iter().filter(|came| !matches!(came, Came::NotYet(_))).count();
    let took: f64 = came.iter().map(|came| if let Came::Found(it) = came { it.took.as_secs_f64() } else { 0.0 }).sum();
    let rate = if took > 0.0 {
        format!(", {} keys, {} a second", count(keys), count((keys as f64 / took) as u64))
    } else {
        String::new()
    };
    let (outcome, found) = match (judged, wrong) {
        (0, _) => (Outcome::Nothing, "no database is there yet".to_owned()),
        (_, 0) => (Outcome::Passed, format!("{judged} hold{rate}")),
        (_, wrong) if worst == Exit::Findings => (Outcome::Findings, format!("{wrong} of {judged} failed{rate}")),
        (_, wrong) => (Outcome::Failed(worst), format!("{wrong} of {judged} failed{rate}")),
    };
    Report { outcome, found, diagnostics, details: Value::Array(details) }
}

fn describe(detail: &mut Value, found: &ReferenceFound) {
    let samples: Vec<Value> =
        found.samples.iter().map(|Orphan { key, rows }| json!({ "key": key, "rows": rows })).collect();
    detail["result"] = json!(if found.orphan_keys == 0 { "passed" } else { "failed" });
    detail["rows"] = json!(found.rows);
    detail["keys"] = json!(found.keys);
    detail["referred_keys"] = json!(found.referred);
    detail["orphan_keys"] = json!(found.orphan_keys);
    detail["orphan_rows"] = json!(found.orphan_rows);
    detail["samples"] = Value::Array(samples);
    detail["compared_as"] = json!(found.compared_as);
    detail["took_ms"] = json!(found.took.as_secs_f64() * 1e3);
}

fn orphans(name: &str, service: &Service, found: &ReferenceFound) -> Diagnostic {
    let message = format!(
        "{name}: {} of {} keys are not there, in {} of {} rows",
        count(found.orphan_keys),
        count(found.keys),
        count(found.orphan_rows),
        count(found.rows)
    );
    let times = |rows: u64| if rows == 1 { String::new() } else { format!(" ({} rows)", count(rows)) };
    let sample = |orphan: &Orphan| format!("{}{}", several_lines(&orphan.key), times(orphan.rows));
    let mut samples: Vec<String> = found.samples.iter().map(sample).collect();
    if found.orphan_keys > samples.len() as u64 {
        samples.push("…".to_owned());
    }
    let diagnostic = Diagnostic::error("orphans", message).with_note(format!("missing: {}", samples.join(", ")));
    match &service.declared {
        Some((source, span)) => diagnostic.at(source, *span),
        None => diagnostic,
    }
}

/// A number with a comma after each three digits.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(count(number), text);
        }
    }
}
