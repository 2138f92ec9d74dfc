//! The whole file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{Diagnostic, SourceFile, Span};
use toml::de::DeTable;

use crate::order::order_problems;
use crate::{BackupSettings, CoexistenceSettings, Project, RawTable, RunSettings};

use super::environments::Usual;
use super::table::{Report, Table};
use super::{Loaded, backfill, backup, environments, ids, ignore, logs, run, services, tenants};

/// The schema that holds the history, unless the file names another.
pub(super) const HISTORY_SCHEMA: &str = "limosa";

const READ: &[&str] =
    &["project", "run", "backfill", "env", "service", "tenants", "log", "backup", "drift", "ids", "ignore"];

/// Tables that other parts of Limosa read.
const RAW: &[&str] = &["policy", "lint", "seed", "check", "consumer", "mask"];

/// Reads the file of a project.
pub(super) fn read(root: &Path, source: &Arc<SourceFile>) -> Result<Loaded, Vec<Diagnostic>> {
    let mut report = Report { source, problems: Vec::new() };
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let shift = source.text.len() - text.len();
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().map_or(Span::new(0, 0), |span| Span::from(span).shifted(shift));
        report.push(Diagnostic::error("invalid-toml", error.message().to_owned()), span);
    }
    // What was recovered from a broken file would be reported for the wrong reasons.
    if !report.problems.is_empty() {
        return Err(report.problems);
    }
    let top = Table { name: "", entries: document.get_ref(), span: Span::new(0, 0) };
    let known: Vec<&str> = READ.iter().chain(RAW).copied().collect();
    top.only(&known, &mut report);
    let project = project(&top, root, &mut report);
    let raw = raw(&top, text);
    let (errors, warnings): (Vec<_>, Vec<_>) = report.problems.into_iter().partition(Diagnostic::is_error);
    let errors = in_order(errors);
    match project {
        Some(project) if errors.is_empty() => Ok(Loaded { project: Project { raw, ..project }, warnings }),
        _ => Err(errors.into_iter().chain(warnings).collect()),
    }
}

/// In the order in which people come upon them in the file.
fn in_order(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| problem.span.map(|span| span.start));
    problems
}

fn project(top: &Table<'_>, root: &Path, report: &mut Report<'_>) -> Option<Project> {
    let empty = DeTable::new();
    let table = top.table("project", "project", report);
    let table = table.unwrap_or(Table { name: "project", entries: &empty, span: Span::new(0, 0) });
    let services_table = top.table("service", "service", report);
    let mut known = vec!["name", "schema", "default_env"];
    known.extend(if services_table.is_none() { services::KEYS } else { services::COMMON_KEYS });
    table.only(&known, report);
    let name = table.string("name", report);
    let history_schema = table.parsed("schema", report, |text| Identifier::new(text));

    let defaults = RunSettings::default();
    let run = match top.table("run", "run", report) {
        Some(table) => {
            table.only(run::KEYS, report);
            run::read(&table, &defaults, report)
        }
        None => defaults,
    };
    let batches = top.table("backfill", "backfill", report).map(|table| backfill::read(&table, report));
    let usual = Usual { run: &run, backfill: &batches.unwrap_or_default() };
    let environments = environments::read(top.table("env", "env", report), usual, report);
    let default_environment = environments::default_name(table.string("default_env", report), &environments, report);

    let services = match services_table {
        Some(all) => {
            let usual = services::coexistence(&table, &CoexistenceSettings::default(), report);
            services::read(all, &usual, root, report)
        }
        None => {
            let name = services::name_of_single(name, root);
            services::service(&table, name, &CoexistenceSettings::default(), root, report).into_iter().collect()
        }
    };
    report.problems.extend(order_problems(&services));
    let tenants = top.table("tenants", "tenants", report).and_then(|table| tenants::read(&table, report));
    let backup = match top.table("backup", "backup", report) {
        Some(table) => backup::read(&table, report),
        None => BackupSettings::default(),
    };
    let logs = top.table("log", "log", report).map(|table| logs::read(&table, report));
    let ids = match top.table("ids", "ids", report) {
        Some(table) => ids::read(&table, report),
        None => ids::usual(),
    };
    let mut ignored = ignore::read(top, report);
    if let Some(table) = top.table("drift", "drift", report) {
        table.only(&["ignore"], report);
        ignored.extend(ignore::read(&table, report));
    }
    let single = services::name_of_single(name, root);
    Some(Project {
        root: root.to_owned(),
        name: name.map_or_else(|| single.to_string(), |name| name.value.to_owned()),
        source: Some(Arc::clone(report.source)),
        history_schema: history_schema.or_else(|| Identifier::new(HISTORY_SCHEMA).ok())?,
        services,
        environments,
        default_environment: default_environment?,
        tenants,
        run,
        backup,
        logs,
        ids: ids.ok()?,
        ignore: ignored,
        raw: BTreeMap::new(),
    })
}

/// Reads one table of a project's file that is kept raw; `usual` where the file has none.
pub(super) fn read_table<T>(
    project: &Project,
    key: &str,
    usual: T,
    read: impl FnOnce(&Table<'_>, &mut Report<'_>) -> T,
) -> Result<T, Vec<Diagnostic>> {
    let Some(source) = project.source.as_ref().filter(|_| project.raw.contains_key(key)) else { return Ok(usual) };
    let mut report = Report { source, problems: Vec::new() };
    // It was parsed before, so there are no errors.
    let (document, _) = DeTable::parse_recoverable(source.text.strip_prefix('\u{feff}').unwrap_or(&source.text));
    let top = Table { name: "", entries: document.get_ref(), span: Span::new(0, 0) };
    let Some(table) = top.table(key, key, &mut report) else { return Ok(usual) };
    let found = read(&table, &mut report);
    if report.problems.is_empty() { Ok(found) } else { Err(in_order(report.problems)) }
}

/// The tables that are kept as they stand.
fn raw(top: &Table<'_>, text: &str) -> BTreeMap<String, RawTable> {
    let mut values: toml::Table = text.parse().unwrap_or_default();
    let mut kept = BTreeMap::new();
    for (key, _) in top.in_order().into_iter().filter(|(key, _)| RAW.contains(&key.value)) {
        if let Some(toml::Value::Table(values)) = values.remove(key.value) {
            kept.insert(key.value.to_owned(), RawTable { values, span: key.span });
        }
    }
    kept
}
