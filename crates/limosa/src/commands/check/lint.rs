//! The section `lint`: the rules, on what is pending or has changed, otherwise on all migrations.

use std::collections::{BTreeMap, BTreeSet};

use limosa_lint::{Level, Report as Found};
use serde_json::json;

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;
use crate::linting::{Choice, Facts, LintSettings, files_of, live, replayed};
use crate::output::findings_summary;

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let settings = LintSettings::of(gate.project)?;
    let mut found = Found::default();
    let live = if gate.is_live() {
        let environment = gate.environment()?;
        live(gate.invocation, gate.project, environment, gate.parts).await?
    } else {
        gate.parts.iter().map(|_| None).collect()
    };
    let changed: Option<BTreeSet<String>> = gate.changed.clone().map(|paths| paths.into_iter().collect());
    for (part, live) in gate.parts.iter().zip(live) {
        let choice = match (&live, &changed) {
            (Some(live), _) => Choice::Versions(live.pending.clone()),
            (None, Some(paths)) => Choice::Paths(paths.clone()),
            (None, None) => Choice::Since(settings.since.clone()),
        };
        let mut files = files_of(&part.set, &choice);
        let facts = match &live {
            Some(live) => {
                files.retain(|file| !file.context);
                Facts::live(live)
            }
            None if files.iter().all(|file| file.context) => continue,
            None => {
                let (invocation, project) = (gate.invocation, gate.project);
                // A migration that does not run is told by the section `replay`; its text is looked at all the same.
                let catalogs = replayed(invocation, project, gate.shadow()?, part, &files).await;
                Facts::of(part.service).with_catalogs(catalogs.unwrap_or_default())
            }
        };
        found.add(facts.lint(&settings, None, &files));
    }
    Ok(report(&found, settings.deny.unwrap_or(Level::Error)))
}

/// What was found, as a section. Notes are counted and not shown.
pub(super) fn report(found: &Found, deny: Level) -> Report {
    let fails = found.worst().is_some_and(|worst| deny.severity().is_some_and(|deny| worst >= deny));
    let outcome = match (fails, found.files) {
        (true, _) => Outcome::Findings,
        (false, 0) => Outcome::Nothing,
        (false, _) => Outcome::Passed,
    };
    let is_shown = |severity| severity > limosa_syntax::Severity::Note;
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &found.findings {
        *by_rule.entry(finding.rule).or_default() += 1;
    }
    let details = json!({
        "files": found.files,
        "statements": found.statements,
        "ignored": found.ignored,
        "findings": by_rule,
    });
    let diagnostics = found.findings.iter().map(|finding| finding.diagnostic.clone());
    Report {
        outcome,
        found: findings_summary(found, false),
        diagnostics: diagnostics.filter(|it| is_shown(it.severity)).collect(),
        details,
    }
}
