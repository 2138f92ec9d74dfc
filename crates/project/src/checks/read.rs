//! From `checks` folders to queries.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, Script, SourceFile, Statement};

use super::CheckQuery;
use crate::file::{read_source, unreadable};
use crate::{Project, Service};

/// The name of a folder of checks.
const FOLDER: &str = "checks";

/// The checks of a service: those of its own folder (`checks`, or the one beside its migrations), then those of the
/// project's folder `checks`, which hold for every service.
///
/// # Errors
/// All that is wrong with the folders and files, together: a folder that is named and not there, statements that are no
/// queries, text that cannot be split.
pub fn read_checks(project: &Project, service: &Service) -> Result<Vec<CheckQuery>, Vec<Diagnostic>> {
    let (mut checks, mut problems) = (Vec::new(), Vec::new());
    for folder in folders(project, service, &mut problems) {
        for path in sql_files(project, &folder, &mut problems) {
            let shown = shown(&path);
            match read_source(&project.path(&path), &shown) {
                Ok(source) => match queries(&source) {
                    Ok(queries) => checks.extend(queries),
                    Err(found) => problems.extend(found),
                },
                Err(problem) => problems.push(*problem),
            }
        }
    }
    if problems.is_empty() { Ok(checks) } else { Err(problems) }
}

fn folders(project: &Project, service: &Service, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let of_project = PathBuf::from(FOLDER);
    let mut folders: Vec<PathBuf> =
        own_folder(project, service, service.checks.as_ref(), FOLDER, problems).into_iter().collect();
    if project.path(&of_project).is_dir() && !folders.contains(&of_project) {
        folders.push(of_project);
    }
    folders
}

/// The folder that a service names for something, which has to be there; else the one of this name nearest to its
/// migrations, going upwards.
pub(crate) fn own_folder(
    project: &Project,
    service: &Service,
    named: Option<&PathBuf>,
    usual: &str,
    problems: &mut Vec<Diagnostic>,
) -> Option<PathBuf> {
    let Some(named) = named else {
        let beside = service.migrations.ancestors().skip(1).map(|folder| folder.join(usual));
        return beside.into_iter().find(|folder| project.path(folder).is_dir());
    };
    if project.path(named).is_dir() {
        return Some(named.clone());
    }
    let message = format!("the folder `{}` of service `{}` does not exist", shown(named), service.name);
    let error = Diagnostic::error("missing-folder", message)
        .with_help(format!("create it, or correct `{usual}` of `{}` in limosa.toml", service.name));
    problems.push(match &service.declared {
        Some((source, span)) => error.at(source, *span),
        None => error,
    });
    None
}

/// The SQL files of a folder, in the order of their names.
pub(crate) fn sql_files(project: &Project, folder: &Path, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(project.path(folder)) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(unreadable(&shown(folder), &error));
            return Vec::new();
        }
    };
    let names = entries.flatten().filter(|entry| entry.path().is_file()).map(|entry| folder.join(entry.file_name()));
    let mut files: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|it| it == "sql")).collect();
    files.sort();
    files
}

/// A path as people know it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn queries(source: &Arc<SourceFile>) -> Result<Vec<CheckQuery>, Vec<Diagnostic>> {
    let script = Script::parse(&source.text);
    let mut problems: Vec<Diagnostic> = script
        .problems
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| problem.clone().into_diagnostic(source))
        .collect();
    let is_query = |statement: &&Statement| limosa_syntax::is_query(statement.span.of(&source.text));
    problems.extend(script.statements.iter().filter(|statement| !is_query(statement)).map(|statement| {
        Diagnostic::error("check-not-a-query", format!("`{}` checks nothing: it is no query", statement.class.tag))
            .at(source, statement.span)
            .with_help("a check is a query that returns the rows that must not be")
    }));
    if script.statements.is_empty() && problems.is_empty() {
        let error = Diagnostic::error("empty-check", format!("`{}` holds no query", source.path)).in_file(source);
        problems.push(error.with_help("write a query that returns the rows that must not be, or remove the file"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let stem = source.path.rsplit('/').next().unwrap_or(&source.path).trim_end_matches(".sql");
    let several = script.statements.len() > 1;
    let name = |at: usize| if several { format!("{stem} {}", at + 1) } else { stem.to_owned() };
    let check = |(at, statement): (usize, &Statement)| CheckQuery {
        name: name(at),
        source: Arc::clone(source),
        span: statement.span,
    };
    Ok(script.statements.iter().enumerate().map(check).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(files: &[(&str, &str)], service: &str) -> Result<Vec<String>, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = crate::load(folder.path()).unwrap().project;
        let service = project.services.iter().find(|it| it.name.as_str() == service).unwrap();
        let line = |check: CheckQuery| format!("{}: {}", check.name, check.span.of(&check.source.text));
        let found = read_checks(&project, service).map(|checks| checks.into_iter().map(line).collect());
        found.map_err(|errors| errors.iter().map(|error| error.code.to_string()).collect())
    }

    const TWO: &str = "[service.api]\n[service.auth]\nmigrations = \"auth/db/migrations\"\n";

    #[test]
    fn a_service_has_its_own_checks_and_those_of_the_project() {
        let files = [
            ("limosa.toml", TWO),
            ("services/api/migrations/001_a.sql", ""),
            ("auth/db/migrations/001_a.sql", ""),
            ("services/api/checks/keys.sql", "-- none\nSELECT 1 WHERE false;\n"),
            ("services/api/checks/README.md", ""),
            ("auth/checks/users.sql", "TABLE a; (SELECT 2)\n"),
            ("checks/all.sql", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ];
        let owned = |texts: &[&str]| Ok(texts.iter().map(|text| (*text).to_owned()).collect());
        let all = "all: WITH a AS (SELECT 1) SELECT * FROM a";
        assert_eq!(checks(&files, "api"), owned(&["keys: SELECT 1 WHERE false", all]));
        assert_eq!(checks(&files, "auth"), owned(&["users 1: TABLE a", "users 2: (SELECT 2)", all]));
    }

    #[test]
    fn what_is_no_query_is_no_check() {
        let files = [
            ("limosa.toml", "[project]\nname = \"api\"\n"),
            ("migrations/001_a.sql", ""),
            ("checks/a.sql", "DELETE FROM a"),
            ("checks/b.sql", "-- nothing"),
            ("checks/c.sql", "SELECT 'open"),
        ];
        let found = checks(&files, "api").unwrap_err();
        assert_eq!(found[..2], ["check-not-a-query", "empty-check"]);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_folder_that_is_named_must_be_there() {
        let toml = "[project]\nname = \"api\"\nchecks = \"nowhere\"\n";
        let files = [("limosa.toml", toml), ("migrations/001_a.sql", "")];
        assert_eq!(checks(&files, "api"), Err(vec!["missing-folder".to_owned()]));
    }
}
