//! `[seed.NAME]`: which rows come of a file, and what is done with them.

use limosa_catalog::Identifier;
use limosa_syntax::Diagnostic;

use crate::seeds::{SeedEntry, SeedMode, SeedSettings, table_name};
use crate::{ColumnName, EnvironmentName, Project, ServiceName, did_you_mean};

use super::table::{Report, Table};

const KEYS: &[&str] =
    &["table", "key", "mode", "owner", "max_delete", "references", "null", "delimiter", "environments", "variables"];
const MODES: &[(&str, SeedMode)] =
    &[("insert", SeedMode::Insert), ("upsert", SeedMode::Upsert), ("sync", SeedMode::Sync)];

/// What `[seed]` says of seeds, in the order of the file. A name is that of a seed, or `service:seed`.
///
/// # Errors
/// All that is wrong with the table, together.
pub(crate) fn seed_entries(project: &Project) -> Result<Vec<SeedEntry>, Vec<Diagnostic>> {
    super::document::read_table(project, "seed", Vec::new(), |table, report| {
        let mut entries = Vec::new();
        for (key, _) in table.in_order() {
            let whole = format!("seed.{}", key.value);
            let Some(inner) = table.table(key.value, &whole, report) else { continue };
            inner.only(KEYS, report);
            let (service, name) = match key.value.split_once(':') {
                Some((service, name)) => (Some(service), name),
                None => (None, key.value),
            };
            let service = service.map(|name| known_service(name, project));
            match service.transpose() {
                Ok(service) => {
                    let settings = settings(&inner, project, report);
                    entries.push(SeedEntry { service, name: name.to_owned(), span: key.span, settings });
                }
                Err(error) => report.push(error, key.span),
            }
        }
        entries
    })
}

fn known_service(name: &str, project: &Project) -> Result<ServiceName, Diagnostic> {
    let found = project.services.iter().find(|service| service.name.as_str() == name);
    found.map(|service| service.name.clone()).ok_or_else(|| {
        let known = project.services.iter().map(|service| service.name.as_str());
        let error = Diagnostic::error("unknown-service", format!("there is no service `{name}`"));
        error.with_help(did_you_mean(name, known))
    })
}

fn settings(table: &Table<'_>, project: &Project, report: &mut Report<'_>) -> SeedSettings {
    let mut settings = SeedSettings {
        table: table.parsed("table", report, table_name),
        mode: table.choice("mode", MODES, report),
        owner: table.string("owner", report).map(|owner| owner.value.to_owned()),
        max_delete: table.parsed_text_or_number("max_delete", report, str::parse),
        null: table.string("null", report).map(|null| null.value.to_owned()),
        delimiter: table.parsed("delimiter", report, delimiter),
        variables: table.strings("variables", report).into_iter().map(|name| name.value.to_owned()).collect(),
        ..SeedSettings::default()
    };
    for text in table.strings("key", report) {
        match Identifier::new(text.value) {
            Ok(column) => settings.key.push(column),
            Err(error) => report.push(Diagnostic::error("invalid-value", error.to_string()), text.span),
        }
    }
    for text in table.strings("environments", report) {
        match EnvironmentName::new(text.value) {
            Ok(name) if project.environment(&name).is_some() => settings.environments.push(name),
            _ => {
                let known = project.environments.iter().map(|environment| environment.name.as_str());
                let error =
                    Diagnostic::error("unknown-environment", format!("there is no environment `{}`", text.value));
                report.push(error.with_help(did_you_mean(text.value, known)), text.span);
            }
        }
    }
    let whole = format!("{}.references", table.name);
    if let Some(inner) = table.table("references", &whole, report) {
        for (column, _) in inner.in_order() {
            let to = inner.parsed(column.value, report, ColumnName::parse);
            match Identifier::new(column.value) {
                Ok(column) => settings.references.extend(to.map(|to| (column, to))),
                Err(error) => report.push(Diagnostic::error("invalid-value", error.to_string()), column.span),
            }
        }
    }
    settings
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) if sign.is_ascii() && !matches!(sign, '"' | '\n' | '\r' | '\0') => Ok(sign),
        _ => Err(format!("`{text}` cannot part values; expected one ASCII sign such as `;` or a tab (`\\t`)")),
    }
}
