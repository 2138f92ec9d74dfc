//! SARIF 2.1.0 (OASIS), for code scanning.

use limosa_lint::{Report, rule};
use limosa_syntax::{Diagnostic, Severity};
use serde_json::{Value, json};

use crate::output::diagnostic::SourceLines;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole document.
pub(super) fn of(report: &Report) -> Value {
    let mut ids: Vec<&str> = report.findings.iter().map(|finding| &*finding.diagnostic.code.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule_of(id)).collect();
    let mut lines = SourceLines::default();
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(&finding.diagnostic, &ids, &mut lines)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "limosa", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule_of(id: &str) -> Value {
    let Some(rule) = rule(id) else { return json!({ "id": id }) };
    let page = rule.page();
    json!({
        "id": id,
        "shortDescription": { "text": page.summary },
        "help": { "text": page.body, "markdown": page.body },
        "properties": { "tags": [rule.group.name()] },
    })
}

fn result(diagnostic: &Diagnostic, ids: &[&str], lines: &mut SourceLines) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let more = diagnostic.notes.iter().chain(&diagnostic.help);
    let message: Vec<&str> = std::iter::once(&diagnostic.message).chain(more).map(String::as_str).collect();
    let mut result = json!({
        "ruleId": diagnostic.code.0,
        "ruleIndex": ids.iter().position(|id| *id == diagnostic.code.0),
        "level": level,
        "message": { "text": message.join("\n") },
    });
    let Some(source) = &diagnostic.source else { return result };
    let artifact = json!({ "uri": uri(&source.path) });
    let mut place = json!({ "artifactLocation": artifact });
    if let Some(span) = diagnostic.span {
        let lines = lines.of(source);
        let (start, end) = (lines.locate(&source.text, span.start), lines.locate(&source.text, span.end));
        place["region"] = json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        });
    }
    result["locations"] = json!([{ "physicalLocation": place }]);
    if let Some(fix) = &diagnostic.fix {
        let lines = lines.of(source);
        let (start, end) = (lines.locate(&source.text, fix.span.start), lines.locate(&source.text, fix.span.end));
        result["fixes"] = json!([{
            "description": { "text": fix.title },
            "artifactChanges": [{
                "artifactLocation": artifact,
                "replacements": [{
                    "deletedRegion": {
                        "startLine": start.line, "startColumn": start.column,
                        "endLine": end.line, "endColumn": end.column,
                    },
                    "insertedContent": { "text": fix.replacement },
                }],
            }],
        }]);
    }
    result
}

/// A path as the reference of a URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
