//! The logical lines of a Python file; comments are left out.

use crate::adopt::token::Token;

/// A line, with those that go on inside brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// How far it is moved to the right, in characters.
    pub(super) indent: usize,
    /// Its pieces; at least one.
    pub(super) tokens: Vec<Token>,
}

/// The logical lines of a file. Any text has some; what is cut off ends where the text ends.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line { indent: 0, tokens: Vec::new() };
    let (mut depth, mut at_start) = (0_usize, true);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '\n' if depth == 0 => {
                if !line.tokens.is_empty() {
                    lines.push(std::mem::replace(&mut line, Line { indent: 0, tokens: Vec::new() }));
                }
                (line.indent, at_start) = (0, true);
            }
            '\\' if rest[1..].starts_with('\n') => length = 2,
            '#' => length = rest.find('\n').unwrap_or(rest.len()),
            c if c.is_whitespace() => line.indent += usize::from(at_start && line.tokens.is_empty()),
            _ => {
                at_start = false;
                let (token, taken) = token(rest, first);
                length = taken;
                match token {
                    Token::Mark('(' | '[' | '{') => depth += 1,
                    Token::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                    _ => {}
                }
                line.tokens.push(token);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    if !line.tokens.is_empty() {
        lines.push(line);
    }
    lines
}

/// The piece at the beginning of a text, and how many bytes it takes.
fn token(rest: &str, first: char) -> (Token, usize) {
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (prefix, after) = rest.split_at(word);
    let is_prefix = prefix.len() <= 2 && prefix.chars().all(|c| "rRbBuUfF".contains(c));
    if let Some(quote) = after.chars().next().filter(|c| is_prefix && matches!(c, '\'' | '"')) {
        let (token, length) = quoted(after, quote, prefix);
        return (token, word + length);
    }
    if word > 0 { (Token::Word(prefix.to_owned()), word) } else { (Token::Mark(first), first.len_utf8()) }
}

fn quoted(rest: &str, quote: char, prefix: &str) -> (Token, usize) {
    let three = quote.to_string().repeat(3);
    let end = if rest.starts_with(&three) { three } else { quote.to_string() };
    let is_raw = prefix.contains(['r', 'R']);
    let mut value = String::new();
    let mut at = end.len();
    while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        if rest[at..].starts_with(&end) {
            let is_whole = !prefix.contains(['f', 'F']);
            return (Token::Text { value, is_whole }, at + end.len());
        }
        // A text in single quotes ends with its line.
        if c == '\n' && end.len() == 1 {
            break;
        }
        at += c.len_utf8();
        if c == '\\' {
            let Some(next) = rest.get(at..).and_then(|rest| rest.chars().next()) else { break };
            at += next.len_utf8();
            match next {
                _ if is_raw => value.extend(['\\', next]),
                'n' => value.push('\n'),
                't' => value.push('\t'),
                '\n' => {}
                '\\' | '\'' | '"' => value.push(next),
                other => value.extend(['\\', other]),
            }
        } else {
            value.push(c);
        }
    }
    (Token::Text { value, is_whole: false }, at)
}
