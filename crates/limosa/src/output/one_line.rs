//! Text from elsewhere, made fit to stand in a line of ours.

use std::borrow::Cow;

/// The text in one line: runs of white space become one space, and other control characters, which could move a
/// terminal's cursor or forge a line of a log, become `�`.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let calm = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if calm && !text.chars().any(|c| c.is_control() || reorders(c)) {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    Cow::Owned(
        words
            .join(" ")
            .chars()
            .map(|c| if c.is_control() || reorders(c) { char::REPLACEMENT_CHARACTER } else { c })
            .collect(),
    )
}

/// The text with its lines as they are, and otherwise as [`one_line`] would have it, white space apart.
pub(crate) fn several_lines(text: &str) -> Cow<'_, str> {
    let unfit = |c: char| (c.is_control() && c != '\n') || reorders(c);
    if !text.contains(unfit) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match c {
        '\t' => ' ',
        c if unfit(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    Cow::Owned(text.replace("\r\n", "\n").chars().map(shown).collect())
}

/// Whether the character changes the direction in which the text around it is shown.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_stays_in_its_line() {
        for (text, shown) in [
            ("relation \"a b\" exists", "relation \"a b\" exists"),
            (" select 1,\r\n\t 2 ", "select 1, 2"),
            ("\u{1b}[2Jgone\u{202e}", "�[2Jgone�"),
            ("", ""),
            ("\n", ""),
        ] {
            assert_eq!(one_line(text), shown, "{text:?}");
        }
    }

    #[test]
    fn lines_are_kept_where_they_may_be() {
        assert_eq!(several_lines("one\r\n\ttwo  \u{1b}[2J\rthree"), "one\n two  �[2J�three");
        assert!(matches!(several_lines("one\ntwo"), Cow::Borrowed(_)));
    }

    #[test]
    fn calm_text_is_not_copied() {
        assert!(matches!(one_line("20241222120000 initial_schema"), Cow::Borrowed(_)));
    }
}
