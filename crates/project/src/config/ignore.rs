//! `ignore`, and `ignore` in `[drift]`.

use limosa_syntax::Diagnostic;

use crate::IgnoredObject;

use super::table::{Report, Table};

/// The objects that a table lists under `ignore`.
pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> Vec<IgnoredObject> {
    let mut ignore = Vec::new();
    for item in table.array("ignore", report) {
        let problem = || {
            Diagnostic::error("wrong-type", "`ignore` holds tables of an object and a reason")
                .with_help("write `{ object = \"table public.visit_*\", reason = \"made by the archiver\" }`")
        };
        let Some(entries) = item.value.as_table() else {
            report.push(problem(), item.span);
            continue;
        };
        let inner = Table { name: "ignore", entries, span: item.span };
        inner.only(&["object", "reason"], report);
        match (inner.string("object", report), inner.string("reason", report)) {
            (Some(object), Some(reason)) => {
                ignore.push(IgnoredObject { object: object.value.to_owned(), reason: reason.value.to_owned() });
            }
            _ => report.push(problem(), item.span),
        }
    }
    ignore
}
