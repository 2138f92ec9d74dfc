//! `tests/cases/lint_catalog/<group>/<name>.sql`: schemas, and beside them what is found, the same on every server.
//! `LIMOSA_TEST_WRITE_LINT=1` writes what is found.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_syntax::Severity;
use limosa_testkit::servers;

use crate::schema::{each, found, marks};

fn cases() -> Vec<PathBuf> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/lint_catalog")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let mut cases: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|it| it == "sql"));
    cases.sort();
    cases
}

/// A line for each finding, and what else is said below it.
fn rendered(findings: &[limosa_lint::Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let diagnostic = &finding.diagnostic;
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        writeln!(text, "{severity} {}: {}", finding.rule, diagnostic.message).unwrap();
        let mut more = |kind: &str, said: &str| writeln!(text, "  {kind}: {said}").unwrap();
        finding.object.iter().for_each(|it| more("object", &it.to_string()));
        diagnostic.notes.iter().for_each(|it| more("note", it));
        diagnostic.help.iter().for_each(|it| more("help", it));
    }
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}

#[test]
fn every_case_finds_what_stands_beside_it() {
    #[expect(clippy::disallowed_methods, reason = "what is found is written when a person asks for it")]
    let write = std::env::var_os("LIMOSA_TEST_WRITE_LINT").is_some();
    let (servers, cases) = (servers(), cases());
    assert!(!cases.is_empty(), "there are no cases");
    let jobs: Vec<_> = servers.iter().flat_map(|server| cases.iter().map(move |case| (server, case))).collect();
    let wrong = each(&jobs, |(server, path)| {
        let text = fs::read_to_string(path).unwrap();
        let is_for = |since: &str| since.parse().is_ok_and(|since: u16| server.major().number() >= since);
        if !marks(&text, "since").all(is_for) {
            return None;
        }
        let findings = found(server, &text, None).map(|findings| rendered(&findings));
        let found = findings.unwrap_or_else(|error| format!("{error}\n"));
        let beside = path.with_extension("txt");
        if write {
            fs::write(&beside, &found).unwrap();
            return None;
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        let place = format!("{} on {}", path.display(), server.major());
        (found != expected).then(|| format!("{place}\n--- expected\n{expected}--- found\n{found}"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
