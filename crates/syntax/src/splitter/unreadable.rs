//! What the server could not read: open quotes, bytes that no SQL text may hold.

use crate::token::{Token, TokenKind};
use crate::words::Words;
use crate::{Problem, Span};

/// U+FEFF, which editors on Windows put before a text.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// A quote or comment that runs to the end of the text, reported where it opens.
pub(super) fn unterminated(text: &str, token: Token) -> Problem {
    let opening = opening(text, token);
    let (code, what, help) = match token.kind {
        TokenKind::BlockComment => (
            "unterminated-comment",
            "comment",
            "close it with `*/`; comments nest, so each `/*` needs its own".to_owned(),
        ),
        TokenKind::DollarString => {
            ("unterminated-dollar-quote", "dollar quote", format!("close it with `{}`", opening.of(text)))
        }
        TokenKind::QuotedIdentifier | TokenKind::UnicodeIdentifier => (
            "unterminated-identifier",
            "quoted name",
            "close it with `\"`; a quote inside is doubled: `\"\"`".to_owned(),
        ),
        _ => ("unterminated-string", "string", "close it with `'`; a quote inside is doubled: `''`".to_owned()),
    };
    Problem::error(code, opening, format!("this {what} is never closed, so the rest of the text belongs to it"))
        .with_label("opens here")
        .with_help(help)
}

fn opening(text: &str, token: Token) -> Span {
    let all = token.span.of(text);
    let length = match token.kind {
        TokenKind::BlockComment => 2,
        TokenKind::DollarString => all.get(1..).and_then(|rest| rest.find('$')).map_or(1, |tag| tag + 2),
        _ => all.find(['\'', '"']).map_or(1, |prefix| prefix + 1),
    };
    Span::new(token.span.start, (token.span.start + length).min(token.span.end))
}

/// A zero byte, which ends the text for the server wherever it stands.
pub(super) fn zero_byte(text: &str, section: Span) -> Option<Problem> {
    let at = section.start + text.get(section.start..)?.find('\0')?;
    let message = "the text holds a zero byte, which PostgreSQL cannot take";
    Some(
        Problem::error("zero-byte", Span::new(at, at + 1), message)
            .with_help("is this a binary file, or one in UTF-16? save it as UTF-8"),
    )
}

/// A byte order mark that is not at the beginning of the text: somebody joined files.
pub(super) fn stray_byte_order_mark(token: Token) -> Problem {
    let span = Span::new(token.span.start, token.span.start + BYTE_ORDER_MARK.len_utf8());
    Problem::error("stray-byte-order-mark", span, "a byte order mark (U+FEFF) stands in the middle of the text")
        .with_help("delete this invisible character; joining files leaves it behind")
}

/// Whether plain strings take backslash escapes after this statement; `None` where it does not speak of that.
pub(crate) fn backslash_escapes_after(mut words: Words<'_>) -> Option<bool> {
    const SETTING: &[&str] = &["STANDARD_CONFORMING_STRINGS"];
    if words.take(&["RESET"]) {
        return (words.at(SETTING) || words.at(&["ALL"])).then_some(false);
    }
    if words.at(&["DISCARD", "ALL"]) {
        return Some(false);
    }
    if !words.take(&["SET"]) {
        return None;
    }
    words.take_any(&["SESSION", "LOCAL"]);
    if !words.take(SETTING) {
        return None;
    }
    words.next();
    let value = words.string().or_else(|| words.next().map(|token| words.text_of(token).to_owned()))?;
    let value = value.to_ascii_lowercase();
    // The server takes any beginning of these words that is not ambiguous.
    let is_off = matches!(value.as_str(), "0" | "of") || prefix_of(&value, &["off", "false", "no"]);
    Some(is_off)
}

fn prefix_of(value: &str, words: &[&str]) -> bool {
    !value.is_empty() && value != "o" && words.iter().any(|word| word.starts_with(value))
}
