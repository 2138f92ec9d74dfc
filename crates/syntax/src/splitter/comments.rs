//! Directives, and which statement each belongs to.

use super::Splitter;
use crate::token::Token;
use crate::{PlacedDirective, directive};

impl Splitter<'_> {
    /// A blank line parts directives from the statement after it.
    pub(super) fn whitespace(&mut self, token: Token) {
        let lines = token.span.of(self.text()).bytes().filter(|byte| *byte == b'\n').take(2).count();
        if lines > 0 {
            self.behind_statement = false;
        }
        if lines > 1 {
            self.waiting.clear();
        }
    }

    pub(super) fn line_comment(&mut self, token: Token) {
        match directive::parse(token.span.of(self.text())) {
            None => {}
            Some(Err(mistake)) => self.report(|| mistake.into_problem(token.span)),
            Some(Ok(directives)) => {
                for directive in directives {
                    let count = self.script.statements.len();
                    let statement = match () {
                        () if directive.is_of_file() => None,
                        () if self.open.is_some() => Some(count),
                        () if self.behind_statement => count.checked_sub(1),
                        () => {
                            self.waiting.push(self.script.directives.len());
                            None
                        }
                    };
                    self.script.directives.push(PlacedDirective { span: token.span, directive, statement });
                }
            }
        }
    }
}
