//! The data that follows `COPY … FROM stdin` in a script.

use super::Splitter;
use crate::words::Words;
use crate::{Problem, Span};

/// Whether a statement is a `COPY` that reads its data from the client. The grammar takes `STDIN` and `STDOUT` for the
/// same.
pub(super) fn reads_stdin(words: Words<'_>) -> bool {
    if !words.at(&["COPY"]) {
        return false;
    }
    let from = words.outermost().find(|(_, here)| here.at(&["FROM"]));
    from.is_some_and(|(_, here)| here.at(&["FROM", "STDIN"]) || here.at(&["FROM", "STDOUT"]))
}

impl Splitter<'_> {
    /// Passes over the data, which begin on the line after the statement and end at a line `\.` or with the text, and
    /// notes them with the last statement.
    pub(super) fn copy_data(&mut self) {
        let text = self.text();
        let at = self.lexer.position();
        let line_end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
        let rest = text.get(at..line_end).unwrap_or_default();
        let is_comment = rest.trim_start().starts_with("--") || rest.trim_end().ends_with("*/");
        if !rest.trim().is_empty() && !is_comment {
            let message = "the data of a `COPY … FROM stdin` begin on the line after it, so nothing may follow it here";
            self.report(|| {
                Problem::error("text-behind-copy", Span::new(at, line_end), message)
                    .with_help("put the data on a line of their own; end them with a line `\\.`")
            });
        }
        let start = (line_end + 1).min(text.len());
        let (end, next) = end_of_data(text, start);
        if let Some(statement) = self.script.statements.last_mut() {
            statement.copy_data = Some(Span::new(start, end));
        }
        self.lexer.jump_to(next);
        self.behind_statement = false;
        self.waiting.clear();
    }
}

/// Where the data end, and where the text goes on.
fn end_of_data(text: &str, start: usize) -> (usize, usize) {
    let mut from = start;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("\\.")) {
        let at = from + found;
        let begins_line = at == start || text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\n');
        let behind = text.get(at + 2..).unwrap_or_default();
        let line_break = match behind.as_bytes() {
            [] => Some(0),
            [b'\n', ..] => Some(1),
            [b'\r', b'\n', ..] => Some(2),
            _ => None,
        };
        if let (true, Some(length)) = (begins_line, line_break) {
            return (at, at + 2 + length);
        }
        from = at + 2;
    }
    (text.len(), text.len())
}
