//! Statements that the parser can be seen to understand without the tree that it makes of them.
//!
//! The parser first reads a text into events, then makes a tree of these, and then looks into certain nodes of the tree
//! for mistakes that its grammar lets pass. The second and third take most of the time, and most statements of
//! migrations have no such node.

use squawk_parser::SyntaxKind::{self as Kind, *};
use squawk_parser::{
    EntryPoint, LexedStr, StrStep, is_col_name_keyword, is_reserved_keyword, is_type_func_name_keyword,
};

/// Whether the parser looks into a node for more than [`Look`] knows of.
#[rustfmt::skip]
fn is_looked_into(kind: Kind) -> bool {
    matches!(
        kind,
        AGGREGATE | ARRAY_EXPR | ATOMIC_BODY | CREATE_AGGREGATE | CREATE_FUNCTION | CREATE_PROCEDURE | CUSTOM_OP
            | DISTINCT_ON | DO | ERROR | EXCEPT_TABLE_CLAUSE | FUNCTION_FROM_ITEM | FUNCTION_SIG | FUNC_OPTION_LIST
            | JSON_ARRAY_FN | JSON_OBJECT_FN | NON_STANDARD_PARAM | PAREN_FROM_ITEM | PARTITION_FOR_VALUES_WITH
            | PERCENT_TYPE | PROCEDURE_SIG | ROUTINE_SIG | RULE_STMT_LIST | SELECT_INTO | STORAGE_MODE
            | TO_CONFIG_VALUE
    )
}

#[rustfmt::skip]
fn is_type(kind: Kind) -> bool {
    matches!(
        kind,
        ARRAY_TYPE | BIT_TYPE | BIT_VARYING_TYPE | CHARACTER_TYPE | DOUBLE_TYPE | INTERVAL_TYPE | PATH_TYPE
            | TIME_TYPE | TIMESTAMP_TYPE | VARCHAR_TYPE
    )
}

/// Whether the parser certainly finds no mistake in a statement. Where it may find one, or has to look closer, `false`.
pub(super) fn is_right(statement: &str) -> bool {
    let lexed = LexedStr::new(statement);
    if lexed.errors().next().is_some() {
        return false;
    }
    let output = EntryPoint::SourceFile.parse(&lexed.to_input());
    let mut look = Look::default();
    lexed.intersperse_trivia(&output, &mut |step| look.at(step));
    !look.doubts && look.statements == 1
}

/// A walk over the events.
#[derive(Default)]
struct Look {
    doubts: bool,
    statements: usize,
    /// The nodes that are open, the innermost last.
    open: Vec<Kind>,
    /// The node that was opened by the step before.
    just_opened: Option<Kind>,
    /// Whether the column that is open has a type.
    has_type: bool,
    /// How many strings the literal that is open has.
    strings: usize,
    /// Whether the `SELECT` that is open says what to select.
    has_targets: bool,
    /// Of each join that is open, whether it has a condition.
    joins: Vec<bool>,
}

