//! What every struct of the catalog has in common: a canonical text.
//!
//! A struct that is declared with [`fact!`] lists its fields once, and from that list come the text that is hashed, the
//! text that is saved in a snapshot, reading it back, and the names of the fields in which two values differ. The text
//! is JSON with the fields in the order of their declaration; fields that hold their usual value are left out, so a
//! field that is added later with a usual value changes no hash.

mod macros;
mod values;

use std::fmt::Write as _;

pub(crate) use macros::{choice, fact, name, words};

/// A value with a canonical text.
pub(crate) trait Value: Sized {
    /// Appends the canonical text.
    fn write(&self, out: &mut Writer);

    /// Reads it back.
    fn read(json: &serde_json::Value) -> Result<Self, Malformed>;

    /// Whether it is the value that is assumed where a field is left out.
    fn is_usual(&self) -> bool {
        false
    }

    /// The value that is assumed where a field is left out, if there is one.
    fn usual() -> Option<Self> {
        None
    }
}

/// Why a saved value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: expected {expected}, found {found}", if path.is_empty() { "value" } else { path.as_str() })]
pub struct Malformed {
    /// The fields that lead to it.
    path: String,
    expected: &'static str,
    found: String,
}

impl Malformed {
    pub(crate) fn new(expected: &'static str, found: &serde_json::Value) -> Self {
        let mut found = found.to_string();
        if let Some((end, _)) = found.char_indices().nth(60) {
            found.truncate(end);
            found.push('…');
        }
        Self { path: String::new(), expected, found }
    }

    pub(crate) fn within(mut self, field: &str) -> Self {
        self.path = if self.path.is_empty() { field.to_owned() } else { format!("{field}.{}", self.path) };
        self
    }
}

/// The canonical text in the making.
#[derive(Debug)]
pub(crate) struct Writer {
    text: String,
    notes: bool,
}

impl Writer {
    /// For hashing: what is only a note does not count.
    pub(crate) fn without_notes() -> Self {
        Self { text: String::new(), notes: false }
    }

    /// For saving.
    pub(crate) fn with_notes() -> Self {
        Self { text: String::new(), notes: true }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Punctuation, numbers and words that need no quotes.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.text.push('"');
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') {
            self.text.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                // Writing to a string cannot fail.
                other => drop(write!(self.text, "\\u{other:04x}")),
            }
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    pub(crate) fn list<'a, T: Value + 'a>(&mut self, items: impl IntoIterator<Item = &'a T>) {
        self.raw("[");
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            item.write(self);
        }
        self.raw("]");
    }

    pub(crate) fn fields(&mut self, write: impl FnOnce(&mut FieldWriter<'_>)) {
        self.raw("{");
        write(&mut FieldWriter { out: self, first: true });
        self.raw("}");
    }
}

/// The fields of a struct in the making.
pub(crate) struct FieldWriter<'a> {
    out: &'a mut Writer,
    first: bool,
}

impl FieldWriter<'_> {
    pub(crate) fn field<T: Value>(&mut self, name: &str, value: &T) {
        if value.is_usual() {
            return;
        }
        self.out.raw(if self.first { "\"" } else { ",\"" });
        self.first = false;
        self.out.raw(name);
        self.out.raw("\":");
        value.write(self.out);
    }

    pub(crate) fn note<T: Value>(&mut self, name: &str, value: &T) {
        if self.out.notes {
            self.field(name, value);
        }
    }
}

/// Reads one field of a saved struct.
pub(crate) fn read_field<T: Value>(json: &serde_json::Value, name: &'static str) -> Result<T, Malformed> {
    match json.get(name) {
        Some(value) => T::read(value).map_err(|error| error.within(name)),
        None => T::usual().ok_or_else(|| Malformed::new("a field that is not there", json).within(name)),
    }
}

/// The canonical text of one value.
pub(crate) fn canonical(value: &impl Value) -> String {
    let mut out = Writer::without_notes();
    value.write(&mut out);
    out.into_text()
}

/// The canonical text of one value, if it is not the usual one.
pub(crate) fn canonical_unless_usual(value: &impl Value) -> Option<String> {
    (!value.is_usual()).then(|| canonical(value))
}
