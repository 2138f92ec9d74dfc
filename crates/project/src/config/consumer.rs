//! `[consumer.APP]`.

use limosa_catalog::Identifier;
use limosa_syntax::Diagnostic;
use toml::de::DeValue;

use crate::consumers::{Compare, ConsumerSettings};
use crate::{AppName, Project, ServiceName, Version, did_you_mean};

use super::scalar::path;
use super::table::{Report, Table};

const KEYS: &[&str] = &["path", "service", "role", "search_path", "version", "compare"];

/// What the tables say, in the order of the file.
pub(crate) fn consumer_settings(project: &Project) -> Result<Vec<ConsumerSettings>, Vec<Diagnostic>> {
    super::document::read_table(project, "consumer", Vec::new(), |table, report| {
        let mut apps = Vec::new();
        for (key, _) in table.in_order() {
            let whole = format!("consumer.{}", key.value);
            let Some(inner) = table.table(key.value, &whole, report) else { continue };
            match AppName::new(key.value) {
                Ok(app) => apps.push(read(&inner, app, project, report)),
                Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), key.span),
            }
        }
        apps
    })
}

fn read(table: &Table<'_>, app: AppName, project: &Project, report: &mut Report<'_>) -> ConsumerSettings {
    table.only(KEYS, report);
    let comparisons =
        [("nothing", Compare::Nothing), ("breaking", Compare::Breaking), ("everything", Compare::Everything)];
    let is_list = table.entries.get("path").is_some_and(|value| matches!(value.get_ref(), DeValue::Array(_)));
    let texts =
        if is_list { table.strings("path", report) } else { table.string("path", report).into_iter().collect() };
    let mut paths = Vec::new();
    for text in texts {
        match path(text.value) {
            Ok(path) => paths.push(path),
            Err(error) => report.push(Diagnostic::error("invalid-value", format!("`path`: {error}")), text.span),
        }
    }
    let mut search_path = Vec::new();
    for text in table.strings("search_path", report) {
        match Identifier::new(text.value) {
            Ok(schema) => search_path.push(schema),
            Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), text.span),
        }
    }
    let service = table.string("service", report).and_then(|text| {
        let known = project.services.iter().map(|service| service.name.as_str());
        match ServiceName::new(text.value) {
            Ok(name) if project.service(&name).is_some() => Some(name),
            _ => {
                let error = Diagnostic::error("unknown-service", format!("there is no service `{}`", text.value));
                report.push(error.with_help(did_you_mean(text.value, known)), text.span);
                None
            }
        }
    });
    ConsumerSettings {
        app,
        service,
        paths,
        role: table.parsed("role", report, |text| Identifier::new(text)),
        search_path,
        version: table.parsed("version", report, |text| Version::new(text)),
        compare: table.choice("compare", &comparisons, report).unwrap_or_default(),
        span: table.span,
    }
}
