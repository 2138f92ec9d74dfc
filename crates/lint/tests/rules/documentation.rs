//! `docs/rules.md` holds what the pages of the rules say.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use limosa_lint::{Group, rules};

fn written() -> String {
    let mut text = String::from(
        "# The rules\n\nWritten by `cargo xtask docs` from the comments at the head of the rules' files; \
         `limosa lint --explain RULE` shows the same.\n\n",
    );
    for group in Group::ALL {
        writeln!(text, "- {}", group.name()).unwrap();
        for rule in rules().filter(|rule| rule.group == group) {
            writeln!(text, "  - [{}](#{}): {}", rule.id, rule.id, rule.page().summary).unwrap();
        }
    }
    for rule in rules() {
        let page = rule.page();
        write!(text, "\n## {}\n\n{}.\n\n{}", rule.id, page.summary, page.body).unwrap();
    }
    text
}

#[test]
fn the_documentation_says_what_the_pages_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    #[expect(clippy::disallowed_methods, reason = "a person who changes a page wants it written")]
    let write = std::env::var_os("LIMOSA_TEST_WRITE_DOCS").is_some();
    if write {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, written()).unwrap();
        return;
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == written(), "docs/rules.md is out of date; `cargo xtask docs` writes it anew");
}
