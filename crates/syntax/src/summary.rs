//! A statement in a few words: its own.

use crate::Span;
use crate::lexer::Lexer;

/// The beginning of a statement in one line: no comments, and one space for every run of white space, line breaks in
/// quotes included. What is longer than `characters` ends in `…`; no more of it is read than is shown.
#[must_use]
pub fn summarize(sql: &str, characters: usize) -> String {
    let mut summary = Summary { text: String::new(), room: characters };
    for token in Lexer::new(sql, Span::new(0, sql.len())) {
        let text = if token.kind.is_significant() { token.span.of(sql) } else { " " };
        if !text.chars().all(|c| summary.push(c)) {
            return summary.cut();
        }
    }
    summary.text.truncate(summary.text.trim_end().len());
    summary.text
}

struct Summary {
    text: String,
    /// How many characters more there may be.
    room: usize,
}

impl Summary {
    /// Whether there was room for it.
    fn push(&mut self, c: char) -> bool {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && (self.text.is_empty() || self.text.ends_with(' ')) {
            return true;
        }
        let fits = self.room > 0;
        if fits {
            self.text.push(c);
            self.room -= 1;
        }
        // White space at the end takes no room away from anything.
        fits || c == ' '
    }

    fn cut(mut self) -> String {
        self.text.pop();
        self.text.truncate(self.text.trim_end().len());
        self.text.push('…');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_says_in_one_line_what_it_does() {
        for (sql, characters, summary) in [
            ("ALTER TABLE \"Session\"\n  ADD COLUMN  a int", 80, "ALTER TABLE \"Session\" ADD COLUMN a int"),
            ("CREATE TABLE t ( -- people\n a int /* key */ )", 80, "CREATE TABLE t ( a int )"),
            ("INSERT INTO t VALUES ('a\n  b -- c')", 80, "INSERT INTO t VALUES ('a b -- c')"),
            ("SELECT 1234", 11, "SELECT 1234"),
            ("SELECT 1234  ", 11, "SELECT 1234"),
            ("SELECT 12345", 11, "SELECT 123…"),
            ("SELECT 12345", 8, "SELECT…"),
            ("SELECT", 1, "…"),
            ("", 10, ""),
            ("-- nothing", 10, ""),
            ("'unterminated", 80, "'unterminated"),
        ] {
            assert_eq!(summarize(sql, characters), summary, "{sql:?} in {characters}");
        }
    }
}
