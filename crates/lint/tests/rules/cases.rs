//! `tests/cases/lint/<group>/<name>.sql`: migrations, and beside them what the rules of the group find, each at its own
//! level. A line `-- groups: locks` asks those of a further group. `LIMOSA_TEST_WRITE_LINT=1` writes what is found.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_lint::{Level, rules};
use limosa_syntax::{LineIndex, Severity};

use crate::project::Project;

fn cases() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|it| it == "sql") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/lint"), &mut found);
    found.sort();
    found
}

/// A line for each finding: `2.sql:3:1 error rule: message`, and what else is said below it.
fn rendered(project: &Project) -> String {
    let report = project.lint();
    let mut text = String::new();
    for finding in &report.findings {
        let diagnostic = &finding.diagnostic;
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place = match (&diagnostic.source, diagnostic.span) {
            (Some(source), Some(span)) => {
                let at = LineIndex::new(&source.text).locate(&source.text, span.start);
                format!("{}:{}:{}", source.path, at.line, at.column)
            }
            (Some(source), None) => source.path.clone(),
            _ => "all".to_owned(),
        };
        writeln!(text, "{place} {severity} {}: {}", finding.rule, diagnostic.message).unwrap();
        if let (Some(source), Some(span)) = (&diagnostic.source, diagnostic.span) {
            let shown = span.of(&source.text);
            writeln!(text, "  at: {}", shown.lines().next().unwrap_or_default()).unwrap();
        }
        let mut more = |kind: &str, said: &str| writeln!(text, "  {kind}: {said}").unwrap();
        diagnostic.label.iter().for_each(|it| more("label", it));
        diagnostic.notes.iter().for_each(|it| more("note", it));
        diagnostic.help.iter().for_each(|it| more("help", it));
        if let Some(fix) = &diagnostic.fix {
            more(if fix.safe { "safe fix" } else { "fix" }, &format!("{}: {:?}", fix.title, fix.replacement));
        }
    }
    if report.ignored > 0 {
        writeln!(text, "{} ignored", report.ignored).unwrap();
    }
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}

/// The migrations of a case, with the rules of its groups.
fn project(path: &Path) -> Project {
    let text = fs::read_to_string(path).unwrap();
    let folder = path.parent().and_then(Path::file_name).unwrap().to_string_lossy().replace('_', "-");
    let further: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("-- groups: ")).collect();
    let is_asked = |group: &str| group == folder || further.iter().any(|line| line.split(", ").any(|it| it == group));
    rules()
        .filter(|rule| !is_asked(rule.group.name()))
        .fold(Project::of(&text), |project, rule| project.with(rule, Level::Off))
}

#[test]
fn every_case_finds_what_stands_beside_it() {
    #[expect(clippy::disallowed_methods, reason = "a person who adds a case wants its findings written")]
    let write = std::env::var_os("LIMOSA_TEST_WRITE_LINT").is_some();
    let cases = cases();
    assert!(!cases.is_empty(), "there are no cases");
    let mut wrong = Vec::new();
    for path in cases {
        let found = rendered(&project(&path));
        let beside = path.with_extension("txt");
        if write {
            fs::write(&beside, &found).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
