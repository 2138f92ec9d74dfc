//! Python files, as far as they can be read without Python: assignments of literals, and functions that do nothing but
//! run literal SQL.

mod lexer;

use self::lexer::{Line, lines};
use super::token::Token;

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    /// `None`.
    None,
    /// One text.
    Text(String),
    /// A tuple or list of texts.
    Texts(Vec<String>),
}

impl Literal {
    /// The texts in it.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Text(text) => vec![text],
            Self::Texts(texts) => texts.iter().map(String::as_str).collect(),
        }
    }
}

/// A file, line by line.
#[derive(Debug, Clone)]
pub(super) struct Module {
    lines: Vec<Line>,
}

impl Module {
    /// Reads a file.
    pub(super) fn parse(text: &str) -> Self {
        Self { lines: lines(text) }
    }

    /// What a variable of the module is set to; `None` where it is not set, or to no literal.
    pub(super) fn variable(&self, name: &str) -> Option<Literal> {
        let is_it = |line: &&Line| line.indent == 0 && line.tokens.first().is_some_and(|token| token.is_word(name));
        let line = self.lines.iter().find(is_it)?;
        // A type may stand between name and value.
        let equals = line.tokens.iter().position(|token| *token == Token::Mark('='))?;
        literal(line.tokens.get(equals + 1..)?)
    }

    /// The SQL of a function that does nothing but hand literal texts to `op.execute`; empty where it does nothing.
    pub(super) fn executed_by(&self, function: &str) -> Option<String> {
        let head = self.lines.iter().position(|line| {
            line.indent == 0
                && line.tokens.first().is_some_and(|token| token.is_word("def"))
                && line.tokens.get(1).is_some_and(|token| token.is_word(function))
                && line.tokens.last() == Some(&Token::Mark(':'))
        })?;
        let body = self.lines.get(head + 1..)?.iter().take_while(|line| line.indent > 0);
        let statements: Option<String> = body.map(|line| statement(&line.tokens)).collect();
        statements
    }
}

fn literal(tokens: &[Token]) -> Option<Literal> {
    match tokens {
        [Token::Word(word)] if word == "None" => Some(Literal::None),
        [Token::Text { value, is_whole: true }] => Some(Literal::Text(value.clone())),
        [Token::Mark('(' | '['), inner @ .., Token::Mark(')' | ']')] => {
            let text = |token: &Token| match token {
                Token::Text { value, is_whole: true } => Some(value.clone()),
                _ => None,
            };
            let is_comma = |token: &&Token| **token != Token::Mark(',');
            inner.iter().filter(is_comma).map(text).collect::<Option<Vec<_>>>().map(Literal::Texts)
        }
        _ => None,
    }
}

/// The SQL of one line of a function; a line that does nothing has none.
fn statement(tokens: &[Token]) -> Option<String> {
    let executed = match tokens {
        [Token::Text { .. }] => return Some(String::new()),
        [Token::Word(word)] if word == "pass" => return Some(String::new()),
        [
            Token::Word(op),
            Token::Mark('.'),
            Token::Word(execute),
            Token::Mark('('),
            arguments @ ..,
            Token::Mark(')'),
        ] if op == "op" && execute == "execute" => arguments,
        _ => return None,
    };
    let executed = match executed {
        [arguments @ .., Token::Mark(',')] => arguments,
        arguments => arguments,
    };
    let texts = match executed {
        [Token::Word(sa), Token::Mark('.'), Token::Word(text), Token::Mark('('), texts @ .., Token::Mark(')')]
            if sa == "sa" && text == "text" =>
        {
            texts
        }
        [Token::Word(text), Token::Mark('('), texts @ .., Token::Mark(')')] if text == "text" => texts,
        texts => texts,
    };
    let mut sql = String::new();
    for token in texts {
        match token {
            // Texts that stand side by side are one.
            Token::Text { value, is_whole: true } => sql.push_str(value),
            Token::Mark(',') => {}
            _ => return None,
        }
    }
    Some(closed(&sql))
}

/// A statement with its end, which a comment in the last line must not swallow.
pub(super) fn closed(sql: &str) -> String {
    let sql = sql.trim();
    let last = sql.lines().next_back().unwrap_or_default();
    if sql.ends_with(';') {
        format!("{sql}\n")
    } else if last.contains("--") {
        format!("{sql}\n;\n")
    } else {
        format!("{sql};\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVISION: &str = r#""""create patient

Create Date: 2024-01-01 10:00:00
"""
from typing import Sequence, Union
from alembic import op

# revision identifiers, used by Alembic.
revision: str = 'a1'
down_revision: Union[str, Sequence[str], None] = ("b2", 'c3')  # two heads
depends_on = None
branch_labels = compute()


def upgrade() -> None:
    """What it does."""
    op.execute("CREATE TABLE patient (id int); -- it''s")
    op.execute(
        sa.text('''
        INSERT INTO patient VALUES (1)
        ''')
    )


def downgrade() -> None:
    op.drop_table("patient")
"#;

    #[test]
    fn literals_are_read_whatever_stands_around_them() {
        let module = Module::parse(REVISION);
        assert_eq!(module.variable("revision"), Some(Literal::Text("a1".into())));
        assert_eq!(module.variable("down_revision"), Some(Literal::Texts(vec!["b2".into(), "c3".into()])));
        assert_eq!(module.variable("depends_on"), Some(Literal::None));
        assert_eq!(module.variable("branch_labels"), None, "only a run would show it");
        assert_eq!(module.variable("patient"), None);
    }

    #[test]
    fn sql_that_is_executed_as_it_stands_is_known_and_operations_are_not() {
        let module = Module::parse(REVISION);
        let up = module.executed_by("upgrade").unwrap();
        assert_eq!(up, "CREATE TABLE patient (id int); -- it''s\n;\nINSERT INTO patient VALUES (1);\n");
        assert_eq!(module.executed_by("downgrade"), None);
        assert_eq!(Module::parse("def upgrade():\n    pass\n").executed_by("upgrade").as_deref(), Some(""));
        for body in ["op.execute(f'drop {x}')", "for a in b:\n        op.execute('x')", "op.execute(SQL)"] {
            let text = format!("def upgrade():\n    {body}\n");
            assert_eq!(Module::parse(&text).executed_by("upgrade"), None, "of {text}");
        }
        for text in ["'''", "def", "def upgrade(", "x = (", "\\"] {
            assert_eq!(Module::parse(text).executed_by("upgrade"), None, "of {text}");
        }
    }
}
