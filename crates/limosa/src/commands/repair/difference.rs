//! Two texts, line by line.

use similar::{ChangeTag, TextDiff};

use crate::output::style;

/// As many lines are shown around a change.
const AROUND: usize = 3;

/// The lines that differ, with some around them; line ends do not count.
pub(super) fn difference(before: &str, after: &str) -> String {
    let (before, after) = (before.replace("\r\n", "\n"), after.replace("\r\n", "\n"));
    let diff = TextDiff::from_lines(before.trim_end(), after.trim_end());
    let mut text = String::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            text.push_str(&format!("  {}\n", style::faint("…")));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            text.push_str(&match change.tag() {
                ChangeTag::Equal => format!("    {line}\n"),
                ChangeTag::Delete => format!("  {}\n", style::failed(format!("- {line}"))),
                ChangeTag::Insert => format!("  {}\n", style::done(format!("+ {line}"))),
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_differ_are_marked() {
        let shown = anstream::adapter::strip_str(&difference("a\r\nb\r\nc\r\n", "a\nB\nc")).to_string();
        assert_eq!(shown, "    a\n  - b\n  + B\n    c\n");
        assert_eq!(difference("a\n", "a"), "");
    }
}
