//! Expressions over the columns of a row, as they stand in a trigger or in an `UPDATE`.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, ObjectName};
use limosa_syntax::{TokenKind, Tokens};

use super::operand::columns_in;
use super::refusal::Refusal;

/// An expression as the migration says it, over the columns of one table by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowExpression {
    text: String,
}

impl RowExpression {
    /// The value of a column as it is.
    pub(super) fn column(column: &Identifier) -> Self {
        Self { text: column.to_string() }
    }

    /// What a directive says.
    pub(super) fn said(text: &str) -> Self {
        Self { text: text.trim().trim_end_matches(';').to_owned() }
    }

    /// Without the table's name before its columns, which goes for a row of any name: `visit.fee`, `clinic.visit.fee`.
    /// A query in it may mean another row of the table, so it stays as it is.
    pub(super) fn of_table(self, table: &ObjectName) -> Self {
        let tokens = Tokens::of(&self.text);
        let all: Vec<_> = tokens.words().each().collect();
        if all.iter().any(|(_, here)| here.at(&["SELECT"])) {
            return self;
        }
        let kind = |at: usize| all.get(at).map(|(token, _)| token.kind);
        let is_dot = |at: usize| kind(at) == Some(TokenKind::Dot);
        let is_name = |at: usize| matches!(kind(at), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
        let is_called = |at: usize, name: &Identifier| {
            is_name(at) && is_dot(at + 1) && all[at].1.clone().identifier().as_ref() == Some(name)
        };
        let mut new = String::with_capacity(self.text.len());
        let mut done = 0;
        for (at, (token, _)) in all.iter().enumerate() {
            let column = match at {
                1.. if is_dot(at - 1) => continue,
                _ if is_called(at, &table.schema) && is_called(at + 2, &table.name) => at + 4,
                _ if is_called(at, &table.name) => at + 2,
                _ => continue,
            };
            if is_name(column) && !is_dot(column + 1) && kind(column + 1) != Some(TokenKind::LeftParen) {
                new.push_str(&self.text[done..token.span.start]);
                done = all[column].0.span.start;
            }
        }
        new.push_str(&self.text[done..]);
        Self { text: new }
    }

    /// The text as a directive takes it.
    pub(super) fn one_line(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Refuses a query in it, where a trigger is to ask by it whether it has anything to do.
    pub(super) fn refuse_query(&self, directive: &str) -> Result<(), Refusal> {
        let tokens = Tokens::of(&self.text);
        let query = tokens.words().each().find_map(|(token, mut here)| {
            here.take_kind(TokenKind::LeftParen).then_some(())?;
            let is_query = here.at_any(&["SELECT", "WITH", "VALUES", "TABLE"]);
            is_query.then_some(token.span.start)
        });
        let Some(start) = query else { return Ok(()) };
        let end = self.end_of_parentheses(start);
        Err(Refusal::new(
            "PostgreSQL takes no query where a trigger asks whether it has anything to do",
            format!(
                "make a function of it in a migration before (`CREATE FUNCTION price_of(int) RETURNS int STABLE \
                 LANGUAGE sql …`), and call that: `-- limosa: {directive} price_of(ward)`"
            ),
        )
        .of_words(&self.text[start..end]))
    }

    /// Where the parenthesis closes that opens here.
    fn end_of_parentheses(&self, start: usize) -> usize {
        let (tokens, mut depth) = (Tokens::of(&self.text), 0);
        for (token, _) in tokens.words().each().filter(|(token, _)| token.span.start >= start) {
            match token.kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return token.span.end;
            }
        }
        self.text.len()
    }

    /// With the columns of a row variable in the place of their names: `NEW."a"`. `as_column` gives another column for
    /// some of them.
    pub(super) fn of_row(
        &self,
        row: &str,
        columns: &[Identifier],
        as_column: impl Fn(&Identifier) -> Identifier,
    ) -> String {
        self.rewritten(columns, |column| format!("{row}.{}", as_column(column)))
    }

    /// With anything in the place of columns.
    pub(super) fn computed(&self, columns: &[Identifier], replace: impl FnMut(&Identifier) -> String) -> String {
        self.rewritten(columns, replace)
    }

    /// With other columns in the place of some.
    pub(super) fn with(&self, columns: &[Identifier], as_column: impl Fn(&Identifier) -> Identifier) -> String {
        self.rewritten(columns, |column| as_column(column).to_string())
    }

    /// The columns that it names, each once, in the order of the table.
    pub(super) fn names(&self, columns: &[Identifier]) -> Vec<Identifier> {
        let mut found = BTreeSet::new();
        let _ = self.rewritten(columns, |column| {
            found.insert(column.clone());
            String::new()
        });
        columns.iter().filter(|column| found.contains(column)).cloned().collect()
    }

    fn rewritten(&self, columns: &[Identifier], mut replace: impl FnMut(&Identifier) -> String) -> String {
        let mut new = String::with_capacity(self.text.len() * 2);
        let mut done = 0;
        for (span, number) in columns_in(&self.text, columns) {
            let Some(column) = columns.get(number) else { continue };
            new.push_str(&self.text[done..span.start]);
            new.push_str(&replace(column));
            done = span.end;
        }
        new.push_str(&self.text[done..]);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_from_functions_types_and_strings() {
        let columns: Vec<Identifier> =
            ["name", "date", "Mood"].into_iter().map(|name| Identifier::new(name).unwrap()).collect();
        for (text, found) in [
            ("upper(name) || 'name'", "upper(NEW.\"name\") || 'name'"),
            ("date::date", "NEW.\"date\"::date"),
            ("CAST(name AS date)", "CAST(NEW.\"name\" AS date)"),
            ("date(\"Mood\") + t.name", "date(NEW.\"Mood\") + t.name"),
            ("mood", "mood"),
        ] {
            assert_eq!(RowExpression::said(text).of_row("NEW", &columns, Clone::clone), found, "{text}");
        }
        let identifier = |name: &str| Identifier::new(name).unwrap();
        let table = ObjectName { schema: identifier("Clinic"), name: identifier("name") };
        for (text, found) in [
            ("name.date + \"Clinic\" . \"name\".\"Mood\"", "date + \"Mood\""),
            ("name.name || name.date(1) || clinic.name.date", "name || name.date(1) || clinic.name.date"),
            ("name || other.name.date || 'name.date'", "name || other.name.date || 'name.date'"),
            ("(SELECT name.date FROM name)", "(SELECT name.date FROM name)"),
        ] {
            assert_eq!(RowExpression::said(text).of_table(&table).one_line(), found, "{text}");
        }
        for (text, query) in [
            ("1 + (SELECT max(n) FROM (VALUES (1)) v (n)) * name", Some("(SELECT max(n) FROM (VALUES (1)) v (n))")),
            ("exists(TABLE mood)", Some("(TABLE mood)")),
            ("array( /* all */ select 1)", Some("( /* all */ select 1)")),
            ("(name || '(SELECT 1)') -- (SELECT 2)", None),
            ("(\"select\")", None),
        ] {
            let refusal = RowExpression::said(text).refuse_query("forward").err();
            assert_eq!(refusal.as_ref().and_then(Refusal::words), query, "{text}");
        }
        let names = RowExpression::said("\"Mood\" || name || name").names(&columns);
        assert_eq!(names.iter().map(Identifier::as_str).collect::<Vec<_>>(), ["name", "Mood"]);
    }
}
