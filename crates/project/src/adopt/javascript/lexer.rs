//! The words, texts and marks of a program; comments are left out.

use crate::adopt::token::Token;

/// The pieces of a program. Any text has some; what is cut off ends where the text ends.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") || rest.starts_with("#!") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else if matches!(first, '\'' | '"' | '`') {
            let (token, length) = quoted(rest, first);
            tokens.push(token);
            rest = rest.get(length..).unwrap_or_default();
        } else if is_in_word(first) {
            let end = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Mark(first));
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    tokens
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// A text in these quotes, and how many bytes it takes with them.
fn quoted(rest: &str, quote: char) -> (Token, usize) {
    let mut value = String::new();
    let mut is_whole = true;
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return (Token::Text { value, is_whole }, at + c.len_utf8());
        }
        match c {
            '\\' => value.extend(chars.next().and_then(|(_, escaped)| unescaped(escaped))),
            _ => {
                is_whole &= !(quote == '`' && c == '$' && chars.peek().is_some_and(|(_, next)| *next == '{'));
                value.push(c);
            }
        }
    }
    (Token::Text { value, is_whole: false }, rest.len())
}

fn unescaped(c: char) -> Option<char> {
    match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        // A line that goes on.
        '\n' => None,
        other => Some(other),
    }
}
