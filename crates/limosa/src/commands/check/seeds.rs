//! The section `seeds`: they run on what the migrations lead to, and a second time they change nothing.

use limosa_engine::{SeedCheckError, check_seeds};
use limosa_project::{Seed, read_seeds};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;
use crate::invocation::Part;

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let (mut diagnostics, mut details, mut files) = (Vec::new(), Vec::new(), 0);
    for part in gate.parts {
        let all = match read_seeds(gate.project, part.service) {
            Ok(all) => all,
            Err(found) => {
                diagnostics.extend(found);
                continue;
            }
        };
        files += all.len();
        for (environments, seeds) in sets(gate, &all) {
            let found = judge(gate, part, &environments, &seeds).await?;
            details.push(json!({
                "service": part.service.name.to_string(),
                "environments": environments,
                "seeds": seeds.iter().map(|seed| seed.name.to_string()).collect::<Vec<_>>(),
                "findings": found.len(),
            }));
            // What is wrong with a file is wrong in every environment.
            diagnostics.extend(found.into_iter().filter(|it| !diagnostics.contains(it)).collect::<Vec<_>>());
        }
    }
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let (outcome, found) = match (files, errors) {
        (_, 1..) => (Outcome::Findings, format!("{errors} problem(s) with seeds")),
        (0, _) => (Outcome::Nothing, "there are none".to_owned()),
        (files, _) => (Outcome::Passed, format!("{files} run, and a second time change nothing")),
    };
    Ok(Report { outcome, found, diagnostics, details: Value::Array(details) })
}

/// The seeds of each environment, those with the same ones together.
fn sets(gate: &Gate<'_>, all: &[Seed]) -> Vec<(Vec<String>, Vec<Seed>)> {
    let mut sets: Vec<(Vec<String>, Vec<Seed>)> = Vec::new();
    for environment in &gate.project.environments {
        let seeds: Vec<Seed> = all.iter().filter(|seed| seed.is_for(environment)).cloned().collect();
        let name = environment.name.to_string();
        match sets.iter_mut().find(|(_, other)| *other == seeds) {
            _ if seeds.is_empty() => {}
            Some((names, _)) => names.push(name),
            None => sets.push((vec![name], seeds)),
        }
    }
    sets
}

async fn judge(
    gate: &mut Gate<'_>,
    part: &Part<'_>,
    environments: &[String],
    seeds: &[Seed],
) -> Result<Vec<Diagnostic>, Failure> {
    let terms = gate.terms(part)?;
    let replay = terms.replay();
    let lacks = |seed: &&Seed| seed.variables.iter().any(|name| (replay.values)(&format!("env:{name}")).is_none());
    if let Some(seed) = seeds.iter().find(lacks) {
        let message = format!("the seeds for {} were not judged", environments.join(", "));
        let warning = Diagnostic::warning("seeds-skipped", message).in_file(&seed.source);
        let needed = seed.variables.join(", ");
        return Ok(vec![warning.with_help(format!("`{}` needs values for {needed}", seed.name))]);
    }
    let known = gate.invocation.known();
    match check_seeds(gate.shadow()?, &part.set, &replay, seeds, &known).await {
        Ok(findings) => Ok(findings),
        Err(SeedCheckError::Shadow(error)) => Err(error.into()),
        Err(SeedCheckError::Seed(error)) => Err(error.into()),
    }
}
