//! Workflow commands of GitHub Actions.

use std::fmt::Write;

use limosa_lint::Report;
use limosa_syntax::{Diagnostic, Severity};

use crate::output::diagnostic::SourceLines;

/// A line per finding.
pub(super) fn of(report: &Report) -> String {
    let mut lines = SourceLines::default();
    report.findings.iter().map(|finding| line(&finding.diagnostic, &mut lines)).collect()
}

fn line(diagnostic: &Diagnostic, lines: &mut SourceLines) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = String::new();
    if let Some(source) = &diagnostic.source {
        let _ = write!(properties, "file={},", property(&source.path));
        if let Some(span) = diagnostic.span {
            let lines = lines.of(source);
            let (start, end) = (lines.locate(&source.text, span.start), lines.locate(&source.text, span.end));
            let _ = write!(properties, "line={},endLine={},", start.line, end.line);
            // GitHub takes columns only where both ends are on one line.
            if start.line == end.line {
                let _ = write!(properties, "col={},endColumn={},", start.column, end.column);
            }
        }
    }
    let mut message = diagnostic.message.clone();
    for more in diagnostic.notes.iter().chain(&diagnostic.help) {
        message.push('\n');
        message.push_str(more);
    }
    format!("::{command} {properties}title={}::{}\n", property(&diagnostic.code.0), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
