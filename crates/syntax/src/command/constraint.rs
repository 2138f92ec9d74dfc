//! Constraints of a table.

use limosa_catalog::kind::constraint::ReferentialAction;
use limosa_catalog::{Identifier, QualifiedName};

use crate::Span;
use crate::lexer::Lexer;
use crate::token::{Token, TokenKind};
use crate::words::Words;

/// What the expression of a `CHECK` says of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckExpression {
    /// The columns of which it shows that they hold no null.
    pub not_null: Vec<Identifier>,
    /// Every name in it, of columns and functions alike.
    pub names: Vec<Identifier>,
}

impl CheckExpression {
    /// Reads an expression.
    #[must_use]
    pub fn of(expression: &str) -> Self {
        let tokens: Vec<Token> =
            Lexer::new(expression, Span::new(0, expression.len())).filter(|it| it.kind.is_significant()).collect();
        Self::of_words(Words::new(expression, &tokens))
    }

    pub(super) fn of_words(words: Words<'_>) -> Self {
        Self { not_null: proofs(words, 0), names: words.each().filter_map(|(_, mut here)| here.identifier()).collect() }
    }
}

/// A constraint as `CREATE TABLE` and `ADD CONSTRAINT` define it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableConstraint {
    /// Its name, where one is given.
    pub name: Option<Identifier>,
    /// What it demands.
    pub rule: TableRule,
    /// `NOT VALID` or `NOT ENFORCED`: rows that are there are not looked at.
    pub unchecked: bool,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableRule {
    /// `PRIMARY KEY`, `UNIQUE`
    Key {
        /// Whether it is the primary key.
        primary: bool,
        /// The columns.
        columns: Vec<Identifier>,
    },
    /// `PRIMARY KEY USING INDEX`, `UNIQUE USING INDEX`
    KeyUsingIndex {
        /// Whether it is the primary key.
        primary: bool,
        /// The index, which is in the table's schema.
        index: Identifier,
    },
    /// `CHECK`
    Check(CheckExpression),
    /// `FOREIGN KEY`
    ForeignKey {
        /// The columns.
        columns: Vec<Identifier>,
        /// The table.
        references: QualifiedName,
        /// What follows the table.
        terms: ReferenceTerms,
    },
    /// `EXCLUDE`
    Exclusion,
    /// `NOT NULL column`
    NotNull(Identifier),
}

/// What follows `REFERENCES table`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceTerms {
    /// The columns that are referenced; none where the primary key is meant.
    pub columns: Vec<Identifier>,
    /// `ON DELETE`, where it is said.
    pub on_delete: Option<ReferentialAction>,
    /// The columns that `SET NULL` or `SET DEFAULT` upon deletion sets, where not all.
    pub on_delete_columns: Vec<Identifier>,
    /// `ON UPDATE`, where it is said.
    pub on_update: Option<ReferentialAction>,
}

/// Reads what follows `REFERENCES table`.
pub(super) fn reference_terms(words: &mut Words<'_>) -> ReferenceTerms {
    let mut terms =
        ReferenceTerms { columns: words.parenthesised().map(columns).unwrap_or_default(), ..ReferenceTerms::default() };
    if words.take(&["MATCH"]) {
        words.next();
    }
    while words.take(&["ON"]) {
        let deletes = words.take(&["DELETE"]);
        words.take(&["UPDATE"]);
        let action = ReferentialAction::ALL
            .iter()
            .copied()
            .find(|action| words.take(&action.as_sql().split(' ').collect::<Vec<_>>()));
        let set = words.parenthesised().map(columns).unwrap_or_default();
        if deletes {
            (terms.on_delete, terms.on_delete_columns) = (action, set);
        } else {
            terms.on_update = action;
        }
    }
    terms
}

/// Whether a constraint begins here, not a column.
pub(super) fn begins(words: &Words<'_>) -> bool {
    let mut words = *words;
    // A column may be called `check` only in quotes, `exclude` also without.
    words.at_any(&["CONSTRAINT", "UNIQUE", "CHECK", "FOREIGN", "NOT"])
        || words.at(&["PRIMARY", "KEY"])
        || (words.take(&["EXCLUDE"]) && (words.at(&["USING"]) || words.at_kind(TokenKind::LeftParen)))
}

/// A constraint, with or without its name.
pub(super) fn table_constraint(mut words: Words<'_>) -> Option<TableConstraint> {
    let name = if words.take(&["CONSTRAINT"]) { Some(words.identifier()?) } else { None };
    let rule = rule(&mut words)?;
    let unchecked = words.outermost().any(|(_, here)| here.at(&["NOT", "VALID"]) || here.at(&["NOT", "ENFORCED"]));
    Some(TableConstraint { name, rule, unchecked })
}

fn rule(words: &mut Words<'_>) -> Option<TableRule> {
    let primary = words.take(&["PRIMARY", "KEY"]);
    if primary || words.take(&["UNIQUE"]) {
        if words.take(&["USING", "INDEX"]) {
            return Some(TableRule::KeyUsingIndex { primary, index: words.identifier()? });
        }
        words.take(&["NULLS", "NOT", "DISTINCT"]);
        words.take(&["NULLS", "DISTINCT"]);
        return Some(TableRule::Key { primary, columns: columns(words.parenthesised()?) });
    }
    if words.take(&["CHECK"]) {
        return words.parenthesised().map(CheckExpression::of_words).map(TableRule::Check);
    }
    if words.take(&["FOREIGN", "KEY"]) {
        let columns = columns(words.parenthesised()?);
        words.take(&["REFERENCES"]);
        let references = words.qualified_name()?;
        return Some(TableRule::ForeignKey { columns, references, terms: reference_terms(words) });
    }
    if words.take(&["EXCLUDE"]) {
        return Some(TableRule::Exclusion);
    }
    words.take(&["NOT", "NULL"]).then_some(())?;
    words.identifier().map(TableRule::NotNull)
}

/// The names at the beginning of each entry of a list; entries that are expressions are left out.
pub(super) fn columns(list: Words<'_>) -> Vec<Identifier> {
    let name = |mut entry: Words<'_>| {
        let name = entry.identifier()?;
        (!entry.at_kind(TokenKind::LeftParen) && !entry.at_kind(TokenKind::Dot)).then_some(name)
    };
    list.split(TokenKind::Comma).filter_map(name).collect()
}

/// The columns that `a IS NOT NULL AND b IS DISTINCT FROM NULL` names. An `OR` proves nothing.
fn proofs(expression: Words<'_>, depth: usize) -> Vec<Identifier> {
    const DEEPEST: usize = 16;
    if depth > DEEPEST || expression.outermost().any(|(_, here)| here.at_any(&["OR", "CASE"])) {
        return Vec::new();
    }
    let mut columns = Vec::new();
    let mut words = expression;
    loop {
        let inside = words.parenthesised();
        match inside {
            Some(inside) => columns.extend(proofs(inside, depth + 1)),
            None => {
                let mut here = words;
                if let Some(column) = here.identifier()
                    && (here.take(&["IS", "NOT", "NULL"]) || here.take(&["IS", "DISTINCT", "FROM", "NULL"]))
                    && (here.peek().is_none() || here.at(&["AND"]))
                {
                    columns.push(column);
                }
            }
        }
        match words.outermost().find(|(_, here)| here.at(&["AND"])) {
            Some((_, mut next)) => {
                next.next();
                words = next;
            }
            None => return columns,
        }
    }
}
