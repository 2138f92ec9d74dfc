//! The definition of a column.

use limosa_catalog::{Identifier, QualifiedName};

use super::constraint::{CheckExpression, ReferenceTerms, reference_terms};
use crate::token::TokenKind;
use crate::words::Words;

/// A column as `CREATE TABLE` and `ADD COLUMN` define it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Identifier,
    /// The type as it is written, its words with single spaces between them.
    pub data_type: String,
    /// `NOT NULL`, or a primary key.
    pub not_null: bool,
    /// The default value.
    pub default: Option<DefaultValue>,
    /// Where its values come from otherwise.
    pub generation: Option<Generation>,
    /// `UNIQUE` or `PRIMARY KEY`.
    pub unique: bool,
    /// `PRIMARY KEY`
    pub primary: bool,
    /// `CHECK`
    pub check: Option<CheckExpression>,
    /// `REFERENCES`
    pub references: Option<QualifiedName>,
    /// What follows `REFERENCES table`.
    pub reference_terms: ReferenceTerms,
    /// Its constraints in order, `NOT NULL` aside, with the names that are given to them.
    pub constraints: Vec<(Option<Identifier>, ColumnConstraint)>,
}

/// The kinds of constraint that a column can define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnConstraint {
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `UNIQUE`
    Unique,
    /// `CHECK`
    Check,
    /// `REFERENCES`
    ForeignKey,
}

/// A default value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultValue {
    /// Whether it is `NULL`, which is the same as none.
    pub null: bool,
    /// The functions that it calls.
    pub calls: Vec<QualifiedName>,
    /// The expression as it is written.
    pub text: String,
}

/// Where the values of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// A sequence: an identity, or a `serial`.
    Sequence,
    /// An expression, computed when a row is written.
    Stored,
    /// An expression, computed when a row is read.
    Virtual,
}

/// Words behind the type that begin something else.
const AFTER_TYPE: &[&str] = &[
    "CONSTRAINT",
    "NOT",
    "NULL",
    "DEFAULT",
    "GENERATED",
    "UNIQUE",
    "PRIMARY",
    "CHECK",
    "REFERENCES",
    "COLLATE",
    "COMPRESSION",
    "STORAGE",
    "DEFERRABLE",
    "INITIALLY",
    "USING",
    "OPTIONS",
    "ENFORCED",
];

/// Types that stand for a number and a sequence.
const SERIAL: &[&str] = &["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];

/// A column's name, type and what follows.
pub(super) fn definition(mut words: Words<'_>) -> Option<ColumnDefinition> {
    let name = words.identifier()?;
    let data_type = data_type(&mut words);
    let mut column = ColumnDefinition {
        name,
        generation: SERIAL.contains(&data_type.as_str()).then_some(Generation::Sequence),
        data_type,
        not_null: false,
        default: None,
        unique: false,
        primary: false,
        check: None,
        references: None,
        reference_terms: ReferenceTerms::default(),
        constraints: Vec::new(),
    };
    let mut constraint_name = None;
    while words.peek().is_some() {
        let mut add = |kind| column.constraints.push((constraint_name.take(), kind));
        if words.take(&["CONSTRAINT"]) {
            constraint_name = words.identifier();
        } else if words.take(&["NOT", "NULL"]) {
            (column.not_null, constraint_name) = (true, None);
        } else if words.take(&["DEFAULT", "NULL"]) {
            // The word would end an expression.
            column.default = Some(DefaultValue { null: true, calls: Vec::new(), text: "NULL".to_owned() });
        } else if words.take(&["DEFAULT"]) {
            column.default = Some(default_value(words.until_any(AFTER_TYPE)));
        } else if words.take(&["PRIMARY", "KEY"]) {
            add(ColumnConstraint::PrimaryKey);
            (column.unique, column.primary, column.not_null) = (true, true, true);
        } else if words.take(&["UNIQUE"]) {
            add(ColumnConstraint::Unique);
            column.unique = true;
        } else if words.take(&["CHECK"]) {
            add(ColumnConstraint::Check);
            column.check = words.parenthesised().map(CheckExpression::of_words);
        } else if words.take(&["REFERENCES"]) {
            add(ColumnConstraint::ForeignKey);
            column.references = words.qualified_name();
            column.reference_terms = reference_terms(&mut words);
        } else if words.take(&["GENERATED"]) {
            column.generation = Some(generation(words));
            // What is in the parentheses is passed over with them.
            words.take_any(&["ALWAYS"]);
            words.take(&["BY", "DEFAULT"]);
        } else if words.parenthesised().is_none() {
            words.next();
        }
    }
    Some(column)
}

fn generation(words: Words<'_>) -> Generation {
    let says = |keyword: &str| words.outermost().any(|(_, here)| here.at(&[keyword]));
    match () {
        () if says("IDENTITY") => Generation::Sequence,
        () if says("STORED") => Generation::Stored,
        // The usual kind, from PostgreSQL 18 on; before, the word STORED has to be there.
        () => Generation::Virtual,
    }
}

fn default_value(words: Words<'_>) -> DefaultValue {
    let is_call = |mut here: Words<'_>| {
        let name = here.qualified_name()?;
        here.at_kind(TokenKind::LeftParen).then_some(name)
    };
    let mut before_dot = false;
    let mut calls = Vec::new();
    for (token, here) in words.each() {
        if !before_dot && let Some(name) = is_call(here) {
            calls.push(name);
        }
        before_dot = token.kind == TokenKind::Dot;
    }
    let text = words.span().map_or("", |span| span.of(words.text()));
    DefaultValue { null: words.at(&["NULL"]), calls, text: text.to_owned() }
}

