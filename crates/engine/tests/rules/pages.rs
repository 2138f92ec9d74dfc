//! What the page of a rule says is what the rule does with a catalog.

use limosa_lint::{Example, Rule, rules};
use limosa_testkit::{Server, servers, thorough};

use crate::schema::{each, found, marks};

/// Environment variable that restricts the run to rules with a text in their name.
const ONLY: &str = "LIMOSA_RULE";

fn of_catalogs() -> Vec<&'static Rule> {
    #[expect(clippy::disallowed_methods, reason = "a person who mends one rule does not want to ask all of them")]
    let only = std::env::var(ONLY).unwrap_or_default();
    rules().filter(|rule| rule.reads_catalogs() && rule.id.contains(&only)).collect()
}

#[test]
fn every_rule_that_reads_catalogs_shows_what_it_finds_and_what_not() {
    for rule in of_catalogs() {
        let examples = rule.page().examples;
        assert!(examples.iter().any(|example| example.bad), "`{}` shows nothing that it finds", rule.id);
        assert!(examples.iter().any(|example| !example.bad), "`{}` shows nothing that is right", rule.id);
    }
}

#[test]
fn a_rule_finds_its_bad_examples_in_databases_and_not_the_good_ones() {
    let servers = servers();
    let mut jobs: Vec<(&Server, &Rule, Example)> = Vec::new();
    // Every day, each example on one of the servers; `--thorough` on all.
    for (turn, server) in servers.iter().enumerate() {
        let examples = of_catalogs().into_iter().flat_map(|rule| {
            let of_rule = move |example| (server, rule, example);
            rule.page().examples.into_iter().map(of_rule)
        });
        let is_today = |number: usize| thorough() || number % servers.len() == turn;
        jobs.extend(examples.enumerate().filter(|(number, _)| is_today(*number)).map(|(_, job)| job));
    }
    let wrong = each(&jobs, |(server, rule, example)| {
        let text = example.migrations.join("\n");
        let is_for = |since: &str| since.parse().is_ok_and(|since: u16| server.major().number() >= since);
        if !marks(&text, "since").all(is_for) {
            return None;
        }
        let place = format!("`{}` on {}", rule.id, server.major());
        match found(server, &text, Some(rule)) {
            Err(error) => Some(format!("{place}: {error}")),
            Ok(findings) => {
                let own: Vec<_> = findings.iter().filter(|finding| finding.rule == rule.id).collect();
                let said: Vec<_> = own.iter().map(|finding| finding.diagnostic.message.as_str()).collect();
                if own.iter().any(|finding| finding.object.is_none()) {
                    return Some(format!("{place} does not say what it is about: {said:?}"));
                }
                (own.is_empty() == example.bad).then(|| format!("{place} finds {said:?} in\n{text}"))
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
