//! What holds for every text.

use limosa_syntax::{Command, Script, Span, Statement, advise, enum_values_used_later, placeholders, substitute};
use proptest::prelude::*;

/// Pieces of SQL in which quotes, comments, bodies and data open and close at random.
const PIECES: &[&str] = &[
    "SELECT 1",
    ";",
    "\n",
    "\r\n",
    " ",
    "'",
    "''",
    "E'",
    "\\",
    "\\'",
    "\"",
    "$$",
    "$a$",
    "$1",
    "/*",
    "*/",
    "--",
    "(",
    ")",
    "[",
    "]",
    "BEGIN",
    "ATOMIC",
    "END",
    "CASE",
    "CREATE FUNCTION f()",
    "ALTER TABLE t ",
    "ADD COLUMN c text DEFAULT",
    "ADD CONSTRAINT k",
    "CHECK (a IS NOT NULL)",
    "CREATE TABLE t (",
    "ALTER COLUMN c TYPE",
    "USING",
    "REFERENCES",
    "FROM",
    "EXECUTE",
    "COPY t FROM stdin;",
    "\\.",
    "\n\\.\n",
    "\\gexec",
    "\\restrict x",
    "{{",
    "}}",
    "${env:A}",
    "${",
    "%(a)s",
    ":a",
    "::",
    ":=",
    "U&'",
    "U&\"",
    "é",
    "\u{feff}",
    "\0",
    "-- limosa: down\n",
    "-- limosa: allow x\n",
    "SET standard_conforming_strings = off;",
    "set_config(",
    "DO",
    "WITH",
    "ALTER TYPE m ADD VALUE 'x'",
    "'x'",
    ",",
    ".",
    "1e",
    "0x",
    "<%",
    "DETACH PARTITION",
    "VACUUM (",
    "CREATE INDEX ON",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// Whole statements, whatever stands beside them.
fn statements() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(
        prop::sample::select(
            &[
                "SELECT 'a;b', $$;$$, \"c;d\"",
                "CREATE TABLE t (\n  a int -- one;\n, b text /* ; */\n)",
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 END; END",
                "DO $do$ BEGIN PERFORM 1; END $do$",
                "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
                "INSERT INTO t VALUES (E'\\';', U&'\\0061;', a$b$, $1)",
                "SELECT 1 + /* x */ 2",
            ][..],
        ),
        0..8,
    )
}

const SPACE: [char; 4] = [' ', '\n', '\r', '\t'];

/// Spans are in order, apart from each other, on character boundaries, not empty, and hold no white space at their
/// ends.
fn assert_well_formed(text: &str, section: Span, script: &Script) {
    let mut from = section.start;
    for statement in &script.statements {
        let span = statement.span;
        assert!(from <= span.start && span.start < span.end && span.end <= section.end, "{span:?} in {section:?}");
        let sql = text.get(span.start..span.end).expect("a statement is on character boundaries");
        assert!(!sql.starts_with(SPACE), "{sql:?}");
        // What is never closed goes on to the end of the text.
        assert!(script.has_errors() || !sql.ends_with(SPACE), "{sql:?}");
        from = span.end;
        if let Some(data) = statement.copy_data {
            assert!(from <= data.start && data.start <= data.end && data.end <= section.end, "{data:?} after {span:?}");
            assert!(text.get(data.start..data.end).is_some(), "data are on character boundaries");
            from = data.end;
        }
    }
    for span in
        script.problems.iter().map(|problem| problem.span).chain(script.directives.iter().map(|placed| placed.span))
    {
        assert!(section.start <= span.start && span.end <= section.end, "{span:?} in {section:?}");
        assert!(text.get(span.start..span.end).is_some(), "{span:?} is on character boundaries");
    }
    for placed in &script.directives {
        assert!(placed.statement.is_none_or(|statement| statement < script.statements.len()), "{placed:?}");
    }
}

