//! Values of JSON and YAML, and what they become in a column.

use std::fmt::Write as _;

use limosa_syntax::Span;

/// A value with its place. Numbers keep their spelling, since a column may hold more digits than a machine's number.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub scalar: Scalar,
    /// Where it stands.
    pub span: Span,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// null.
    Null,
    /// true or false.
    Boolean(bool),
    /// A number, as it is spelled.
    Number(String),
    /// A text.
    Text(String),
    /// Bytes (`!!binary` of YAML).
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Node>),
    /// Names and values in the order of the file. No name stands there twice.
    Map(Vec<(Key, Node)>),
}

/// A name in a map, and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnForm {
    /// `json` or `jsonb`: any value becomes JSON.
    Json,
    /// An array: a list becomes an array's text; a text is taken as one already.
    Array,
    /// Anything else: single values become the text that the type reads.
    Single,
}

impl Node {
    /// The text that a column of this form reads; `None` for NULL.
    ///
    /// # Errors
    /// The node, of this or of an inner value, that no such column can hold, and what it is.
    pub fn text(&self, form: ColumnForm) -> Result<Option<String>, (&Self, &'static str)> {
        match (&self.scalar, form) {
            (Scalar::Null, _) => Ok(None),
            (Scalar::Bytes(_), ColumnForm::Json) => Err((self, "bytes")),
            (_, ColumnForm::Json) => {
                let mut json = String::new();
                self.json(&mut json)?;
                Ok(Some(json))
            }
            (Scalar::List(items), ColumnForm::Array) => {
                let mut array = String::new();
                array_text(items, &mut array)?;
                Ok(Some(array))
            }
            (Scalar::List(_), ColumnForm::Single) => Err((self, "a list")),
            (Scalar::Map(_), _) => Err((self, "a map")),
            (Scalar::Boolean(value), _) => Ok(Some(value.to_string())),
            (Scalar::Number(text) | Scalar::Text(text), _) => Ok(Some(text.clone())),
            (Scalar::Bytes(bytes), _) => Ok(Some(hex(bytes))),
        }
    }

    fn json(&self, json: &mut String) -> Result<(), (&Self, &'static str)> {
        match &self.scalar {
            Scalar::Null => json.push_str("null"),
            Scalar::Boolean(value) => json.push_str(if *value { "true" } else { "false" }),
            Scalar::Number(text) => json.push_str(text),
            Scalar::Text(text) => json_text(text, json),
            Scalar::Bytes(_) => return Err((self, "bytes")),
            Scalar::List(items) => {
                json.push('[');
                for (at, item) in items.iter().enumerate() {
                    json.push_str(if at > 0 { ", " } else { "" });
                    item.json(json)?;
                }
                json.push(']');
            }
            Scalar::Map(entries) => {
                json.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    json.push_str(if at > 0 { ", " } else { "" });
                    json_text(&key.name, json);
                    json.push_str(": ");
                    value.json(json)?;
                }
                json.push('}');
            }
        }
        Ok(())
    }
}

fn json_text(text: &str, json: &mut String) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

/// `{1,"two",NULL,{3}}`: every text in quotes, since a word such as `null` would mean something else without.
fn array_text<'a>(items: &'a [Node], array: &mut String) -> Result<(), (&'a Node, &'static str)> {
    array.push('{');
    for (at, item) in items.iter().enumerate() {
        array.push_str(if at > 0 { "," } else { "" });
        match &item.scalar {
            Scalar::Null => array.push_str("NULL"),
            Scalar::Boolean(value) => array.push_str(if *value { "true" } else { "false" }),
            Scalar::Number(text) => array.push_str(text),
            Scalar::Text(text) => quoted_element(text, array),
            Scalar::Bytes(bytes) => quoted_element(&hex(bytes), array),
            Scalar::List(items) => array_text(items, array)?,
            // An array of `jsonb` is the only one that could hold it.
            Scalar::Map(_) => {
                let mut json = String::new();
                item.json(&mut json)?;
                quoted_element(&json, array);
            }
        }
    }
    array.push('}');
    Ok(())
}

fn quoted_element(text: &str, array: &mut String) {
    array.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            array.push('\\');
        }
        array.push(c);
    }
    array.push('"');
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(scalar: Scalar) -> Node {
        Node { scalar, span: Span::new(0, 0) }
    }

    #[test]
    fn a_value_is_spelled_as_its_column_reads_it() {
        let text = |text: &str| node(Scalar::Text(text.to_owned()));
        let number = |text: &str| node(Scalar::Number(text.to_owned()));
        let list = node(Scalar::List(vec![number("1"), text("a\"\\b"), node(Scalar::Null), text("NULL")]));
        let key = |name: &str| Key { name: name.to_owned(), span: Span::new(0, 0) };
        let map = node(Scalar::Map(vec![(key("a\n"), list.clone()), (key("b"), node(Scalar::Boolean(true)))]));
        for (value, form, expected) in [
            (&text("x"), ColumnForm::Json, Ok(Some("\"x\""))),
            (&text("x"), ColumnForm::Single, Ok(Some("x"))),
            (&text("{x}"), ColumnForm::Array, Ok(Some("{x}"))),
            (&number("1.50"), ColumnForm::Json, Ok(Some("1.50"))),
            (&node(Scalar::Null), ColumnForm::Json, Ok(None)),
            (&node(Scalar::Bytes(vec![0, 255])), ColumnForm::Single, Ok(Some("\\x00ff"))),
            (&list, ColumnForm::Array, Ok(Some(r#"{1,"a\"\\b",NULL,"NULL"}"#))),
            (&list, ColumnForm::Single, Err("a list")),
            (&map, ColumnForm::Json, Ok(Some(r#"{"a\n": [1, "a\"\\b", null, "NULL"], "b": true}"#))),
            (&map, ColumnForm::Single, Err("a map")),
        ] {
            let found = value.text(form);
            assert_eq!(found.map_err(|(_, what)| what), expected.map(|text| text.map(str::to_owned)), "{value:?}");
        }
    }
}
