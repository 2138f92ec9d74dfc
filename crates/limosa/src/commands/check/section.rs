//! What a section found, for people and programs.

use std::time::Duration;

use limosa_syntax::Diagnostic;
use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::duration::Calm;
use crate::output::{DiagnosticJson, diagnostics_json, fit, style};

/// The columns of a section's name, and of what it found.
const NAME: usize = 12;
const FOUND: usize = 56;

/// How a section came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All that was looked at is well.
    Passed,
    /// There was nothing to look at.
    Nothing,
    /// There are findings.
    Findings,
    /// It could not be finished; the program ends like this.
    Failed(Exit),
}

/// What a section found.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    /// In a few words.
    pub(super) found: String,
    /// What is wrong, or worth knowing.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// All of it, for programs.
    pub(super) details: Value,
}

impl Report {
    /// A section that has nothing to look at.
    pub(super) fn nothing(why: &str) -> Self {
        Self { outcome: Outcome::Nothing, found: why.to_owned(), diagnostics: Vec::new(), details: Value::Null }
    }

    /// A section that could not be finished.
    pub(super) fn failed(failure: Failure) -> Self {
        let outcome = match failure.exit {
            Exit::Findings => Outcome::Findings,
            other => Outcome::Failed(other),
        };
        let found = failure.diagnostics.first().map_or_else(|| "failed".to_owned(), |first| first.message.clone());
        Self { outcome, found, diagnostics: failure.diagnostics, details: Value::Null }
    }

    /// How the program ends for it.
    pub(super) fn exit(&self) -> Exit {
        match self.outcome {
            Outcome::Passed | Outcome::Nothing => Exit::Done,
            Outcome::Findings => Exit::Findings,
            Outcome::Failed(exit) => exit,
        }
    }
}

/// A section in one line.
pub(super) fn line(name: &str, report: &Report, took: Duration) -> String {
    let mark = match report.outcome {
        Outcome::Passed => style::done("✓"),
        Outcome::Nothing => style::faint("–"),
        Outcome::Findings | Outcome::Failed(_) => style::failed("✗"),
    };
    let found = fit(&report.found, FOUND);
    let padding = " ".repeat(FOUND.saturating_sub(found.chars().count()));
    format!("{mark} {name:NAME$} {found}{padding} {}\n", style::faint(format!("{:>10}", Calm(took).to_string())))
}

/// A section in `--json`.
#[derive(Serialize)]
pub(super) struct SectionJson<'a> {
    section: &'a str,
    result: &'static str,
    found: &'a str,
    took_ms: f64,
    diagnostics: Vec<DiagnosticJson<'a>>,
    details: &'a Value,
}

impl<'a> SectionJson<'a> {
    pub(super) fn new(section: &'a str, report: &'a Report, took: Duration) -> Self {
        Self {
            section,
            result: match report.outcome {
                Outcome::Passed => "passed",
                Outcome::Nothing => "nothing",
                Outcome::Findings => "findings",
                Outcome::Failed(_) => "failed",
            },
            found: &report.found,
            took_ms: took.as_secs_f64() * 1e3,
            diagnostics: diagnostics_json(&report.diagnostics),
            details: &report.details,
        }
    }
}