fn assert_readable(text: &str) {
    let script = Script::parse(text);
    assert_well_formed(text, Span::new(0, text.len()), &script);
    for advice in advise(text, &script) {
        assert!(text.get(advice.span.start..advice.span.end).is_some(), "{advice:?}");
    }
    for (adds, uses) in enum_values_used_later(text, &script) {
        assert!(adds < uses && uses < script.statements.len());
    }
    let _ = Command::of(text);
    for placeholder in placeholders(text) {
        assert_eq!(placeholder.span.of(text), format!("${{{}}}", placeholder.name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        assert_readable(&text);
    }

    #[test]
    fn any_pieces_of_sql_are_read(text in pieces()) {
        assert_readable(&text);
    }

    #[test]
    fn any_section_is_read(text in pieces(), start in 0_usize..60, length in 0_usize..200) {
        let section = Span::new(start, start + length);
        let script = Script::parse_section(&text, section);
        let end = text.floor_char_boundary(section.end);
        assert_well_formed(&text, Span::new(section.start.min(end), end), &script);
    }

    #[test]
    fn a_section_is_read_as_the_same_text_alone(before in "[a-zé ;\n]{0,20}", text in pieces()) {
        // A byte order mark is one only where the whole text begins.
        prop_assume!(!text.starts_with('\u{feff}'));
        let whole = format!("{before}{text}");
        let section = Script::parse_section(&whole, Span::new(before.len(), whole.len()));
        let alone = Script::parse(&text);
        let shifted: Vec<_> = alone.statements.iter().map(|statement| statement.span.shifted(before.len())).collect();
        prop_assert_eq!(section.statements.iter().map(|statement| statement.span).collect::<Vec<_>>(), shifted);
        prop_assert_eq!(section.problems.len(), alone.problems.len());
    }

    #[test]
    fn statements_that_are_joined_come_apart_again(statements in statements()) {
        let text = statements.join(";\n");
        let script = Script::parse(&text);
        let found: Vec<_> = script.statements.iter().map(|statement| statement.span.of(&text)).collect();
        prop_assert_eq!(found, statements);
        prop_assert_eq!(script.problems, vec![]);
    }

    #[test]
    fn line_ends_do_not_matter(text in pieces()) {
        let lf = text.replace('\r', "");
        let crlf = lf.replace('\n', "\r\n");
        let (unix, windows) = (Script::parse(&lf), Script::parse(&crlf));
        let texts = |text: &str, script: &Script| -> Vec<String> {
            script.statements.iter().map(|statement| statement.span.of(text).replace('\r', "")).collect()
        };
        prop_assert_eq!(texts(&lf, &unix), texts(&crlf, &windows));
        let tags = |script: &Script| -> Vec<String> {
            let class = |statement: &Statement| format!("{} {:?}", statement.class.tag, statement.class.transaction);
            script.statements.iter().map(class).collect()
        };
        prop_assert_eq!(tags(&unix), tags(&windows));
        let directives = |script: &Script| -> Vec<_> {
            script.directives.iter().map(|placed| (placed.directive.clone(), placed.statement)).collect()
        };
        prop_assert_eq!(directives(&unix), directives(&windows));
        prop_assert_eq!(unix.problems.len(), windows.problems.len());
    }

    #[test]
    fn a_value_put_in_never_adds_a_statement(value in "[a-z$'\"\\\\;/*-]{0,12}", quote in 0_usize..5) {
        let (open, close) = [("", ""), ("'", "'"), ("E'", "'"), ("\"", "\""), ("$ab$", "$ab$")][quote];
        let text = format!("SELECT {open}x${{env:A}}y{close}, 1; SELECT 2");
        let text = if quote == 0 { text.replace("x$", "$").replace("}y", "}") } else { text };
        if let Ok(filled) = substitute(&text, &|_| Some(value.clone())) {
            let script = Script::parse(&filled);
            prop_assert_eq!(script.problems, vec![], "{}", filled);
            prop_assert_eq!(script.statements.len(), 2, "{}", filled);
            prop_assert!(script.statements[0].span.of(&filled).ends_with(", 1"), "{}", filled);
        }
    }
}

/// A text that is nested 100,000 deep, for each way to nest.
#[test]
fn depth_does_not_overflow_the_stack() {
    const DEPTH: usize = 100_000;
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("/*", "", "*/"),
        ("[", "1", "]"),
        ("CASE WHEN a THEN ", "1", " END"),
        ("CREATE FUNCTION f() BEGIN ATOMIC CASE ", "", " END"),
        ("SELECT (", "1", ")"),
        ("NOT ", "a", ""),
        ("- ", "1", ""),
        ("1 + ", "1", ""),
        ("a.", "b", ""),
        ("x(", "1", ")"),
        ("set_config('a', ", "b", ", true)"),
        ("$a", "", "$"),
        ("WITH a AS (", "SELECT 1", ") SELECT 1"),
        ("BEGIN;", "", "END;"),
    ] {
        let text = format!("SELECT {}{middle}{}", open.repeat(DEPTH), close.repeat(DEPTH));
        assert_readable(&text);
        let text = format!("DO $$ {}{middle}{} $$", open.repeat(DEPTH), close.repeat(DEPTH));
        assert_readable(&text);
        let text = format!("SELECT {}{middle}", open.repeat(DEPTH));
        assert_readable(&text);
    }
}

/// A file that is not SQL at all does not fill the memory with problems.
#[test]
fn problems_are_reported_up_to_a_number() {
    let text = "{".repeat(10_000);
    let script = Script::parse(&text);
    assert_eq!(script.problems.len(), 101);
    assert_eq!(script.problems.last().unwrap().message, "4900 more problems are not shown");
}

#[test]
fn deep_nesting_is_read() {
    for open in ["(", "FROM (", "COPY (", "EXECUTE $a$", "CHECK ("] {
        for begin in
            ["ALTER TABLE t ADD CHECK ", "ALTER TABLE t ALTER c TYPE text USING ", "SELECT ", "COPY ", "DO $x$ BEGIN "]
        {
            let _ = Command::of(&format!("{begin}{}", open.repeat(2000)));
        }
    }
    let _ = Command::of(&format!("ALTER TABLE t ADD CHECK {}a{}", "(".repeat(100_000), ")".repeat(100_000)));
}

#[test]
fn what_is_nested_too_deep_is_not_known() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    let check = |depth: usize| format!("ALTER TABLE visit ADD CHECK ({} > 0)", nested(depth));
    assert!(matches!(Command::of(&check(900)), Command::AlterTable { .. }));
    assert_eq!(Command::of(&check(20_000)), Command::Unknown);
    let block = format!("DO $$ BEGIN {}; END $$", check(20_000));
    assert_eq!(Command::of(&block), Command::Block(vec![Command::Unknown]), "it may do anything");
    // What is said is no nesting.
    let said = format!("INSERT INTO visit (reason) VALUES ('{}')", "(".repeat(5_000));
    assert!(matches!(Command::of(&said), Command::Insert { .. }));
}
