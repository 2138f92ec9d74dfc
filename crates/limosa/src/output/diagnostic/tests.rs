use std::sync::Arc;

use anstream::adapter::strip_str;
use limosa_syntax::{Fix, LineIndex};
use proptest::prelude::*;

use super::*;

const PATH: &str = "services/auth/migrations/20241222160000_rename_column_in_users/migration.sql";

fn source(text: impl Into<Arc<str>>) -> Arc<SourceFile> {
    Arc::new(SourceFile { path: PATH.into(), text: text.into() })
}

fn shown(diagnostic: &Diagnostic) -> String {
    strip_str(&DiagnosticRenderer::new(Some(100)).render(diagnostic)).to_string()
}

fn at(text: &str, word: &str) -> Diagnostic {
    let start = text.find(word).unwrap();
    Diagnostic::error("statement-failed", "column \"fullname\" does not exist")
        .at(&source(text), Span::new(start, start + word.len()))
        .with_label("PostgreSQL says 42703")
}

#[test]
fn a_diagnostic_with_all_its_parts() {
    let text = "-- names\nALTER TABLE \"User\"\n  RENAME COLUMN fullname TO \"fullName\";\nSELECT 1;\n";
    let diagnostic = at(text, "fullname")
        .with_note("20241222160000 rename_column_in_users was rolled back; nothing of it is in effect")
        .with_help("did you mean \"fullName\"?\nrun `limosa status` to see what is there");
    insta::assert_snapshot!(shown(&diagnostic), @r#"
    error[statement-failed]: column "fullname" does not exist
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:3:17
      |
    3 |   RENAME COLUMN fullname TO "fullName";
      |                 ^^^^^^^^ PostgreSQL says 42703
      |
      = note: 20241222160000 rename_column_in_users was rolled back; nothing of it is in effect
      = help: did you mean "fullName"?
              run `limosa status` to see what is there
    "#);
}

#[test]
fn a_file_as_a_whole_with_a_fix() {
    let mut diagnostic = Diagnostic::error("edited-applied-file", "`20241222120000` was edited after it was applied")
        .in_file(&source("select 1;"))
        .with_help("put it back with `limosa repair --restore 20241222120000`");
    let replacement = "ALTER TABLE t\n  …\n".into();
    diagnostic.fix = Some(Fix { safe: false, title: "write".into(), span: Span::new(0, 1), replacement });
    insta::assert_snapshot!(shown(&diagnostic), @r"
    error[edited-applied-file]: `20241222120000` was edited after it was applied
    --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql
     = help: write: `ALTER TABLE t …`
     = help: put it back with `limosa repair --restore 20241222120000`
    ");
}

#[test]
fn what_can_be_mended_without_being_looked_at() {
    let mut diagnostic = Diagnostic::error("index-not-concurrent", "nobody can write").in_file(&source("select 1;"));
    let replacement = "INDEX CONCURRENTLY".into();
    diagnostic.fix =
        Some(Fix { safe: true, title: "build it concurrently".into(), span: Span::new(0, 1), replacement });
    insta::assert_snapshot!(shown(&diagnostic), @r"
    error[index-not-concurrent]: nobody can write
    --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql
     = help: build it concurrently: `limosa lint --fix` does it
    ");
}

#[test]
fn no_place_at_all() {
    let stopped = Diagnostic::warning("stopped", "stopped on request").with_note("no migration is half done");
    insta::assert_snapshot!(shown(&stopped), @r"
    warning[stopped]: stopped on request
     |
     = note: no migration is half done
    ");
}

#[test]
fn tabs_and_carriage_returns() {
    let text = "begin;\r\n\tselect\tfullname\r\n\tfrom t;\r\n";
    insta::assert_snapshot!(shown(&at(text, "fullname")), @r#"
    error[statement-failed]: column "fullname" does not exist
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:2:9
      |
    2 |     select    fullname
      |               ^^^^^^^^ PostgreSQL says 42703
    "#);
    insta::assert_snapshot!(shown(&at(text, "select\tfullname\r\n\tfrom t")), @r#"
    error[statement-failed]: column "fullname" does not exist
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:2:2
      |
    2 | /     select    fullname 
    3 | |     from t;
      | |__________^ PostgreSQL says 42703
    "#);
}

#[test]
fn a_very_long_line() {
    let text =
        format!("SELECT 1;\nINSERT INTO t VALUES ({}fullname{});\n", "11, ".repeat(40_000), ", 22".repeat(40_000));
    insta::assert_snapshot!(shown(&at(&text, "fullname")), @r#"
    error[statement-failed]: column "fullname" does not exist
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:2:160023
      |
     ::: 
    2 | ..., 11, 11, 11, 11, 11, 11, 11, fullname, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22...
      |                                  ^^^^^^^^ PostgreSQL says 42703
    "#);
}

#[test]
fn the_end_of_a_file() {
    let diagnostic = Diagnostic::error("unfinished", "a quote is not closed");
    insta::assert_snapshot!(shown(&diagnostic.clone().at(&source("select 'a"), Span::new(9, 9)).with_label("here")), @r"
    error[unfinished]: a quote is not closed
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:1:10
      |
    1 | select 'a
      |          ^ here
    ");
    insta::assert_snapshot!(shown(&diagnostic.clone().at(&source("select 'a\n"), Span::new(10, 10))), @r"
    error[unfinished]: a quote is not closed
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:2:1
      |
    2 |
      | ^
    ");
    insta::assert_snapshot!(shown(&diagnostic.at(&source(""), Span::new(0, 0))), @r"
    error[unfinished]: a quote is not closed
     --> services/auth/migrations/20241222160000_rename_column_in_users/migration.sql:1:1
      |
    1 |
      | ^
    ");
}

#[test]
fn a_line_deep_in_a_large_file_keeps_its_number() {
    let text = format!("{}select fullname;\n{}", "select 1;\n".repeat(1_234_566), "select 2;\n".repeat(1_000_000));
    let shown = shown(&at(&text, "fullname"));
    assert!(shown.contains(&format!("{PATH}:1234567:8")) && shown.contains("1234567 | select fullname;"), "{shown}");
    assert!(shown.len() < 1_000, "{} bytes", shown.len());
}

#[test]
fn several_are_set_apart() {
    let two = [Diagnostic::error("one", "first"), Diagnostic::warning("two", "second")];
    insta::assert_snapshot!(strip_str(&render_diagnostics(&two, None)).to_string(), @r"
    error[one]: first

    warning[two]: second
    ");
    assert_eq!(render_diagnostics(&[], None), "");
}

#[test]
fn a_message_cannot_move_the_cursor() {
    let diagnostic = at("select '\u{1b}[2J', fullname", "fullname").with_note("\u{1b}[2J").with_help("\r\u{1b}[2J");
    let rendered = DiagnosticRenderer::new(None).render(&diagnostic);
    assert!(!rendered.contains("\u{1b}[2J") && !rendered.contains('\r'), "{rendered:?}");
}

proptest! {
    #[test]
    fn any_span_of_any_text_can_be_shown(
        text in r"([a-z\t ü患']{0,40}(\n|\r\n|\r)?){0,12}",
        start in 0_usize..300,
        end in 0_usize..300,
        width in 0_usize..200,
    ) {
        let source = source(text.as_str());
        let diagnostic = Diagnostic::error("x", "message").at(&source, Span { start, end }).with_label("label");
        let rendered = DiagnosticRenderer::new(Some(width)).render(&diagnostic);
        prop_assert!(rendered.contains("message") && !rendered.contains('\r'), "{rendered:?}");
        let plain = strip_str(&rendered).to_string();
        let place = LineIndex::new(&text).locate(&text, start);
        prop_assert!(plain.contains(&format!("{PATH}:{}:{}\n", place.line, place.column)), "{place:?}\n{plain}");
    }
}
