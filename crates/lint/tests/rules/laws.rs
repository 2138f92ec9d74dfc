//! Whatever a file holds, no rule breaks down over it, and what is found is in it.

use limosa_lint::{Level, rules};
use proptest::prelude::*;

use crate::project::Project;

/// Every rule, at its heaviest.
fn hold(text: &str) {
    // What the harness itself would read.
    let text = ["-- limosa.toml:", "-- rows:", "-- groups:", "-- version:"]
        .iter()
        .fold(text.to_owned(), |text, said| text.replace(said, "--"));
    let mut project = Project::of(&text);
    rules().for_each(|rule| project.settings.set_level(rule, Level::Error));
    for finding in project.lint().findings {
        assert_ne!(finding.rule, "rule-panicked", "{}: {text:?}", finding.diagnostic.message);
        let (Some(source), Some(span)) = (&finding.diagnostic.source, finding.diagnostic.span) else { continue };
        let fits = source.text.get(span.start..span.end).is_some();
        assert!(fits, "`{}` names a place that is not in {:?}", finding.rule, source.text);
    }
}

/// The examples of all pages, which hold what rules look for.
fn examples() -> Vec<String> {
    rules().flat_map(|rule| rule.page().examples).flat_map(|example| example.migrations).collect()
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,200}") {
        hold(&text);
    }

    #[test]
    fn words_of_sql_in_any_order(
        words in prop::collection::vec(prop::sample::select(examples()), 1..4),
        cut in any::<prop::sample::Index>(),
        again in any::<prop::sample::Index>(),
    ) {
        let text = words.concat();
        let at = |index: prop::sample::Index| text.floor_char_boundary(index.index(text.len() + 1));
        let (one, other) = (at(cut).min(at(again)), at(cut).max(at(again)));
        hold(&format!("{}{}", &text[..one], &text[other..]));
        hold(&text[one..other]);
    }
}

#[test]
fn deep_nesting() {
    for (open, close) in [("(", ")"), ("[", "]"), ("CASE WHEN ", " END"), ("SELECT (", ")")] {
        let depth = 20_000;
        let inner = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        hold(&format!("SELECT {inner};\n"));
        hold(&format!("ALTER TABLE visit ADD COLUMN x int DEFAULT {inner}, ADD CHECK ({inner});\n"));
        hold(&format!("CREATE TABLE visit (id int, CHECK ({inner}));\n"));
        hold(&format!("DO $$ BEGIN {inner}; END $$;\n"));
        // What is never closed.
        hold(&format!("CREATE INDEX ON visit ({}", open.repeat(depth)));
    }
}
