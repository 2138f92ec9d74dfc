//! The section `policy`: the rules about schemas, on what the migrations lead to.

use std::collections::BTreeSet;

use limosa_lint::{Finding, Level, Report as Found};

use super::gate::Gate;
use super::lint::report;
use super::section::{Outcome, Report};
use crate::failure::Failure;
use crate::linting::{Facts, LintSettings, without_histories};

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let settings = LintSettings::of(gate.project)?;
    let mut found = Found::default();
    let mut older = 0;
    for (number, part) in gate.parts.iter().enumerate() {
        let facts = Facts::of(part.service);
        let catalog = gate.catalog(number).await?;
        let rules = without_histories(&settings.rules, catalog);
        let linter = facts.linter(&rules, Some(catalog.major()));
        let mut findings = linter.lint_catalog(catalog);
        // What the branch did not bring is no reason to hold it up.
        if let Some(before) = gate.catalog_before_changes(number).await? {
            let known: BTreeSet<String> = linter.lint_catalog(&before).iter().map(words).collect();
            let all = findings.len();
            findings.retain(|finding| !known.contains(&words(finding)));
            older += all - findings.len();
        }
        found.add(Found { findings, files: 1, ..Found::default() });
    }
    let mut report = report(&found, settings.deny.unwrap_or(Level::Error));
    if found.findings.is_empty() {
        report.found = "nothing found".to_owned();
    }
    if older > 0 {
        report.found.push_str(&format!("; {older} that were there before"));
    }
    if gate.parts.is_empty() {
        report.outcome = Outcome::Nothing;
    }
    Ok(report)
}

/// What makes two findings the same.
fn words(finding: &Finding) -> String {
    format!("{} {:?} {}", finding.rule, finding.object, finding.diagnostic.message)
}
