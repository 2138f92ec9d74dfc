//! From folders and files to consumers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use super::{Compare, Consumer, ConsumerQuery, ConsumerSettings, sql, sqlx};
use crate::checks::{own_folder, shown};
use crate::config::consumer_settings;
use crate::file::{read_source, unreadable};
use crate::{AppName, Project, Service};

/// The name of a folder with a folder for each application.
const FOLDER: &str = "consumers";

/// How deep files may lie below an application's folder.
const MAX_DEPTH: usize = 8;

/// The applications that use a service's database: those of its folder `consumers` (each folder in it is one) and those
/// of `[consumer.APP]` that name it, with the queries of their SQL files and sqlx offline folders.
///
/// # Errors
/// All that is wrong with the table, the folders and the files, together.
pub fn read_consumers(project: &Project, service: &Service) -> Result<Vec<Consumer>, Vec<Diagnostic>> {
    let settings = consumer_settings(project)?;
    let mut problems = Vec::new();
    let folders = app_folders(project, service, &mut problems);
    let mut consumers = Vec::new();
    for app in &settings {
        let own: Vec<PathBuf> =
            folders.iter().filter(|(name, _)| *name == app.app).map(|(_, path)| path.clone()).collect();
        match &app.service {
            Some(other) if *other != service.name => continue,
            // A folder, or the only service there is, says whose it is as well.
            None if own.is_empty() && project.services.len() > 1 => {
                if service.name == project.services[0].name && !has_folder_anywhere(project, app) {
                    problems.push(unclaimed(project, app));
                }
                continue;
            }
            _ => {}
        }
        let paths = if app.paths.is_empty() { own } else { app.paths.clone() };
        if paths.is_empty() {
            problems.push(without_queries(project, app));
        }
        consumers.push(consumer(project, app, &paths, &mut problems));
    }
    for (name, path) in folders {
        if settings.iter().all(|app| app.app != name) {
            let usual = ConsumerSettings {
                app: name,
                service: None,
                paths: Vec::new(),
                role: None,
                search_path: Vec::new(),
                version: None,
                compare: Compare::default(),
                span: limosa_syntax::Span::new(0, 0),
            };
            consumers.push(consumer(project, &usual, &[path], &mut problems));
        }
    }
    consumers.sort_by(|a, b| a.app.cmp(&b.app));
    if problems.is_empty() { Ok(consumers) } else { Err(problems) }
}

fn consumer(project: &Project, app: &ConsumerSettings, paths: &[PathBuf], problems: &mut Vec<Diagnostic>) -> Consumer {
    let mut queries = Vec::new();
    for path in paths {
        for file in files(project, path, problems) {
            match read_file(project, &file) {
                Ok(found) => queries.extend(found),
                Err(found) => problems.extend(found),
            }
        }
    }
    Consumer {
        app: app.app.clone(),
        role: app.role.clone(),
        search_path: app.search_path.clone(),
        version: app.version.clone(),
        compare: app.compare,
        queries,
    }
}

fn read_file(project: &Project, path: &Path) -> Result<Vec<ConsumerQuery>, Vec<Diagnostic>> {
    let source: Arc<SourceFile> = read_source(&project.path(path), &shown(path)).map_err(|problem| vec![*problem])?;
    match path.extension().is_some_and(|extension| extension == "json") {
        true => sqlx::query(&source).map(|query| vec![query]).map_err(|problem| vec![*problem]),
        false => sql::queries(&source),
    }
}

/// The folders of applications, each with its name.
fn app_folders(project: &Project, service: &Service, problems: &mut Vec<Diagnostic>) -> Vec<(AppName, PathBuf)> {
    let Some(folder) = own_folder(project, service, service.consumers.as_ref(), FOLDER, problems) else {
        return Vec::new();
    };
    // That of the project belongs to a service only where there is but one.
    if folder == Path::new(FOLDER) && project.services.len() > 1 && service.consumers.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in entries(project, &folder, problems).into_iter().filter(|path| project.path(path).is_dir()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match AppName::new(name) {
            Ok(app) => found.push((app, path)),
            Err(error) => {
                let message = format!("`{}` cannot be the folder of an application: {error}", shown(&path));
                problems.push(Diagnostic::error("invalid-name", message));
            }
        }
    }
    found
}

fn has_folder_anywhere(project: &Project, app: &ConsumerSettings) -> bool {
    let of = |service: &Service| app_folders(project, service, &mut Vec::new());
    project.services.iter().any(|service| of(service).iter().any(|(name, _)| *name == app.app))
}

fn unclaimed(project: &Project, app: &ConsumerSettings) -> Diagnostic {
    let error =
        Diagnostic::error("no-service", format!("nothing says whose database the application `{}` uses", app.app));
    let names: Vec<&str> = project.services.iter().map(|service| service.name.as_str()).collect();
    at(project, app, error.with_help(format!("say `service = \"…\"`, one of {}", names.join(", "))))
}

fn without_queries(project: &Project, app: &ConsumerSettings) -> Diagnostic {
    let error =
        Diagnostic::error("no-queries", format!("nothing says where the queries of the application `{}` are", app.app));
    at(project, app, error.with_help(format!("say `path = \"…\"`, or put them into `{FOLDER}/{}`", app.app)))
}

fn at(project: &Project, app: &ConsumerSettings, diagnostic: Diagnostic) -> Diagnostic {
    match &project.source {
        Some(source) => diagnostic.at(source, app.span),
        None => diagnostic,
    }
}

