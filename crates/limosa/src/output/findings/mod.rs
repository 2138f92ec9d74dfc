//! Findings about files, in the forms that people and other programs read.

mod github;
mod junit;
mod sarif;

use clap::ValueEnum;
use limosa_lint::{Report, rule};
use limosa_syntax::Severity;
use serde::Serialize;

use super::diagnostic::{DiagnosticJson, diagnostics_json, render_diagnostics};
use super::{print, print_json, style, terminal_width};
use crate::invocation::Invocation;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people: the source with the place underlined.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines of a pull request.
    Github,
    /// JUnit's XML: a test case per file.
    Junit,
}

#[derive(Serialize)]
struct ReportJson<'a> {
    files: usize,
    statements: usize,
    ignored: usize,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    #[serde(flatten)]
    diagnostic: DiagnosticJson<'a>,
    /// What the rule watches over; null for what is no rule.
    group: Option<&'static str>,
    /// An edit that mends it.
    fix: Option<FixJson<'a>>,
}

#[derive(Serialize)]
struct FixJson<'a> {
    title: &'a str,
    safe: bool,
    /// Bytes of the file, the end exclusive.
    start: usize,
    end: usize,
    replacement: &'a str,
}

/// Writes a report to standard output.
pub(crate) fn tell_findings(invocation: &Invocation, report: &Report, format: Format) {
    match format {
        Format::Json => print_json(&json(report)),
        Format::Text if invocation.global.json => print_json(&json(report)),
        Format::Text => print(&text(report)),
        Format::Sarif => print_json(&sarif::of(report)),
        Format::Github => print(&github::of(report)),
        Format::Junit => print(&junit::of(report)),
    }
}

fn json(report: &Report) -> ReportJson<'_> {
    let diagnostics = report.findings.iter().map(|finding| std::slice::from_ref(&finding.diagnostic));
    let findings = report.findings.iter().zip(diagnostics).filter_map(|(finding, diagnostic)| {
        let fix = finding.diagnostic.fix.as_ref().map(|fix| FixJson {
            title: &fix.title,
            safe: fix.safe,
            start: fix.span.start,
            end: fix.span.end,
            replacement: &fix.replacement,
        });
        let group = rule(finding.rule).map(|rule| rule.group.name());
        Some(FindingJson { diagnostic: diagnostics_json(diagnostic).pop()?, group, fix })
    });
    ReportJson {
        files: report.files,
        statements: report.statements,
        ignored: report.ignored,
        findings: findings.collect(),
    }
}

fn text(report: &Report) -> String {
    let diagnostics: Vec<_> = report.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
    let mut text = render_diagnostics(&diagnostics, terminal_width());
    if !text.is_empty() {
        text.push('\n');
    }
    text + &findings_summary(report, true) + "\n"
}

/// `2 errors, 1 warning in 14 files; 3 ignored`, in colours where they are wanted.
pub(crate) fn findings_summary(report: &Report, coloured: bool) -> String {
    let of = |severity: Severity| report.findings.iter().filter(|it| it.diagnostic.severity == severity).count();
    let counted = |number: usize, what: &str| {
        (number > 0).then(|| format!("{number} {what}{}", if number == 1 { "" } else { "s" }))
    };
    let styled = |text: String, style: fn(String) -> String| if coloured { style(text) } else { text };
    let found: Vec<String> = [
        counted(of(Severity::Error), "error").map(|text| styled(text, |it| style::failed(it).to_string())),
        counted(of(Severity::Warning), "warning").map(|text| styled(text, |it| style::warning(it).to_string())),
        counted(of(Severity::Note), "note"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let found = match found.as_slice() {
        [] => styled("nothing found".to_owned(), |it| style::done(it).to_string()),
        found => found.join(", "),
    };
    let files = match counted(report.files, "file") {
        Some(files) => format!(" in {files}"),
        // Schemas alone were looked at, or there was nothing to look at.
        None if report.findings.is_empty() => " in no files".to_owned(),
        None => String::new(),
    };
    let ignored = if report.ignored == 0 { String::new() } else { format!("; {} ignored", report.ignored) };
    format!("{found}{files}{ignored}")
}
