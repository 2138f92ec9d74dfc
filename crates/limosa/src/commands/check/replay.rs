//! The sections `replay` and `schema`: the migrations run on an empty database, and lead to what is declared.

use limosa_engine::{change_line, load_schema};
use limosa_plan::{DiffOptions, compare};
use limosa_project::Project;
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;
use crate::ignoring::rules;
use crate::schemas::declared;

/// As many differences are shown of each service.
const SHOWN: usize = 8;

pub(super) async fn replay(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let mut diagnostics = Vec::new();
    let mut services = Vec::new();
    for (number, part) in gate.parts.iter().enumerate() {
        match gate.catalog(number).await {
            Ok(catalog) => services.push(json!({
                "service": part.service.name.to_string(),
                "fingerprint": catalog.fingerprint().to_string(),
            })),
            Err(failure) => diagnostics.extend(failure.diagnostics),
        }
    }
    let migrations: usize = gate.parts.iter().map(|part| part.set.migrations.len()).sum();
    let (outcome, found) = match (migrations, diagnostics.len()) {
        (0, _) => (Outcome::Nothing, "there are no migrations".to_owned()),
        (_, 0) => (Outcome::Passed, format!("{migrations} migrations run on an empty database")),
        _ => (Outcome::Findings, "a migration does not run on an empty database".to_owned()),
    };
    Ok(Report { outcome, found, diagnostics, details: Value::Array(services) })
}

pub(super) async fn schema(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let mut diagnostics = Vec::new();
    let (mut with_schema, mut different) = (0, 0);
    for (number, part) in gate.parts.iter().enumerate() {
        let Some(schema) = part.service.schema.clone() else { continue };
        with_schema += 1;
        let files = declared(gate.project, &schema)?;
        let left_out = vec![gate.project.history_schema.clone()];
        let known = gate.invocation.known();
        let wanted = load_schema(gate.shadow()?, &files, &left_out, &known).await?;
        let options = options(gate.project);
        let changes = compare(gate.catalog(number).await?, &wanted, &options);
        if changes.is_empty() {
            continue;
        }
        different += 1;
        let service = &part.service.name;
        let message = format!("the migrations of `{service}` do not lead to `{schema}`");
        let mut diagnostic = Diagnostic::error("not-as-declared", message);
        diagnostic.notes = changes.iter().take(SHOWN).map(change_line).collect();
        if changes.len() > SHOWN {
            diagnostic.notes.push(format!("and {} more", changes.len() - SHOWN));
        }
        let of_service = if gate.parts.len() > 1 { format!("--service {service} ") } else { String::new() };
        diagnostics.push(diagnostic.with_help(format!(
            "`limosa {of_service}diff migrations schema` shows the statements; `limosa {of_service}generate NAME` \
             makes the migration that is missing"
        )));
    }
    let (outcome, found) = match (with_schema, different) {
        (0, _) => (Outcome::Nothing, "none is declared".to_owned()),
        (_, 0) => (Outcome::Passed, "the migrations lead to what is declared".to_owned()),
        (_, different) => (Outcome::Findings, format!("{different} of {with_schema} are not as declared")),
    };
    Ok(Report { outcome, found, diagnostics, details: json!({ "declared": with_schema, "different": different }) })
}

fn options(project: &Project) -> DiffOptions {
    DiffOptions { ignore: rules(Some(project), &[]), ..DiffOptions::default() }
}
