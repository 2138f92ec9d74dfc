//! `[tenants]`.

use limosa_syntax::Diagnostic;

use crate::{TenantKind, TenantSource, Tenants};

use super::scalar::path;
use super::table::{Report, Table};

pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> Option<Tenants> {
    table.only(&["from", "kind"], report);
    let kinds = [("schema", TenantKind::Schema), ("database", TenantKind::Database)];
    let kind = table.choice("kind", &kinds, report);
    let from = table.parsed("from", report, source);
    for key in ["from", "kind"] {
        if !table.entries.contains_key(key) {
            report.push(Diagnostic::error("missing-key", format!("[tenants] lacks `{key}`")), table.span);
        }
    }
    Some(Tenants { from: from?, kind: kind? })
}

fn source(text: &str) -> Result<TenantSource, String> {
    let rest = |prefix| text.strip_prefix(prefix).map(str::trim).filter(|rest: &&str| !rest.is_empty());
    if let Some(query) = rest("sql:") {
        Ok(TenantSource::Query(query.to_owned()))
    } else if let Some(command) = rest("command:") {
        Ok(TenantSource::Command(command.to_owned()))
    } else if let Some(file) = rest("file:") {
        path(file).map(TenantSource::File).map_err(|error| error.to_string())
    } else {
        Err(format!("`{text}` is no list of tenants; expected `sql:select …`, `file:PATH` or `command:…`"))
    }
}
