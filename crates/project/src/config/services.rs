//! `[service.NAME]`, or the same keys in `[project]` where there is but one service.

use std::path::{Path, PathBuf};

use limosa_catalog::Identifier;
use limosa_syntax::{Coexistence, Diagnostic, Span};

use crate::read::{missing_folder, shown_folder};
use crate::suggest::{listed, nearest};
use crate::{
    CoexistenceSettings, ColumnName, LayoutName, LooseFile, Reference, Service, ServiceName, Version,
    VersionSchemaTemplate,
};

use super::conventional_folder;
use super::environments::url;
use super::scalar::{declared_schema, path};
use super::table::{At, Report, Table, article};

/// The keys of a service.
pub(super) const KEYS: &[&str] = &[
    "migrations",
    "layout",
    "after",
    "url",
    "database",
    "owner_role",
    "schemas",
    "loose",
    "references",
    "schema",
    "seeds",
    "checks",
    "consumers",
    "online",
    "version_schema",
];

/// The keys that `[project]` takes for all services.
pub(super) const COMMON_KEYS: &[&str] = &["online", "version_schema"];

/// All services, in the order of the file.
pub(super) fn read(
    table: Table<'_>,
    usual: &CoexistenceSettings,
    root: &Path,
    report: &mut Report<'_>,
) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for (key, _) in table.in_order() {
        let whole = format!("service.{}", key.value);
        let Some(inner) = table.table(key.value, &whole, report) else { continue };
        inner.only(KEYS, report);
        match ServiceName::new(key.value) {
            Ok(name) => services.extend(service(&inner, name, usual, root, report)),
            Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), key.span),
        }
    }
    if table.entries.is_empty() {
        let error = Diagnostic::error("no-service", "[service] holds no service");
        report.push(error.with_help("name one: `[service.api]`, or leave the table out"), table.span);
    }
    check_references(&services, report);
    services
}

/// One service. `table` is its own, or `[project]`.
pub(super) fn service(
    table: &Table<'_>,
    name: ServiceName,
    usual: &CoexistenceSettings,
    root: &Path,
    report: &mut Report<'_>,
) -> Option<Service> {
    let problems_before = report.problems.len();
    let database = table.parsed("database", report, |text| Identifier::new(text));
    let service = Service {
        migrations: migrations(table, &name, root, report),
        layout: layout(table, report),
        after: names(table, "after", report, ServiceName::new),
        url: url(table, report),
        database: database.or_else(|| Identifier::new(name.as_str()).ok())?,
        owner_role: table.parsed("owner_role", report, |text| Identifier::new(text)),
        schemas: names(table, "schemas", report, Identifier::new),
        loose: loose(table, report),
        references: references(table, report),
        // In [project], `schema` names the history's schema.
        schema: if table.name == "project" { None } else { table.parsed("schema", report, declared_schema) },
        seeds: table.parsed("seeds", report, path),
        checks: table.parsed("checks", report, path),
        consumers: table.parsed("consumers", report, path),
        coexistence: coexistence(table, usual, report),
        declared: Some((report.source.clone(), table.span)),
        name,
    };
    let folder = root.join(&service.migrations);
    if report.problems.len() == problems_before && !folder.exists() {
        report.problems.push(missing_folder(&service, &shown_folder(&service)));
    }
    Some(service)
}

/// The folder that is named, else the one where tools usually keep migrations: below `services/<name>` or in the root.
fn migrations(table: &Table<'_>, name: &ServiceName, root: &Path, report: &mut Report<'_>) -> PathBuf {
    if let Some(named) = table.parsed("migrations", report, path) {
        return named;
    }
    let own = Path::new("services").join(name.as_str());
    let found = [own.clone(), PathBuf::new()].into_iter().find_map(|base| {
        let is_service = base != Path::new("") || table.name == "project";
        is_service.then(|| conventional_folder(&root.join(&base)).map(|folder| base.join(folder))).flatten()
    });
    let fallback = || if table.name == "project" { PathBuf::from("migrations") } else { own.join("migrations") };
    found.unwrap_or_else(fallback)
}

fn layout(table: &Table<'_>, report: &mut Report<'_>) -> Option<LayoutName> {
    let text = table.string("layout", report)?;
    match LayoutName::parse(text.value) {
        Ok(layout) => Some(layout),
        Err(near) => {
            let known = || listed(LayoutName::ALL.iter().map(|layout| layout.as_str()));
            let help = near.map_or_else(|| format!("known are {}", known()), |near| format!("did you mean `{near}`?"));
            let error = Diagnostic::error("unknown-layout", format!("`{}` is no layout", text.value));
            report.push(error.with_help(help), text.span);
            None
        }
    }
}

