//! What the page of a rule says is what the rule does.

use limosa_lint::{Example, Level, Report, Rule, rules};
use limosa_syntax::Script;

use crate::project::{Project, file};

fn project(rule: &Rule, example: &Example) -> Project {
    Project::of(&example.migrations.join("-- next migration\n")).with(rule, Level::Error)
}

/// The findings of a rule in the last migration of an example.
fn found(rule: &Rule, example: &Example, report: &Report) -> usize {
    let last = format!("{}.sql", example.migrations.len());
    let is_wanted = |finding: &&limosa_lint::Finding| {
        let is_in_last = finding.diagnostic.source.as_ref().is_none_or(|source| source.path == last);
        finding.rule == rule.id && is_in_last
    };
    report.findings.iter().filter(is_wanted).count()
}

#[test]
fn no_two_rules_have_one_name() {
    let mut names: Vec<_> = rules().map(|rule| rule.id).collect();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_rule_has_a_page_with_a_summary_and_a_reason() {
    for rule in rules() {
        let page = rule.page();
        assert!(page.summary.len() > 10, "`{}` does not say what it finds in its first line", rule.id);
        assert!(page.summary.len() < 110, "the first line of `{}` is too long for a list", rule.id);
        assert!(page.body.len() > 80, "`{}` does not say why", rule.id);
    }
}

#[test]
fn every_rule_that_reads_statements_shows_what_it_finds_and_what_not() {
    for rule in rules().filter(|rule| rule.reads_scripts()) {
        let examples = rule.page().examples;
        assert!(examples.iter().any(|example| example.bad), "`{}` shows nothing that it finds", rule.id);
        assert!(examples.iter().any(|example| !example.bad), "`{}` shows nothing that is right", rule.id);
    }
}

#[test]
fn a_rule_finds_its_bad_examples_and_not_the_good_ones() {
    let mut wrong = Vec::new();
    for rule in rules().filter(|rule| rule.reads_scripts()) {
        for example in rule.page().examples {
            let report = project(rule, &example).lint();
            let count = found(rule, &example, &report);
            if (count > 0) != example.bad {
                let text = example.migrations.join("-- next migration\n");
                wrong.push(format!("`{}` finds {count} in\n{text}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_can_be_read_as_sql() {
    for rule in rules().filter(|rule| rule.reads_scripts() && rule.id != "unreadable") {
        for text in rule.page().examples.iter().flat_map(|example| &example.migrations) {
            let script = Script::parse(text);
            let advice = limosa_syntax::advise(text, &script);
            assert!(advice.is_empty() || rule.id == "syntax", "`{}`: {advice:?}", rule.id);
        }
    }
}

/// Applies the first fix of a rule, and gives the whole text anew.
fn fixed(rule: &Rule, project: &Project, report: &Report) -> Option<String> {
    let finding = report.findings.iter().find(|it| it.rule == rule.id && it.diagnostic.fix.is_some())?;
    let (fix, source) = (finding.diagnostic.fix.as_ref()?, finding.diagnostic.source.as_ref()?);
    let texts = project.files.iter().map(|file| {
        let text = file.source.text.to_string();
        if file.source.path == source.path {
            format!("{}{}{}", &text[..fix.span.start], fix.replacement, &text[fix.span.end..])
        } else {
            text
        }
    });
    Some(texts.collect::<Vec<_>>().join("-- next migration\n"))
}

#[test]
fn a_fix_can_be_read_and_clears_its_finding() {
    for rule in rules() {
        for example in rule.page().examples.iter().filter(|example| example.bad) {
            let project = project(rule, example);
            let report = project.lint();
            let Some(text) = fixed(rule, &project, &report) else { continue };
            for part in text.split("-- next migration\n") {
                let parsed = Script::parse(part);
                assert!(!parsed.has_errors(), "the fix of `{}` makes {part}", rule.id);
                assert!(limosa_syntax::advise(part, &parsed).is_empty(), "the fix of `{}` makes {part}", rule.id);
                assert_eq!(file(0, part).section.end, part.len());
            }
            let again = Project::of(&text).with(rule, Level::Error).lint();
            let (before, after) = (found(rule, example, &report), found(rule, example, &again));
            assert!(after < before, "the fix of `{}` clears nothing:\n{text}", rule.id);
        }
    }
}
