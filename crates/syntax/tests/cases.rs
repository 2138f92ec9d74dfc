//! Every text of `tests/cases/syntax` and what is read from it, as snapshots beside the texts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use limosa_syntax::{LineIndex, Script, Span, advise, enum_values_used_later};

#[test]
fn texts_are_read_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/syntax").canonicalize().unwrap();
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    cases.sort();
    assert!(!cases.is_empty(), "there are cases in {}", folder.display());
    insta::with_settings!({
        snapshot_path => folder.join("snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for case in cases {
            let name = case.file_stem().unwrap().to_string_lossy().into_owned();
            insta::assert_snapshot!(name, describe(&fs::read_to_string(&case).unwrap()));
        }
    });
}

/// All that is read from a text, one line for each thing.
fn describe(text: &str) -> String {
    let script = Script::parse(text);
    let index = LineIndex::new(text);
    let place = |span: Span| {
        let (start, end) = (index.locate(text, span.start), index.locate(text, span.end));
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    };
    let mut out = String::new();
    for (number, statement) in script.statements.iter().enumerate() {
        let class = &statement.class;
        write!(out, "[{number}] {} {}", place(statement.span), class.tag).unwrap();
        if let Some(object) = &class.object {
            write!(out, " {object}").unwrap();
        }
        writeln!(out, "\n    {:?}, waits {:?}, settings {:?}", class.transaction, class.waits, class.settings).unwrap();
        if let Some(effect) = &class.effect {
            writeln!(out, "    {effect:?}").unwrap();
        }
        if let Some(data) = statement.copy_data {
            writeln!(out, "    data {} {:?}", place(data), data.of(text)).unwrap();
        }
    }
    for placed in &script.directives {
        let of = placed.statement.map_or("the file".to_owned(), |statement| format!("[{statement}]"));
        writeln!(out, "directive {} {:?} for {of}", place(placed.span), placed.directive).unwrap();
    }
    for problem in script.problems.iter().chain(&advise(text, &script)) {
        let (severity, span, code, message) = (problem.severity, problem.span, &problem.code, &problem.message);
        writeln!(out, "{severity:?} {} {code}: {message}", place(span)).unwrap();
        if let Some(help) = &problem.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    for (adds, uses) in enum_values_used_later(text, &script) {
        writeln!(out, "[{uses}] needs an enum value that [{adds}] adds").unwrap();
    }
    out
}
