//! Values in place of placeholders.

use std::borrow::Cow;

use limosa_catalog::Literal;

use super::{Placeholder, Within, placeholders};
use crate::{Problem, Span};

/// Why a placeholder cannot be replaced. The value is in none of the messages: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubstitutionError {
    /// There is no such value.
    #[error("`${{{name}}}` has no value")]
    Missing {
        /// What was asked for: `env:NAME`.
        name: String,
        /// The placeholder.
        span: Span,
    },
    /// The value would end the dollar quote it is put in.
    #[error("the value of `${{{name}}}` holds `{delimiter}`, which would end the quote it stands in")]
    HoldsDelimiter {
        /// What was asked for.
        name: String,
        /// The delimiter of the quote.
        delimiter: String,
        /// The placeholder.
        span: Span,
    },
    /// The placeholder stands in `U&'…'` or `U&"…"`.
    #[error("`${{{name}}}` stands in a string with Unicode escapes, into which no value can be put safely")]
    UnicodeQuoted {
        /// What was asked for.
        name: String,
        /// The placeholder.
        span: Span,
    },
    /// The value holds a zero byte.
    #[error("the value of `${{{name}}}` holds a zero byte, which PostgreSQL cannot take")]
    ZeroByte {
        /// What was asked for.
        name: String,
        /// The placeholder.
        span: Span,
    },
}

impl SubstitutionError {
    /// The placeholder.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Missing { span, .. }
            | Self::HoldsDelimiter { span, .. }
            | Self::UnicodeQuoted { span, .. }
            | Self::ZeroByte { span, .. } => *span,
        }
    }

    /// The same as a finding about the text, with what to do next.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        let help = match &self {
            Self::Missing { name, .. } => {
                let variable = name.strip_prefix("env:").unwrap_or(name);
                format!("set the environment variable {variable}, in the shell or in the `.env` file of the project")
            }
            Self::HoldsDelimiter { .. } => "choose another tag for the dollar quote".to_owned(),
            Self::UnicodeQuoted { .. } => "use a plain string instead: '…'".to_owned(),
            Self::ZeroByte { .. } => "store binary data as hexadecimal digits".to_owned(),
        };
        Problem::error("placeholder", self.span(), self.to_string()).with_help(help)
    }
}

/// Puts values in place of all placeholders, each written so that it stays one value where it stands: a literal in
/// code, escaped inside quotes. `value` is asked with names such as `env:NAME`.
///
/// # Errors
/// Every placeholder that cannot be replaced, not only the first.
///
/// ```
/// let text = "ALTER ROLE app PASSWORD ${env:APP_PASSWORD}";
/// let filled = limosa_syntax::substitute(text, &|name| (name == "env:APP_PASSWORD").then(|| "it's".to_owned()));
/// assert_eq!(filled.unwrap(), "ALTER ROLE app PASSWORD 'it''s'");
/// ```
pub fn substitute<'a>(
    text: &'a str,
    value: &dyn Fn(&str) -> Option<String>,
) -> Result<Cow<'a, str>, Vec<SubstitutionError>> {
    let placeholders = placeholders(text);
    if placeholders.is_empty() {
        return Ok(Cow::Borrowed(text));
    }
    let mut filled = String::with_capacity(text.len());
    let mut errors = Vec::new();
    let mut from = 0;
    for placeholder in &placeholders {
        filled.push_str(Span::new(from, placeholder.span.start).of(text));
        match written(placeholder, value) {
            Ok(written) => filled.push_str(&written),
            Err(error) => errors.push(error),
        }
        from = placeholder.span.end;
    }
    filled.push_str(Span::new(from, text.len()).of(text));
    if errors.is_empty() { Ok(Cow::Owned(filled)) } else { Err(errors) }
}

fn written(placeholder: &Placeholder<'_>, value: &dyn Fn(&str) -> Option<String>) -> Result<String, SubstitutionError> {
    let span = placeholder.span;
    let name = || placeholder.name.to_owned();
    let value = value(placeholder.name).ok_or_else(|| SubstitutionError::Missing { name: name(), span })?;
    if value.contains('\0') {
        return Err(SubstitutionError::ZeroByte { name: name(), span });
    }
    Ok(match placeholder.within {
        Within::Code => Literal(&value).to_string(),
        Within::SingleQuoted => value.replace('\'', "''"),
        Within::EscapeString => value.replace('\\', "\\\\").replace('\'', "''"),
        Within::DoubleQuoted => value.replace('"', "\"\""),
        Within::UnicodeQuoted => return Err(SubstitutionError::UnicodeQuoted { name: name(), span }),
        Within::DollarQuoted { delimiter } if could_close(delimiter, &value) => {
            return Err(SubstitutionError::HoldsDelimiter { name: name(), delimiter: delimiter.to_owned(), span });
        }
        Within::DollarQuoted { .. } => value,
    })
}

/// Whether a value, or a value together with what stands beside it, could be or hold the delimiter.
fn could_close(delimiter: &str, value: &str) -> bool {
    let ends_in_a_beginning = value.rfind('$').is_some_and(|at| delimiter.starts_with(&value[at..]));
    let begins_with_an_end = value.find('$').is_some_and(|at| delimiter.ends_with(&value[..=at]));
    let is_part = !value.is_empty() && delimiter.contains(value);
    value.contains(delimiter) || ends_in_a_beginning || begins_with_an_end || is_part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, value: &str) -> Result<String, Vec<SubstitutionError>> {
        substitute(text, &|_| Some(value.to_owned())).map(Cow::into_owned)
    }

    #[test]
    fn a_value_stays_one_value_wherever_it_stands() {
        let value = r#"a'b"c\d"#;
        assert_eq!(fill("SELECT ${env:X}", value).unwrap(), r#"SELECT  E'a''b"c\\d'"#);
        assert_eq!(fill("SELECT '<${env:X}>'", value).unwrap(), r#"SELECT '<a''b"c\d>'"#);
        assert_eq!(fill("SELECT E'${env:X}'", value).unwrap(), r#"SELECT E'a''b"c\\d'"#);
        assert_eq!(fill(r#"SELECT "${env:X}""#, value).unwrap(), r#"SELECT "a'b""c\d""#);
        assert_eq!(fill("DO $$${env:X}$$", value).unwrap(), r#"DO $$a'b"c\d$$"#);
    }

    #[test]
    fn comments_are_left_alone_and_texts_without_placeholders_borrowed() {
        assert_eq!(fill("/* ${env:X} */ SELECT 1 -- ${env:X}", "v").unwrap(), "/* ${env:X} */ SELECT 1 -- ${env:X}");
        assert!(matches!(substitute("SELECT '${X}'", &|_| None), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn all_that_cannot_be_replaced_is_reported_without_the_value() {
        let errors = substitute("SELECT ${env:A}, '${env:B}'", &|_| None).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert_eq!(errors[1].to_string(), "`${env:B}` has no value");
        for (text, value) in [
            ("DO $x$ ${env:A} $x$", "secret $x$"),
            ("DO $$ ${env:A}$$", "secret$"),
            ("DO $x$ ${env:A}x$ $x$", "secret $"),
            ("DO $xy$ $${env:A}$ $xy$", "xy"),
            ("SELECT U&'${env:A}'", "secret"),
            ("SELECT ${env:A}", "secret\0"),
        ] {
            let errors = fill(text, value).unwrap_err();
            assert!(!errors[0].to_string().contains("secret"), "{text}: {errors:?}");
        }
    }
}
