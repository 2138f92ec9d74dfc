//! JUnit's XML, as the common readers of it take it: one test case per file, and in it a failure per finding.

use std::collections::BTreeMap;
use std::fmt::Write;

use limosa_lint::Report;
use limosa_syntax::{Diagnostic, Severity};

use crate::output::diagnostic::SourceLines;

/// The whole document.
pub(super) fn of(report: &Report) -> String {
    let mut by_file: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in &report.findings {
        let path = finding.diagnostic.source.as_ref().map_or("", |source| source.path.as_str());
        by_file.entry(path).or_default().push(&finding.diagnostic);
    }
    let failures = report.findings.iter().filter(|it| it.diagnostic.severity == Severity::Error).count();
    let clean = report.files.saturating_sub(by_file.len());
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = by_file.len() + clean;
    let _ = writeln!(text, "<testsuites name=\"limosa lint\" tests=\"{tests}\" failures=\"{failures}\">");
    let _ = writeln!(text, "  <testsuite name=\"limosa lint\" tests=\"{tests}\" failures=\"{failures}\">");
    let mut lines = SourceLines::default();
    for (path, diagnostics) in by_file {
        let name = if path.is_empty() { "the project" } else { path };
        let _ = writeln!(text, "    <testcase classname=\"limosa.lint\" name=\"{}\">", escaped(name));
        for diagnostic in diagnostics {
            let line = diagnostic.source.as_ref().zip(diagnostic.span).map_or_else(String::new, |(source, span)| {
                format!("line {}: ", lines.of(source).locate(&source.text, span.start).line)
            });
            let (code, message) = (escaped(&diagnostic.code.0), escaped(&diagnostic.message));
            let more: Vec<&str> = diagnostic.notes.iter().chain(&diagnostic.help).map(String::as_str).collect();
            let more = escaped(&more.join("\n"));
            if diagnostic.severity == Severity::Error {
                let _ = writeln!(text, "      <failure type=\"{code}\" message=\"{line}{message}\">{more}</failure>");
            } else {
                let _ = writeln!(text, "      <system-out>{code}: {line}{message}\n{more}</system-out>");
            }
        }
        text.push_str("    </testcase>\n");
    }
    if clean > 0 {
        let _ = writeln!(text, "    <testcase classname=\"limosa.lint\" name=\"{clean} files without a finding\"/>");
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// A text in XML; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {}
            _ => escaped.push(character),
        }
    }
    escaped
}
