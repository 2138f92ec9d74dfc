//! The section `files`: what can be seen from the migrations' files alone, and the order of the services.

use limosa_project::{OrderPolicy, SUM_FILE, SumFile, SumState, compare_sum, reconcile, service_waves};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let mut diagnostics = Vec::new();
    for part in gate.parts {
        diagnostics.extend(part.set.warnings.iter().cloned());
        // What the sum file says is told by the next section.
        let found = reconcile(&part.set, &[], OrderPolicy::Any).problems;
        diagnostics.extend(found.into_iter().filter(|it| !it.code.0.starts_with("sum-")));
    }
    let waves = match service_waves(&gate.project.services) {
        Ok(waves) => waves.len(),
        Err(problem) => {
            diagnostics.push(problem);
            0
        }
    };
    let migrations: usize = gate.parts.iter().map(|part| part.set.migrations.len()).sum();
    let errors = diagnostics.iter().filter(|it| it.is_error()).count();
    let found = match (errors, gate.parts.len()) {
        (0, 1) => format!("{migrations} migrations"),
        (0, services) => format!("{migrations} migrations of {services} services in {waves} waves"),
        (errors, _) => format!("{errors} problems in {migrations} migrations"),
    };
    let outcome = if errors == 0 { Outcome::Passed } else { Outcome::Findings };
    let details = json!({ "migrations": migrations, "services": gate.parts.len(), "waves": waves });
    Ok(Report { outcome, found, diagnostics, details })
}

/// The section `sum`: `limosa.sum` holds what the files hold.
pub(super) async fn sum(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut kept = 0;
    for part in gate.parts {
        kept += usize::from(!matches!(part.set.sum, SumState::Absent));
        let mut found = compare_sum(&part.set, &[]);
        let is_behind =
            matches!(&part.set.sum, SumState::Valid { sum, .. } if *sum != SumFile::of(&part.set)) && found.is_empty();
        if is_behind {
            let path = part.set.shown(SUM_FILE);
            found.push(Diagnostic::warning("sum-outdated", format!("`{path}` is not what the files give")));
        }
        diagnostics.extend(found);
    }
    for diagnostic in &mut diagnostics {
        diagnostic.help.get_or_insert_with(|| "run `limosa sum`".to_owned());
    }
    let (outcome, found) = match (kept, diagnostics.len()) {
        (0, _) => (Outcome::Nothing, "there is no limosa.sum".to_owned()),
        (_, 0) => (Outcome::Passed, "up to date".to_owned()),
        _ => (Outcome::Findings, "out of date".to_owned()),
    };
    Ok(Report { outcome, found, diagnostics, details: json!({ "kept": kept }) })
}
