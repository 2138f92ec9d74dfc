//! Every rule, on any text. A rule that panics is a finding of its own, which must not come up.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use limosa_catalog::{Identifier, ServerMajor};
use limosa_lint::{File, Level, Linter, Role, Settings, Sizes, rules};
use limosa_plan::Mode;
use limosa_plan::lock::Known;
use limosa_syntax::{SourceFile, Span};

fuzz_target!(|text: &str| {
    let mut settings = Settings::default();
    rules().for_each(|rule| settings.set_level(rule, Level::Error));
    let public: Vec<Identifier> = Identifier::new("public").into_iter().collect();
    let linter = Linter {
        settings: &settings,
        sizes: &Sizes::default(),
        major: ServerMajor::NEWEST,
        search_path: public.clone(),
        start: Known::nothing(public),
    };
    let file = File {
        source: Arc::new(SourceFile { path: "1_any.sql".to_owned(), text: text.into() }),
        section: Span::new(0, text.len()),
        role: Role::Migration,
        mode: Mode::Auto,
        name: Some("any".to_owned()),
        version: Some("1".to_owned()),
        has_down: false,
        context: false,
        rollout: 0,
    };
    for finding in linter.lint(&[file], &BTreeMap::new()).findings {
        assert_ne!(finding.rule, "rule-panicked", "{}", finding.diagnostic.message);
        let span = finding.diagnostic.span.unwrap_or(Span::new(0, 0));
        assert!(text.get(span.start..span.end).is_some(), "{}", finding.rule);
    }
});
