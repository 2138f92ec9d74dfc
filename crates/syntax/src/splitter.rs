//! Where statements begin and end. The rules are psql's, so that a file means the same to both.

mod comments;
mod conflict;
mod copy_data;
mod meta_command;
mod open_statement;
mod template;
mod unreadable;

use crate::class::{Head, classify};
use crate::lexer::Lexer;
use crate::script::{Script, Statement};
use crate::token::{Token, TokenKind};
use crate::words::Words;
use crate::{Problem, Severity, Span};

use open_statement::OpenStatement;
pub(crate) use unreadable::backslash_escapes_after;

/// How many problems of one text are reported: a file that is no SQL at all would bring one with each character.
const MAX_PROBLEMS: usize = 100;

/// How many tokens of a statement classification sees. What a statement is shows at its beginning; a dump holds
/// statements of millions of tokens.
const HEAD_TOKENS: usize = 1024;

/// Reads a section of a text from front to back, once.
pub(crate) struct Splitter<'a> {
    lexer: Lexer<'a>,
    section: Span,
    script: Script,
    open: Option<OpenStatement>,
    /// The significant tokens at the beginning of the open statement; empty where none is open.
    head: Vec<Token>,
    /// Directives that no blank line parts from what comes next, as indexes into the script's.
    waiting: Vec<usize>,
    /// Whether the text is still on the line on which the last statement ended.
    behind_statement: bool,
    unreported: usize,
}

impl<'a> Splitter<'a> {
    /// A splitter for the section, whose ends must be on character boundaries of the text.
    pub(crate) fn new(text: &'a str, section: Span) -> Self {
        Self {
            lexer: Lexer::new(text, section),
            section,
            script: Script::default(),
            open: None,
            head: Vec::new(),
            waiting: Vec::new(),
            behind_statement: false,
            unreported: 0,
        }
    }

    /// Reads to the end.
    pub(crate) fn split(mut self) -> Script {
        let text = self.text();
        self.begin();
        while let Some(token) = self.lexer.next() {
            if !token.terminated {
                self.report(|| unreadable::unterminated(text, token));
            }
            match token.kind {
                TokenKind::Whitespace => self.whitespace(token),
                TokenKind::LineComment => self.line_comment(token),
                TokenKind::BlockComment => {}
                TokenKind::Semicolon if self.open.as_ref().is_none_or(OpenStatement::is_complete) => self.semicolon(),
                TokenKind::Backslash => self.meta_command(token),
                _ => self.significant(token),
            }
        }
        if let Some(problem) = self.open.as_ref().and_then(OpenStatement::unclosed) {
            self.report(|| problem);
        }
        self.finish();
        self.end()
    }

    fn text(&self) -> &'a str {
        self.lexer.text()
    }

    fn begin(&mut self) {
        if self.section.start == 0 && self.text().starts_with(unreadable::BYTE_ORDER_MARK) {
            self.lexer.jump_to(unreadable::BYTE_ORDER_MARK.len_utf8());
        }
        if let Some(problem) = unreadable::zero_byte(self.text(), self.section) {
            self.report(|| problem);
        }
    }

    fn end(mut self) -> Script {
        if self.unreported > 0 {
            let message = format!("{} more problems are not shown", self.unreported);
            let end = Span::new(self.section.end, self.section.end);
            self.script.problems.push(
                Problem { severity: Severity::Note, ..Problem::error("more-problems", end, message) }
                    .with_help("mend the first ones; the rest may go with them"),
            );
        }
        self.script.problems.sort_by_key(|problem| problem.span.start);
        self.script
    }

    /// Adds a problem, which is put into words only if it will be shown.
    fn report(&mut self, problem: impl FnOnce() -> Problem) {
        if self.script.problems.len() < MAX_PROBLEMS {
            self.script.problems.push(problem());
        } else {
            self.unreported += 1;
        }
    }

    /// Takes a token that says something into the open statement, which it may begin.
    fn significant(&mut self, token: Token) {
        if token.kind == TokenKind::Word && token.span.of(self.text()).starts_with(unreadable::BYTE_ORDER_MARK) {
            self.report(|| unreadable::stray_byte_order_mark(token));
        }
        let text = self.text();
        if let Some(line) = conflict::find(text, token) {
            self.lexer.jump_to(line.end);
            return self.report(|| conflict::problem(text, line));
        }
        let token = match template::find(text, token, self.open.as_ref()) {
            Some(template) => {
                let whole = Token { span: template.span, ..token };
                self.lexer.jump_to(template.span.end);
                self.report(|| template.into_problem(text));
                Token { kind: TokenKind::Unknown, ..whole }
            }
            None => token,
        };
        let open = self.open.get_or_insert_with(|| {
            for directive in self.waiting.drain(..) {
                if let Some(placed) = self.script.directives.get_mut(directive) {
                    placed.statement = Some(self.script.statements.len());
                }
            }
            OpenStatement::new(token)
        });
        open.push(text, token);
        if self.head.len() < HEAD_TOKENS {
            self.head.push(token);
        }
        self.behind_statement = false;
    }

    fn semicolon(&mut self) {
        let is_copy_from_stdin = self.finish();
        self.behind_statement = true;
        if is_copy_from_stdin {
            self.copy_data();
        }
    }

    /// Ends the open statement, if there is one. Says whether data of the client follows it.
    fn finish(&mut self) -> bool {
        let Some(open) = self.open.take() else { return false };
        let text = self.text();
        let words = Words::new(text, &self.head);
        if let Some(escapes) = backslash_escapes_after(words) {
            self.lexer.backslash_escapes = escapes;
        }
        let head =
            Head { words, is_whole: open.token_count() <= HEAD_TOKENS, calls_set_config: open.calls_set_config() };
        let class = classify(head);
        let reads_stdin = copy_data::reads_stdin(words);
        let end = self.lexer.position();
        let copy_data = reads_stdin.then(|| Span::new(end, end));
        self.script.statements.push(Statement { span: open.span(), class, copy_data });
        self.head.clear();
        reads_stdin
    }
}