/// How two versions live side by side, as a table says it, on top of what is usual.
pub(super) fn coexistence(
    table: &Table<'_>,
    usual: &CoexistenceSettings,
    report: &mut Report<'_>,
) -> CoexistenceSettings {
    let template = table.parsed("version_schema", report, |text| VersionSchemaTemplate::new(text));
    CoexistenceSettings {
        way: table.choice("online", &Coexistence::WORDS, report).or(usual.way),
        version_schema: template.unwrap_or_else(|| usual.version_schema.clone()),
    }
}

/// A list of names, each of which is checked and may stand there once.
fn names<T: PartialEq, E: std::fmt::Display>(
    table: &Table<'_>,
    key: &str,
    report: &mut Report<'_>,
    parse: impl Fn(String) -> Result<T, E>,
) -> Vec<T> {
    let mut names = Vec::new();
    for text in table.strings(key, report) {
        match parse(text.value.to_owned()) {
            Ok(name) if names.contains(&name) => {
                let message = format!("`{key}` names `{}` twice", text.value);
                report.push(Diagnostic::error("duplicate-name", message), text.span);
            }
            Ok(name) => names.push(name),
            Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), text.span),
        }
    }
    names
}

fn loose(table: &Table<'_>, report: &mut Report<'_>) -> Vec<LooseFile> {
    let whole = format!("{}.loose", table.name);
    let Some(inner) = table.table("loose", &whole, report) else { return Vec::new() };
    let mut files = Vec::new();
    for (key, _) in inner.in_order() {
        if let Some(version) = inner.parsed(key.value, report, |text| Version::new(text)) {
            files.push(LooseFile { file: key.value.replace('\\', "/"), version, span: key.span });
        }
    }
    files
}

fn references(table: &Table<'_>, report: &mut Report<'_>) -> Vec<Reference> {
    let whole = format!("{}.references", table.name);
    let mut references = Vec::new();
    for item in table.array("references", report) {
        let Some(entries) = item.value.as_table() else {
            let message = format!("`references` holds {}; expected tables", article(item.value.type_str()));
            let error = Diagnostic::error("wrong-type", message);
            report
                .push(error.with_help("write `{ column = \"visit.patient_id\", to = \"api:patient.id\" }`"), item.span);
            continue;
        };
        let inner = Table { name: &whole, entries, span: item.span };
        inner.only(&["column", "to"], report);
        let column = inner.parsed("column", report, ColumnName::parse);
        let to = inner.parsed("to", report, target);
        for key in ["column", "to"] {
            if !entries.contains_key(key) {
                report.push(Diagnostic::error("missing-key", format!("a reference lacks `{key}`")), item.span);
            }
        }
        if let (Some(column), Some((service, to))) = (column, to) {
            references.push(Reference { column, service, to });
        }
    }
    references
}

/// `service:table.column`.
fn target(text: &str) -> Result<(ServiceName, ColumnName), String> {
    let (service, column) =
        text.split_once(':').ok_or_else(|| format!("`{text}` names no service; expected `service:table.column`"))?;
    let service = ServiceName::new(service.trim()).map_err(|error| error.to_string())?;
    let column = ColumnName::parse(column.trim()).map_err(|error| error.to_string())?;
    Ok((service, column))
}

fn check_references(services: &[Service], report: &mut Report<'_>) {
    let names = || services.iter().map(|service| service.name.as_str());
    for service in services {
        for reference in
            service.references.iter().filter(|reference| names().all(|name| name != reference.service.as_str()))
        {
            let message = format!("`{}` refers to `{}`, which is no service", service.name, reference.service);
            let help = nearest(reference.service.as_str(), names()).map_or_else(
                || format!("known services are {}", listed(names())),
                |near| format!("did you mean `{near}`?"),
            );
            let span = service.declared.as_ref().map_or(Span::new(0, 0), |(_, span)| *span);
            report.push(Diagnostic::error("unknown-service", message).with_help(help), span);
        }
    }
}

/// A key with its place, for tables that serve as a service.
pub(super) fn name_of_single(project: Option<At<&str>>, root: &Path) -> ServiceName {
    let folder = || root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    ServiceName::from_folder(&project.map_or_else(folder, |name| name.value.to_owned()))
}