/// The files with queries: the path itself, or all below it.
fn files(project: &Project, path: &Path, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    descend(project, path, 0, &mut found, problems);
    found
}

fn descend(project: &Project, path: &Path, depth: usize, found: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if project.path(path).is_dir() {
        // The offline folder is the only hidden one in which anything is to be found; others may be named.
        let is_foreign = name == "node_modules" || name == "target" || (name.starts_with('.') && name != ".sqlx");
        if depth <= MAX_DEPTH && (depth == 0 || !is_foreign) {
            for entry in entries(project, path, problems) {
                descend(project, &entry, depth + 1, found, problems);
            }
        }
    } else if depth == 0 || name.ends_with(".sql") || sqlx::is_query_file(&name) {
        found.push(path.to_owned());
    }
}

/// What is in a folder, in the order of the names.
fn entries(project: &Project, folder: &Path, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    match std::fs::read_dir(project.path(folder)) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| folder.join(entry.file_name())).collect();
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push(unreadable(&shown(folder), &error));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumers(files: &[(&str, &str)], service: &str) -> Result<Vec<String>, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = crate::load(folder.path()).unwrap().project;
        let service = project.services.iter().find(|it| it.name.as_str() == service).unwrap();
        let query = |query: &ConsumerQuery| {
            let name = query.name.as_ref().map_or_else(String::new, |name| format!("{name}="));
            let built_for =
                query.built_for.as_ref().map_or_else(String::new, |names| format!(" -> {}", names.join(",")));
            format!("{name}{}{built_for}", query.numbered.sql)
        };
        let line = |it: Consumer| {
            let queries: Vec<String> = it.queries.iter().map(query).collect();
            format!("{} {:?}: {}", it.app, it.compare, queries.join(" | "))
        };
        let found = read_consumers(&project, service).map(|found| found.into_iter().map(line).collect());
        found.map_err(|errors| errors.iter().map(|error| error.code.to_string()).collect())
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    const ONE: (&str, &str) = ("limosa.toml", "[project]\nname = \"api\"\n");
    const MIGRATION: (&str, &str) = ("migrations/001_a.sql", "");

    #[test]
    fn each_folder_is_an_application_and_each_form_is_read() {
        let files = [
            ONE,
            MIGRATION,
            ("consumers/portal/visits.sql", "SELECT 1 WHERE :a = 1;\n-- name: Two :one\nSELECT @b::int;\n"),
            ("consumers/portal/deep/more.sql", "/* @name Three\n @param ids -> (...) */ SELECT 3 WHERE 1 IN :ids;"),
            ("consumers/portal/node_modules/x/no.sql", "SELECT 'no'"),
            ("consumers/portal/README.md", "no"),
            (
                "consumers/worker/.sqlx/query-ab12.json",
                r#"{"db_name": "PostgreSQL", "query": "SELECT id FROM a WHERE b = $1",
                    "describe": {"columns": [{"ordinal": 0, "name": "id", "type_info": "Int4"}]}}"#,
            ),
        ];
        let expected = [
            "portal Breaking: Three=SELECT 3 WHERE 1 IN ($1) | SELECT 1 WHERE $1 = 1 | Two=SELECT $1::int",
            "worker Breaking: SELECT id FROM a WHERE b = $1 -> id",
        ];
        assert_eq!(consumers(&files, "api"), Ok(owned(&expected)));
    }

    #[test]
    fn the_table_says_where_and_for_whom() {
        let toml = "[service.api]\n[service.auth]\n[consumer.portal]\npath = [\"web/sql\"]\nservice = \"auth\"\n\
                    compare = \"everything\"\n[consumer.worker]\ncompare = \"nothing\"\n";
        let files = [
            ("limosa.toml", toml),
            ("services/api/migrations/001_a.sql", ""),
            ("services/auth/migrations/001_a.sql", ""),
            ("web/sql/a.sql", "SELECT 1"),
            ("services/api/consumers/worker/a.sql", "SELECT 2"),
            ("consumers/lost/a.sql", "SELECT 3"),
        ];
        assert_eq!(consumers(&files, "api"), Ok(owned(&["worker Nothing: SELECT 2"])));
        assert_eq!(consumers(&files, "auth"), Ok(owned(&["portal Everything: SELECT 1"])));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let toml = |text: &str| format!("[project]\nname = \"api\"\n{text}");
        for (config, path, text, expected) in [
            ("", "consumers/a/a.sql", "SELECT 'open", "unterminated-string"),
            ("", "consumers/A b/a.sql", "SELECT 1", "invalid-name"),
            ("", "consumers/a/query-1.json", "{", "sqlx-query"),
            ("", "consumers/a/query-1.json", r#"{"db_name": "MySQL", "query": ""}"#, "sqlx-query"),
            ("[consumer.a]\n", "README", "", "no-queries"),
            ("[consumer.a]\npath = \"gone.sql\"\n", "README", "", "unreadable-file"),
            ("[consumer.a]\npath = \"x\"\nrole = 1\n", "README", "", "wrong-type"),
            ("[service.api]\n[service.b]\n[consumer.a]\npath = \"x\"\n", "x/a.sql", "SELECT 1", "no-service"),
        ] {
            let config = toml(config);
            let mut files = vec![("limosa.toml", config.as_str()), MIGRATION, (path, text)];
            files.extend(["services/api/migrations/1_a.sql", "services/b/migrations/1_a.sql"].map(|path| (path, "")));
            let found = consumers(&files, "api").unwrap_err();
            assert_eq!(found.first().map(String::as_str), Some(expected), "{path} with {config}");
        }
    }
}
