//! Patterns of names.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use limosa_catalog::Identifier;
use regex::Regex;

/// What a pattern can stand for by a word in braces, and that as a regular expression.
const CASES: &[(&str, &str)] = &[
    ("snake_case", "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    ("camelCase", "[a-z][a-zA-Z0-9]*"),
    ("PascalCase", "[A-Z][a-zA-Z0-9]*"),
    ("SCREAMING_SNAKE_CASE", "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"),
    ("kebab-case", "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
];

/// The words in braces that stand for a value of the thing that is named.
pub(crate) const VALUES: &[&str] =
    &["table", "schema", "column", "columns", "referenced_table", "referenced_columns", "enum"];

/// Where PostgreSQL cuts names, in bytes. Tools that make names leave room for what comes at the end, and cut before.
const LONGEST: usize = 63;
/// From here on a name may have been cut.
const LONG: usize = 55;

/// A pattern of names: a regular expression for the whole name, in which `{snake_case}` and the other cases stand for
/// names of that form, and `{table}`, `{columns}` … for the value of the thing that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamePattern {
    text: String,
}

/// A piece of a pattern.
enum Piece<'a> {
    Text(&'a str),
    Case(&'static str),
    Value(&'a str),
}

impl NamePattern {
    /// A pattern that was read before.
    pub(crate) fn of(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let pattern = Self::of(text);
        Regex::new(&pattern.expression(&[])).map_err(|error| {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
        })?;
        Ok(pattern)
    }

    /// The pattern as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a name is as wanted. A value that is not given may be any text.
    pub(crate) fn fits(&self, name: &str, values: &[(&str, &str)]) -> bool {
        if let Some(wanted) = self.example(values) {
            return name == wanted || (wanted.len() > LONGEST && name.len() >= LONG);
        }
        let has_values = self.pieces().iter().any(|piece| matches!(piece, Piece::Value(_)));
        let expression = self.expression(values);
        if has_values {
            return Regex::new(&expression).map_or(true, |regex| regex.is_match(name)) || name.len() >= LONG;
        }
        compiled(&expression).is_none_or(|regex| regex.is_match(name))
    }

    /// The one name that fits, where there is only one.
    fn example(&self, values: &[(&str, &str)]) -> Option<String> {
        let mut name = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) if text.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-') => {
                    name.push_str(text);
                }
                Piece::Value(value) => name.push_str(values.iter().find(|(it, _)| *it == value)?.1),
                _ => return None,
            }
        }
        Some(name)
    }

    /// What to do about a name that does not fit, where only one does.
    pub(crate) fn help(&self, values: &[(&str, &str)]) -> Option<String> {
        let wanted = Identifier::new(self.example(values)?).ok()?;
        Some(format!("name it `{}`", wanted.for_people()))
    }

    fn expression(&self, values: &[(&str, &str)]) -> String {
        let mut expression = String::from("^(?:");
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => expression.push_str(text),
                Piece::Case(case) => expression.push_str(case),
                Piece::Value(value) => match values.iter().find(|(it, _)| *it == value) {
                    Some((_, value)) => expression.push_str(&regex::escape(value)),
                    None => expression.push_str(".+"),
                },
            }
        }
        expression + ")$"
    }

    fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut rest = self.text.as_str();
        let mut from = 0;
        while let Some(open) = rest.get(from..).and_then(|ahead| ahead.find('{')).map(|at| at + from) {
            let word = rest.get(open + 1..).and_then(|ahead| ahead.split_once('}')).map(|(word, _)| word);
            let piece = word.and_then(|word| {
                let case = CASES.iter().find(|(name, _)| *name == word).map(|(_, case)| Piece::Case(case));
                case.or_else(|| VALUES.contains(&word).then_some(Piece::Value(word)))
            });
            match (piece, word) {
                (Some(piece), Some(word)) => {
                    pieces.push(Piece::Text(&rest[..open]));
                    pieces.push(piece);
                    (rest, from) = (&rest[open + word.len() + 2..], 0);
                }
                // A count of a regular expression, such as `{2,3}`.
                _ => from = open + 1,
            }
        }
        pieces.push(Piece::Text(rest));
        pieces
    }
}

/// The same few expressions are asked for with each file, and compiling one takes longer than asking it.
fn compiled(expression: &str) -> Option<Regex> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().ok()?;
    if let Some(regex) = known.get(expression) {
        return Some(regex.clone());
    }
    let regex = Regex::new(expression).ok()?;
    known.insert(expression.to_owned(), regex.clone());
    Some(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_and_values_stand_in_braces() {
        let fits = |pattern: &str, name: &str| NamePattern::read(pattern).unwrap().fits(name, &[("table", "Visit")]);
        assert!(fits("{PascalCase}", "LabResult"));
        assert!(!fits("{PascalCase}", "lab_result"));
        assert!(fits("{snake_case}", "lab_result_2"));
        assert!(!fits("{snake_case}", "lab__result"));
        assert!(fits("{camelCase}", "createdAt"));
        assert!(!fits("{camelCase}", "created_at"));
        assert!(fits("{table}_{columns}_idx", "Visit_patientId_idx"));
        assert!(!fits("{table}_{columns}_idx", "visit_patientId_idx"));
        assert!(fits("(is|has)_[a-z]{2,}", "is_active"));
        assert!(!fits("(is|has)_[a-z]{2,}", "active"));
    }

    #[test]
    fn a_name_that_had_to_be_cut_fits() {
        let pattern = NamePattern::read("{table}_{columns}_idx").unwrap();
        let (table, columns) = ("A".repeat(40), "b".repeat(40));
        let values = [("table", table.as_str()), ("columns", columns.as_str())];
        assert!(pattern.fits(&format!("{table}_{}_idx", "b".repeat(18)), &values));
        assert!(!pattern.fits("other_idx", &values));
    }

    #[test]
    fn what_is_no_regular_expression_is_refused() {
        assert!(NamePattern::read("(is_").unwrap_err().contains("unclosed"));
    }
}
