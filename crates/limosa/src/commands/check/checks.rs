//! The section `checks`: queries that must return no rows, commands, files.

use limosa_engine::{CheckOutcome, CheckVerdict, RunError, check_replayed, check_target};
use limosa_project::{CheckQuery, ServiceName, check_settings, read_checks};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::checking::{check_file, run_command};
use crate::failure::Failure;
use crate::invocation::Part;
use crate::looking::each;
use crate::serving::Found;

/// What one check is about.
struct Done {
    service: Option<String>,
    kind: &'static str,
    outcome: CheckOutcome,
}

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let settings = check_settings(gate.project)?;
    let mut done = Vec::new();
    for (part, outcomes) in gate.parts.iter().zip(queries(gate, settings.timeout).await?) {
        let service = part.service.name.to_string();
        done.extend(outcomes.into_iter().map(|outcome| Done {
            service: Some(service.clone()),
            kind: "query",
            outcome,
        }));
    }
    let context = gate.invocation.environment.with_files(std::slice::from_ref(&gate.project.root))?;
    let takes_part = |name: &ServiceName| gate.parts.iter().any(|part| part.service.name == *name);
    for command in settings.commands.iter().filter(|it| it.services.is_empty() || it.services.iter().any(takes_part)) {
        let variables = context.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let outcome = run_command(command, &gate.project.root, variables, gate.stop).await;
        done.push(Done { service: None, kind: "command", outcome });
    }
    if !settings.files.is_empty() {
        let pending = gate.pending_names().await?;
        for file in &settings.files {
            let outcome = check_file(file, gate.project, pending.as_deref(), gate.changed.as_deref());
            done.push(Done { service: None, kind: "file", outcome });
        }
    }
    Ok(report(&done))
}

/// The outcomes of each part's queries: on its target where one is named, else in a shadow.
async fn queries(gate: &mut Gate<'_>, timeout: std::time::Duration) -> Result<Vec<Vec<CheckOutcome>>, Failure> {
    let (mut checks, mut problems) = (Vec::new(), Vec::new());
    for part in gate.parts {
        match read_checks(gate.project, part.service) {
            Ok(found) => checks.push((part, found)),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::findings(problems));
    }
    if gate.is_live() {
        let environment = gate.invocation.environment_of(gate.project)?;
        let of_part = |part: &Part<'_>| checks.iter().find(|(it, _)| std::ptr::eq(*it, part)).map(|(_, found)| found);
        let ask = async |part: &Part<'_>, found: Found| -> Result<Vec<CheckOutcome>, RunError> {
            let checks: &[CheckQuery] = of_part(part).map(Vec::as_slice).unwrap_or_default();
            match found {
                Found::Target(target) if !checks.is_empty() => check_target(&target, checks, timeout).await,
                Found::Target(_) => Ok(Vec::new()),
                Found::NotYet { database } => Ok(checks.iter().map(|check| not_there(check, &database)).collect()),
            }
        };
        let found = each(gate.invocation, gate.project, environment, gate.parts, ask).await?;
        return found.into_iter().collect();
    }
    let known = gate.invocation.known();
    let mut outcomes = Vec::new();
    for (part, checks) in &checks {
        let terms = gate.terms(part)?;
        outcomes.push(check_replayed(gate.shadow()?, &part.set, &terms.replay(), checks, timeout, &known).await?);
    }
    Ok(outcomes)
}

fn not_there(check: &CheckQuery, database: &str) -> CheckOutcome {
    CheckOutcome {
        name: check.name.clone(),
        took: std::time::Duration::ZERO,
        verdict: CheckVerdict::Skipped(format!("the database {database} is yet to be made")),
    }
}

fn report(done: &[Done]) -> Report {
    let failed = done.iter().filter(|done| done.outcome.is_failed()).count();
    let skipped: Vec<&Done> =
        done.iter().filter(|done| matches!(done.outcome.verdict, CheckVerdict::Skipped(_))).collect();
    let passed = done.len() - failed - skipped.len();
    let (outcome, mut found) = match (done.len(), failed) {
        (0, _) => (Outcome::Nothing, "there are none".to_owned()),
        (_, 0) => (Outcome::Passed, format!("{passed} hold")),
        (_, failed) => (Outcome::Findings, format!("{failed} of {} failed", failed + passed)),
    };
    if !skipped.is_empty() {
        found.push_str(&format!(", {} not judged", skipped.len()));
    }
    let mut diagnostics: Vec<Diagnostic> = done.iter().filter_map(|done| done.outcome.diagnostic()).collect();
    diagnostics.extend(skipped.iter().filter_map(|done| {
        let CheckVerdict::Skipped(why) = &done.outcome.verdict else { return None };
        let message = format!("the check `{}` was not judged: {why}", done.outcome.name);
        Some(Diagnostic::warning("check-skipped", message))
    }));
    let details = done.iter().map(check_json).collect();
    Report { outcome, found, diagnostics, details: Value::Array(details) }
}

fn check_json(done: &Done) -> Value {
    let (result, rows) = match &done.outcome.verdict {
        CheckVerdict::Passed => ("passed", None),
        CheckVerdict::Skipped(_) => ("skipped", None),
        CheckVerdict::Failed(_) => ("failed", None),
        CheckVerdict::Rows { rows, .. } => ("failed", Some(rows)),
    };
    let mut check = json!({
        "service": done.service,
        "kind": done.kind,
        "check": done.outcome.name,
        "result": result,
        "took_ms": done.outcome.took.as_secs_f64() * 1e3,
    });
    if let Some(rows) = rows {
        check["rows"] = json!({ "columns": rows.columns, "values": rows.rows, "more": rows.more });
    }
    check
}
