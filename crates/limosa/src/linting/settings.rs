//! `[lint]` and `[policy]` of limosa.toml.

use limosa_ids::GeneratorSpec;
use limosa_lint::{Level, Settings, SettingsError};
use limosa_project::{ColumnName, Project, RawTable, Version, did_you_mean};
use limosa_syntax::{Diagnostic, Span};
use toml::{Table, Value};

use crate::failure::Failure;

const KEYS: [&str; 3] = ["deny", "rules", "since"];

/// What a project says of the rules.
#[derive(Debug, Default)]
pub(crate) struct LintSettings {
    /// Levels and parameters.
    pub(crate) rules: Settings,
    /// From which level on findings fail; errors, unless it says something else.
    pub(crate) deny: Option<Level>,
    /// Migrations before this one are left alone.
    pub(crate) since: Option<Version>,
}

impl LintSettings {
    /// Reads both tables. What is wrong with them is told together.
    pub(crate) fn of(project: &Project) -> Result<Self, Failure> {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        if let Some(table) = project.raw.get("policy") {
            let read = settings.rules.read_policy(&table.values);
            problems.extend(read.err().into_iter().flatten().map(|error| placed(project, table, error)));
        }
        if let Some(table) = project.raw.get("lint") {
            let errors = settings.read_lint(table);
            problems.extend(errors.into_iter().map(|error| placed(project, table, error)));
        }
        settings.rules.provide("id-prefix", "registered", Value::Table(registered_prefixes(project)));
        if problems.is_empty() { Ok(settings) } else { Err(problems.into()) }
    }

    fn read_lint(&mut self, table: &RawTable) -> Vec<SettingsError> {
        let mut errors = Vec::new();
        let mut wrong = |key: &str, message: String, help: &str| {
            errors.push(SettingsError { message, help: help.to_owned(), key: key.to_owned() });
        };
        for (key, value) in &table.values {
            match (key.as_str(), value) {
                ("deny", Value::String(level)) => match Level::of_name(level) {
                    Some(level) => self.deny = Some(level),
                    None => wrong(key, format!("`deny` is `{level}`"), "write `note`, `warning` or `error`"),
                },
                ("since", Value::String(version)) => match Version::new(version) {
                    Ok(version) => self.since = Some(version),
                    Err(error) => {
                        wrong(key, format!("`since` is no version: {error}"), "write one as in a file's name")
                    }
                },
                ("rules", Value::Table(rules)) => {
                    if let Err(found) = self.rules.read(rules) {
                        errors.extend(found);
                        break;
                    }
                }
                ("deny" | "since", _) => wrong(key, format!("`{key}` is no string"), "write it in quotes"),
                ("rules", _) => wrong(key, "`rules` is no table".to_owned(), "write `[lint.rules]`"),
                _ => {
                    let help = did_you_mean(key, KEYS);
                    wrong(key, format!("`[lint]` has no `{key}`"), &help);
                }
            }
        }
        errors
    }
}

/// The columns of `[ids.column]` whose ids have a prefix.
fn registered_prefixes(project: &Project) -> Table {
    let prefixed = |(column, spec): &(ColumnName, GeneratorSpec)| {
        let schema = column.schema.as_ref().map(|schema| format!("{}.", schema.as_str())).unwrap_or_default();
        let name = format!("{schema}{}.{}", column.table.as_str(), column.column.as_str());
        Some((name, Value::String(spec.prefix()?.to_string())))
    };
    project.ids.columns.iter().filter_map(prefixed).collect()
}

/// An error with the line of limosa.toml where its key stands.
fn placed(project: &Project, table: &RawTable, error: SettingsError) -> Diagnostic {
    let diagnostic = Diagnostic::error("lint-settings", error.message).with_help(error.help);
    let Some(source) = &project.source else { return diagnostic };
    let behind = source.text.get(table.span.start..).unwrap_or_default();
    let span = match behind.find(&error.key) {
        Some(at) => Span::new(table.span.start + at, table.span.start + at + error.key.len()),
        None => table.span,
    };
    diagnostic.at(source, span)
}