/// Reads a type: its words up to what begins something else.
pub(super) fn data_type(words: &mut Words<'_>) -> String {
    let mut text = String::new();
    let tokens: Vec<_> = words.until_any(AFTER_TYPE).each().map(|(token, _)| token).collect();
    let mut after_word = false;
    for token in tokens {
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::QuotedIdentifier);
        if is_word && after_word {
            text.push(' ');
        }
        let written = words.text_of(token);
        match token.kind {
            TokenKind::Word => text.push_str(&written.to_ascii_lowercase()),
            _ => text.push_str(written),
        }
        // `timestamp(3) with time zone`
        after_word = is_word || token.kind == TokenKind::RightParen;
    }
    words.skip_until_any(AFTER_TYPE);
    text
}

#[cfg(test)]
mod tests {
    use limosa_catalog::kind::constraint::ReferentialAction;

    use super::*;
    use crate::Command;

    #[test]
    fn a_column_tells_its_constraints_and_what_its_reference_does() {
        let text = "CREATE TABLE visit (
            patient_id int DEFAULT -1 CONSTRAINT of_patient REFERENCES patient (id)
                ON DELETE SET DEFAULT ON UPDATE CASCADE,
            id int CONSTRAINT visit_pk PRIMARY KEY, code text CONSTRAINT there NOT NULL UNIQUE CHECK (code <> ''))";
        let Command::CreateTable(table) = Command::of(text) else { panic!("it makes a table") };
        let [patient, id, code] = table.columns.as_slice() else { panic!("{table:?}") };
        assert_eq!(patient.default.as_ref().map(|default| default.text.as_str()), Some("-1"));
        let terms = &patient.reference_terms;
        assert_eq!(terms.on_delete, Some(ReferentialAction::SetDefault));
        assert_eq!(terms.on_update, Some(ReferentialAction::Cascade));
        assert_eq!(terms.columns.len(), 1);
        let names = |column: &ColumnDefinition| {
            let constraints = column.constraints.iter();
            constraints.map(|(name, kind)| (name.as_ref().map(|it| it.to_string()), *kind)).collect::<Vec<_>>()
        };
        assert_eq!(names(patient), [(Some("\"of_patient\"".into()), ColumnConstraint::ForeignKey)]);
        assert_eq!(names(id), [(Some("\"visit_pk\"".into()), ColumnConstraint::PrimaryKey)]);
        assert_eq!(names(code), [(None, ColumnConstraint::Unique), (None, ColumnConstraint::Check)]);
    }

    #[test]
    fn null_is_a_default_that_is_none() {
        let text = "CREATE TABLE t (a int DEFAULT NULL REFERENCES b, c text DEFAULT NULL::text, d int DEFAULT 1 NULL)";
        let Command::CreateTable(table) = Command::of(text) else { panic!("it makes a table") };
        let nulls = table.columns.iter().map(|column| column.default.as_ref().map(|default| default.null));
        assert_eq!(nulls.collect::<Vec<_>>(), [Some(true), Some(true), Some(false)]);
        assert!(table.columns.iter().all(|column| !column.not_null));
        assert!(table.columns[0].references.is_some());
    }

    #[test]
    fn an_index_tells_what_it_holds() {
        let text =
            "CREATE UNIQUE INDEX CONCURRENTLY i ON visit USING btree (a, lower(b)) INCLUDE (c) WHERE gone IS NULL";
        let Command::CreateIndex { unique: true, method, columns, expressions: true, predicate, .. } =
            Command::of(text)
        else {
            panic!("it makes an index")
        };
        assert_eq!(method.map(|it| it.to_string()).as_deref(), Some("\"btree\""));
        assert_eq!((columns.len(), predicate.as_deref()), (1, Some("gone IS NULL")));
    }
}
