//! `[check]`: when checks run, commands and files that are checked.

use std::time::Duration;

use limosa_syntax::Diagnostic;

use crate::checks::{ChangedWith, CheckCommand, CheckSettings, CheckTime, FileCheck, FileDemand, PathPattern};
use crate::{Project, ServiceName};

use super::scalar::{duration, path};
use super::table::{Report, Table};

/// How long a check may take, unless the file says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

const KEYS: &[&str] = &["after", "timeout", "base", "command", "file"];
const COMMAND_KEYS: &[&str] = &["command", "timeout", "env", "services"];
const FILE_KEYS: &[&str] = &["path", "contains", "mentions", "changed_with"];

/// What `[check]` says; the usual where there is none.
///
/// # Errors
/// All that is wrong with the table, together.
pub fn check_settings(project: &Project) -> Result<CheckSettings, Vec<Diagnostic>> {
    let usual = CheckSettings {
        time: CheckTime::AfterRun,
        timeout: TIMEOUT,
        base: None,
        commands: Vec::new(),
        files: Vec::new(),
    };
    super::document::read_table(project, "check", usual.clone(), |table, report| read(table, &usual, project, report))
}

fn read(table: &Table<'_>, usual: &CheckSettings, project: &Project, report: &mut Report<'_>) -> CheckSettings {
    table.only(KEYS, report);
    let times = [("up", CheckTime::AfterRun), ("each", CheckTime::AfterEach), ("never", CheckTime::Never)];
    let timeout = table.parsed("timeout", report, duration).unwrap_or(usual.timeout);
    CheckSettings {
        time: table.choice("after", &times, report).unwrap_or(usual.time),
        timeout,
        base: table.string("base", report).map(|base| base.value.to_owned()),
        commands: named(table, "command", report, |inner, name, report| command(inner, name, timeout, project, report)),
        files: named(table, "file", report, file),
    }
}

/// The tables `[check.command.NAME]` or `[check.file.NAME]`.
fn named<T>(
    table: &Table<'_>,
    key: &str,
    report: &mut Report<'_>,
    read: impl Fn(&Table<'_>, &str, &mut Report<'_>) -> Option<T>,
) -> Vec<T> {
    let whole = format!("check.{key}");
    let Some(outer) = table.table(key, &whole, report) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, _) in outer.in_order() {
        let whole = format!("check.{key}.{}", name.value);
        let Some(inner) = outer.table(name.value, &whole, report) else { continue };
        found.extend(read(&inner, name.value, report));
    }
    found
}

fn required(table: &Table<'_>, key: &str, example: &str, report: &mut Report<'_>) {
    if !table.entries.contains_key(key) {
        let error = Diagnostic::error("missing-key", format!("[{}] lacks `{key}`", table.name));
        report.push(error.with_help(format!("say `{key} = {example}`")), table.span);
    }
}

fn command(
    table: &Table<'_>,
    name: &str,
    timeout: Duration,
    project: &Project,
    report: &mut Report<'_>,
) -> Option<CheckCommand> {
    table.only(COMMAND_KEYS, report);
    required(table, "command", "\"scripts/probe.sh\"", report);
    let mut variables = Vec::new();
    if let Some(env) = table.table("env", &format!("{}.env", table.name), report) {
        for (key, _) in env.in_order() {
            variables.extend(env.string(key.value, report).map(|value| (key.value.to_owned(), value.value.to_owned())));
        }
    }
    let mut services = Vec::new();
    for text in table.strings("services", report) {
        match ServiceName::new(text.value) {
            Ok(service) if project.service(&service).is_some() => services.push(service),
            Ok(service) => {
                let known = project.services.iter().map(|service| service.name.as_str());
                let error = Diagnostic::error("unknown-service", format!("there is no service `{service}`"));
                report.push(error.with_help(crate::did_you_mean(service.as_str(), known)), text.span);
            }
            Err(error) => report.push(Diagnostic::error("invalid-name", error.to_string()), text.span),
        }
    }
    Some(CheckCommand {
        name: name.to_owned(),
        timeout: table.parsed("timeout", report, duration).unwrap_or(timeout),
        command: table.string("command", report)?.value.to_owned(),
        variables,
        services,
    })
}

fn file(table: &Table<'_>, name: &str, report: &mut Report<'_>) -> Option<FileCheck> {
    table.only(FILE_KEYS, report);
    required(table, "path", "\"CHANGELOG.md\"", report);
    let mut demands = Vec::new();
    if let Some(text) = table.string("contains", report) {
        demands.push(FileDemand::Contains(text.value.to_owned()));
    }
    if table.choice("mentions", &[("pending", ())], report).is_some() {
        demands.push(FileDemand::MentionsPending);
    }
    let patterns: Vec<PathPattern> =
        table.strings("changed_with", report).into_iter().map(|text| PathPattern::new(text.value)).collect();
    if !patterns.is_empty() {
        demands.push(FileDemand::ChangedWith(ChangedWith { patterns }));
    }
    let path = table.parsed("path", report, path)?;
    Some(FileCheck { name: name.to_owned(), path, demands })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<CheckSettings, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("migrations")).unwrap();
        std::fs::write(folder.path().join("limosa.toml"), format!("[project]\nname = \"clinic\"\n{text}")).unwrap();
        let project = crate::load(folder.path()).unwrap().project;
        check_settings(&project).map_err(|errors| errors.iter().map(|it| format!("{}: {}", it.code, it)).collect())
    }

    #[test]
    fn nothing_said_is_after_the_run() {
        let usual = settings("").unwrap();
        assert_eq!((usual.time, usual.timeout, usual.commands.len()), (CheckTime::AfterRun, TIMEOUT, 0));
    }

    #[test]
    fn commands_and_files_have_names() {
        let found = settings(
            "[check]\nafter = \"each\"\ntimeout = \"5s\"\n\
             [check.command.endpoints]\ncommand = \"sh probe.sh\"\nenv = { BASE = \"http://localhost\" }\n\
             [check.file.changelog]\npath = \"CHANGELOG.md\"\nmentions = \"pending\"\nchanged_with = [\"src/**\"]\n",
        )
        .unwrap();
        assert_eq!(found.time, CheckTime::AfterEach);
        let command = &found.commands[0];
        assert_eq!((command.name.as_str(), command.timeout), ("endpoints", Duration::from_secs(5)));
        assert_eq!(command.variables, [("BASE".to_owned(), "http://localhost".to_owned())]);
        assert_eq!(found.files[0].demands.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_together() {
        let errors = settings(
            "[check]\nafter = \"eech\"\nafer = 1\n[check.command.a]\ntimeout = \"soon\"\n\
             [check.command.b]\ncommand = \"true\"\nservices = [\"clinik\"]\n[check.file.c]\npath = \"/etc/passwd\"\n",
        )
        .unwrap_err();
        let codes: Vec<&str> = errors.iter().filter_map(|error| error.split(':').next()).collect();
        let expected =
            ["invalid-value", "unknown-key", "missing-key", "invalid-value", "unknown-service", "invalid-value"];
        assert_eq!(codes, expected, "{errors:#?}");
    }
}