impl Look {
    fn at(&mut self, step: StrStep<'_>) {
        let just_opened = self.just_opened.take();
        match step {
            StrStep::Error { .. } => self.doubts = true,
            StrStep::Enter { kind } => {
                self.doubts |= is_looked_into(kind) || self.is_modifier(kind);
                self.doubts |= match just_opened {
                    Some(CALL_EXPR) => !matches!(kind, NAME_REF | FIELD_EXPR),
                    Some(SELECT) => kind != SELECT_CLAUSE,
                    _ => false,
                };
                match kind {
                    COLUMN => self.has_type = false,
                    LITERAL => self.strings = 0,
                    SELECT => self.doubts |= self.open.last() == Some(&TUPLE_EXPR),
                    SELECT_CLAUSE => self.has_targets = false,
                    TARGET_LIST => self.has_targets = true,
                    JOIN_EXPR => self.joins.push(false),
                    ON_CLAUSE | JOIN_USING_CLAUSE => self.joins.last_mut().into_iter().for_each(|it| *it = true),
                    kind => self.has_type |= is_type(kind),
                }
                self.statements += usize::from(self.open.len() == 1);
                self.open.push(kind);
                self.just_opened = Some(kind);
            }
            StrStep::Exit => {
                self.doubts |= matches!(just_opened, Some(SELECT | SET_COLUMN_LIST));
                self.doubts |= match self.open.pop() {
                    Some(COLUMN) => !self.has_type && self.open.contains(&CREATE_TABLE),
                    // What is around it is a list of targets of its own, or stands behind one.
                    Some(SELECT_CLAUSE) => !std::mem::replace(&mut self.has_targets, true),
                    Some(JOIN_EXPR) => self.joins.pop() != Some(true),
                    _ => false,
                };
            }
            StrStep::Token { kind, text } => {
                let is_name = matches!(just_opened, Some(NAME_REF | TABLE_NAME));
                self.doubts |= match kind {
                    WHITESPACE | COMMENT => {
                        self.just_opened = just_opened;
                        self.open.last() == Some(&LITERAL)
                    }
                    // They are looked into where they are written with escapes.
                    IDENT => text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("u&")),
                    STRING | ESC_STRING | BIT_STRING | BYTE_STRING | NATIONAL_STRING => {
                        self.strings += 1;
                        self.strings > 1
                    }
                    UNICODE_ESC_STRING | IN_KW | OVERLAPS_KW | LATERAL_KW | NATURAL_KW | CROSS_KW => true,
                    DEFAULT_KW if self.open.last() == Some(&LITERAL) || self.open.contains(&SET_SINGLE_COLUMN) => true,
                    kind => {
                        self.doubts |= matches!(just_opened, Some(SELECT | SET_COLUMN_LIST));
                        let is_keyword =
                            is_type_func_name_keyword(kind) || is_col_name_keyword(kind) || is_reserved_keyword(kind);
                        let in_modifier = self.open.last() == Some(&ARG) && self.is_modifier(kind);
                        is_keyword && (is_name || just_opened == Some(CALL_EXPR) || in_modifier)
                    }
                };
            }
        }
    }

    /// Whether this stands among the modifiers of a type, where only constants may.
    fn is_modifier(&self, kind: Kind) -> bool {
        match self.open.as_slice() {
            [.., of, ARG_LIST, ARG] => is_type(*of) && kind != LITERAL,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use squawk_syntax::SourceFile;

    use super::*;
    use crate::lexer::Lexer;
    use crate::{Span, Token};

    fn statements() -> impl Iterator<Item = &'static str> {
        include_str!("plain.sql").lines().filter(|line| !line.starts_with("--"))
    }

    /// Each statement, and what becomes of it when a token is taken out, doubled or exchanged with the next.
    fn variants() -> impl Iterator<Item = String> {
        statements().flat_map(|statement| {
            let tokens: Vec<Token> = Lexer::new(statement, Span::new(0, statement.len()))
                .filter(|token| token.kind.is_significant())
                .collect();
            let texts: Vec<&str> = tokens.iter().map(|token| token.span.of(statement)).collect();
            let mut variants = vec![statement.to_owned()];
            for at in 0..texts.len() {
                let (before, from) = texts.split_at(at);
                let joined = |middle: &[&str], behind: usize| {
                    [before, middle, from.get(behind..).unwrap_or_default()].concat().join(" ")
                };
                variants.push(joined(&[], 1));
                variants.push(joined(&[from[0], from[0]], 1));
                if let [one, two, ..] = from {
                    variants.push(joined(&[two, one], 2));
                }
            }
            variants
        })
    }

    #[test]
    fn what_is_taken_to_be_right_is_right() {
        let mut plain = 0;
        let mut wrong = Vec::new();
        for statement in variants() {
            let mistakes = || std::panic::catch_unwind(|| SourceFile::parse(&statement).errors());
            if is_right(&statement) {
                plain += 1;
                let found = mistakes().unwrap_or_default();
                wrong.extend(found.first().map(|found| format!("{statement}: {found:?}")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(plain > 60, "only {plain} were seen through");
    }

    #[test]
    fn the_usual_statements_need_no_second_look() {
        let seen_through = statements().filter(|statement| is_right(statement)).count();
        assert!(seen_through >= 10, "only {seen_through} were seen through");
    }
}
