//! `[env.NAME]`.

use limosa_syntax::{BackfillManner, Diagnostic, Span};

use crate::suggest::did_you_mean;
use crate::{Backup, Environment, EnvironmentName, RunSettings, UrlTemplate, UrlTemplateError};

use super::table::{At, Report, Table};
use super::{backfill, run};

const KEYS: &[&str] = &["url", "confirm", "backup", "protected", "seeds", "backfill"];
const BACKUPS: &[(&str, Backup)] =
    &[("off", Backup::Off), ("before-up", Backup::BeforeUp), ("touched-tables", Backup::TouchedTables)];

/// The name of the environment that is always there.
const DEVELOPMENT: &str = "dev";

/// What holds in all environments that say nothing else.
#[derive(Clone, Copy)]
pub(super) struct Usual<'a> {
    pub(super) run: &'a RunSettings,
    pub(super) backfill: &'a BackfillManner,
}

/// All environments, with the embedded `dev` where the file has none of that name.
pub(super) fn read(table: Option<Table<'_>>, usual: Usual<'_>, report: &mut Report<'_>) -> Vec<Environment> {
    let mut environments = Vec::new();
    for (key, _) in table.iter().flat_map(Table::in_order) {
        let whole = format!("env.{}", key.value);
        let Some(inner) = table.and_then(|table| table.table(key.value, &whole, report)) else { continue };
        let known: Vec<&str> = KEYS.iter().chain(run::KEYS).copied().collect();
        inner.only(&known, report);
        let url = url(&inner, report);
        let batches =
            inner.table("backfill", &format!("{whole}.backfill"), report).map(|it| backfill::read(&it, report));
        // Only development may fall back to the embedded server; elsewhere that would hide a forgotten line.
        if !inner.entries.contains_key("url") && key.value != DEVELOPMENT {
            let error = Diagnostic::error("missing-key", format!("[{whole}] lacks `url`"));
            report.push(
                error.with_help("say where its databases are, for example `url = \"env:DATABASE_URL\"`"),
                key.span,
            );
        }
        match EnvironmentName::new(key.value) {
            Ok(name) => environments.push(Environment {
                name,
                url: url.unwrap_or(UrlTemplate::Embedded),
                confirm: inner.boolean("confirm", report).unwrap_or(false),
                backup: inner.choice("backup", BACKUPS, report).unwrap_or_default(),
                protected: inner.boolean("protected", report).unwrap_or(false),
                seeds: inner.boolean("seeds", report),
                run: run::read(&inner, usual.run, report),
                backfill: batches.unwrap_or_default().or(usual.backfill),
            }),
            Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), key.span),
        }
    }
    if environments.iter().all(|environment| environment.name.as_str() != DEVELOPMENT) {
        environments.extend(embedded(usual));
    }
    environments
}

/// The environment for which nothing needs to be said.
pub(super) fn embedded(usual: Usual<'_>) -> Option<Environment> {
    Some(Environment {
        name: EnvironmentName::new(DEVELOPMENT).ok()?,
        url: UrlTemplate::Embedded,
        confirm: false,
        backup: Backup::Off,
        protected: false,
        seeds: None,
        run: usual.run.clone(),
        backfill: usual.backfill.clone(),
    })
}

/// The environment that is used when none is asked for: the one that is named, else `dev`.
pub(super) fn default_name(
    named: Option<At<&str>>,
    environments: &[Environment],
    report: &mut Report<'_>,
) -> Option<EnvironmentName> {
    let names = || environments.iter().map(|environment| environment.name.as_str());
    let wanted = named.map_or(DEVELOPMENT, |named| named.value);
    let found = environments.iter().find(|environment| environment.name.as_str() == wanted);
    if let (None, Some(named)) = (found, named) {
        let error = Diagnostic::error("unknown-environment", format!("there is no environment `{wanted}`"));
        report.push(error.with_help(did_you_mean(wanted, names())), named.span);
    }
    found.map(|environment| environment.name.clone())
}

/// The `url` of an environment or a service.
pub(super) fn url(table: &Table<'_>, report: &mut Report<'_>) -> Option<UrlTemplate> {
    let text = table.string("url", report)?;
    let error = match UrlTemplate::parse(text.value) {
        Ok(template) => return Some(template),
        Err(error) => error,
    };
    let (code, help, range) = match &error {
        UrlTemplateError::LiteralPassword(range) => (
            "password-in-file",
            Some(
                "put it into an environment variable and write `${env:PGPASSWORD}` in its place, or \
                 `env:DATABASE_URL` for the whole URL",
            ),
            Some(range.clone()),
        ),
        UrlTemplateError::UnknownPlaceholder { at, .. } => ("invalid-url", None, Some(at.clone())),
        UrlTemplateError::Unclosed(range) => ("invalid-url", None, Some(range.clone())),
        UrlTemplateError::InvalidVariable(_) | UrlTemplateError::NotPostgres => ("invalid-url", None, None),
    };
    let mut diagnostic = Diagnostic::error(code, error.to_string());
    diagnostic.help = help.map(str::to_owned);
    let span = range.and_then(|range| inside(text, range, &report.source.text)).unwrap_or(text.span);
    report.push(diagnostic, span);
    None
}

/// The place of a part of a string in the file, where the string stands there without escapes.
fn inside(text: At<&str>, part: std::ops::Range<usize>, whole: &str) -> Option<Span> {
    let start = text.span.start + text.span.of(whole).find(text.value)?;
    Some(Span::new(start + part.start, start + part.end))
}
