//! Diagnostics for programs.

use limosa_syntax::{Diagnostic, Severity, Span};
use serde::Serialize;

use super::source_lines::SourceLines;

/// A diagnostic on the wire. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Serialize)]
pub(crate) struct DiagnosticJson<'a> {
    /// The stable name of this kind of diagnostic.
    code: &'a str,
    /// `error`, `warning` or `note`.
    severity: &'static str,
    message: &'a str,
    /// The file, relative to the project; null where it is about none.
    path: Option<&'a str>,
    /// Null where it is about the file as a whole, as the three below.
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    /// What is the matter with the place itself.
    label: Option<&'a str>,
    notes: &'a [String],
    /// What to do next.
    help: Option<&'a str>,
}

/// The diagnostics in their form for programs.
pub(crate) fn diagnostics_json(diagnostics: &[Diagnostic]) -> Vec<DiagnosticJson<'_>> {
    let mut lines = SourceLines::default();
    diagnostics.iter().map(|diagnostic| DiagnosticJson::of(diagnostic, &mut lines)).collect()
}

impl<'a> DiagnosticJson<'a> {
    fn of(diagnostic: &'a Diagnostic, lines: &mut SourceLines) -> Self {
        let place = diagnostic.source.as_ref().zip(diagnostic.span).map(|(source, Span { start, end })| {
            let lines = lines.of(source);
            (lines.locate(&source.text, start), lines.locate(&source.text, end.max(start)))
        });
        Self {
            code: &diagnostic.code.0,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            message: &diagnostic.message,
            path: diagnostic.source.as_ref().map(|source| source.path.as_str()),
            line: place.map(|(start, _)| start.line),
            column: place.map(|(start, _)| start.column),
            end_line: place.map(|(_, end)| end.line),
            end_column: place.map(|(_, end)| end.column),
            label: diagnostic.label.as_deref(),
            notes: &diagnostic.notes,
            help: diagnostic.help.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use limosa_syntax::SourceFile;

    use super::*;

    #[test]
    fn diagnostics_for_programs() {
        let source = Arc::new(SourceFile {
            path: "migrations/1_a.sql".into(),
            text: "select 1;\nselect 'ü', x\nfrom t;".into(),
        });
        let at = source.text.find('x').unwrap();
        let diagnostics = [
            Diagnostic::error("statement-failed", "column \"x\" does not exist")
                .at(&source, Span::new(at, at + 1))
                .with_label("PostgreSQL says 42703")
                .with_note("1 a was rolled back")
                .with_help("add it"),
            Diagnostic::warning("log-file", "no room"),
            Diagnostic::error("edited-applied-file", "edited").in_file(&source),
            Diagnostic::error("end", "out of range").at(&source, Span { start: 900, end: 10 }),
        ];
        insta::assert_snapshot!(serde_json::to_string_pretty(&diagnostics_json(&diagnostics)).unwrap(), @r#"
        [
          {
            "code": "statement-failed",
            "severity": "error",
            "message": "column \"x\" does not exist",
            "path": "migrations/1_a.sql",
            "line": 2,
            "column": 13,
            "end_line": 2,
            "end_column": 14,
            "label": "PostgreSQL says 42703",
            "notes": [
              "1 a was rolled back"
            ],
            "help": "add it"
          },
          {
            "code": "log-file",
            "severity": "warning",
            "message": "no room",
            "path": null,
            "line": null,
            "column": null,
            "end_line": null,
            "end_column": null,
            "label": null,
            "notes": [],
            "help": null
          },
          {
            "code": "edited-applied-file",
            "severity": "error",
            "message": "edited",
            "path": "migrations/1_a.sql",
            "line": null,
            "column": null,
            "end_line": null,
            "end_column": null,
            "label": null,
            "notes": [],
            "help": null
          },
          {
            "code": "end",
            "severity": "error",
            "message": "out of range",
            "path": "migrations/1_a.sql",
            "line": 3,
            "column": 8,
            "end_line": 3,
            "end_column": 8,
            "label": null,
            "notes": [],
            "help": null
          }
        ]
        "#);
    }
}
