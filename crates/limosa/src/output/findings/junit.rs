//! JUnit's XML, as the common readers of it take it: a test case for each finding, and one for the files without any.

use std::collections::BTreeSet;
use std::fmt::Write;

use limosa_lint::Report;
use limosa_syntax::{Diagnostic, Severity};

use crate::output::diagnostic::SourceLines;

/// The whole document.
pub(super) fn of(report: &Report) -> String {
    let path = |diagnostic: &Diagnostic| diagnostic.source.as_ref().map(|source| source.path.clone());
    let found: BTreeSet<String> = report.findings.iter().filter_map(|finding| path(&finding.diagnostic)).collect();
    let clean = report.files.saturating_sub(found.len());
    let failures = report.findings.iter().filter(|it| it.diagnostic.severity == Severity::Error).count();
    let tests = report.findings.len() + usize::from(clean > 0);
    let head = format!("name=\"limosa lint\" tests=\"{tests}\" failures=\"{failures}\"");
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {head}>\n  <testsuite {head}>\n");
    let mut lines = SourceLines::default();
    for finding in &report.findings {
        text.push_str(&case(&finding.diagnostic, &mut lines));
    }
    if clean > 0 {
        let _ = writeln!(text, "    <testcase classname=\"limosa.lint\" name=\"{clean} files without a finding\"/>");
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn case(diagnostic: &Diagnostic, lines: &mut SourceLines) -> String {
    let place = match (&diagnostic.source, diagnostic.span) {
        (Some(source), Some(span)) => {
            format!("{}:{}", source.path, lines.of(source).locate(&source.text, span.start).line)
        }
        (Some(source), None) => source.path.clone(),
        (None, _) => "the project".to_owned(),
    };
    let (place, code, message) = (escaped(&place), escaped(&diagnostic.code.0), escaped(&diagnostic.message));
    let more: Vec<&str> = diagnostic.notes.iter().chain(&diagnostic.help).map(String::as_str).collect();
    let more = escaped(&more.join("\n"));
    let said = if diagnostic.severity == Severity::Error {
        format!("<failure type=\"{code}\" message=\"{message}\">{more}</failure>")
    } else {
        format!("<system-out>{message}\n{more}</system-out>")
    };
    format!("    <testcase classname=\"limosa.lint\" name=\"{place} {code}\">\n      {said}\n    </testcase>\n")
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
