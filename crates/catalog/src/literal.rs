//! Values in SQL text, for the places where a protocol has no parameters.

use std::fmt;

/// A text value whose `Display` is a string literal that reads the same whatever `standard_conforming_strings` says:
/// backslashes switch it to the `E''` form.
///
/// The simple query protocol, which alone lets a whole transaction travel in one message, has no parameters; values
/// that go with it pass through here. Zero bytes, which no PostgreSQL text can hold, are dropped.
///
/// ```
/// use limosa_catalog::Literal;
/// assert_eq!(Literal("it's").to_string(), "'it''s'");
/// assert_eq!(Literal("a\\'b").to_string(), " E'a\\\\''b'");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal<'a>(pub &'a str);

impl Literal<'_> {
    /// The literal of a value that may be absent: `NULL` where it is.
    #[must_use]
    pub fn or_null(value: Option<&str>) -> String {
        value.map_or_else(|| "NULL".to_owned(), |text| Literal(text).to_string())
    }
}

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escapes = self.0.contains('\\');
        // The space keeps the E apart from a word before it.
        f.write_str(if escapes { " E'" } else { "'" })?;
        let mut rest = self.0;
        while let Some(at) = rest.find(['\'', '\\', '\0']) {
            f.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'\'' => f.write_str("''")?,
                b'\\' => f.write_str("\\\\")?,
                _ => {}
            }
            rest = &rest[at + 1..];
        }
        f.write_str(rest)?;
        f.write_str("'")
    }
}
