//! JSON with the place of every value, and numbers as they are spelled.

use std::collections::HashSet;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

use super::node::{Key, Node, Scalar};

/// Deeper nesting is refused, since reading recurses.
const MOST_DEPTH: usize = 128;

/// Reads a whole file; `None` where there is nothing in it.
pub(super) fn read(source: &Arc<SourceFile>) -> Result<Option<Node>, Vec<Diagnostic>> {
    let text = &*source.text;
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at };
    let told = |wrong: Wrong| {
        let end = text.ceil_char_boundary((wrong.at + 1).min(text.len())).max(wrong.at);
        let error = Diagnostic::error(wrong.code, wrong.message).at(source, Span::new(wrong.at.min(end), end));
        vec![Diagnostic { help: wrong.help.map(str::to_owned), ..error }]
    };
    reader.blanks();
    if reader.at == text.len() {
        return Ok(None);
    }
    let node = reader.value(0).map_err(told)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(Some(node)),
        Some(_) => Err(told(reader.wrong("something stands behind the value", Some("a file holds one list")))),
    }
}

struct Wrong {
    code: &'static str,
    at: usize,
    message: String,
    help: Option<&'static str>,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, message: impl Into<String>, help: Option<&'static str>) -> Wrong {
        Wrong { code: "malformed-json", at: self.at, message: message.into(), help }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Wrong> {
        if depth > MOST_DEPTH {
            return Err(self.wrong(format!("values are nested more than {MOST_DEPTH} deep"), None));
        }
        let start = self.at;
        let scalar = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Scalar::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(byte) if byte.is_ascii_alphabetic() => self.word()?,
            Some(b'\'') => return Err(self.wrong("a single quote", Some("JSON puts texts in double quotes"))),
            Some(b'/' | b'#') => return Err(self.wrong("a comment", Some("JSON has none; YAML has"))),
            Some(_) => return Err(self.wrong("expected a value", None)),
            None => return Err(self.wrong("the file ends where a value is expected", None)),
        };
        Ok(Node { scalar, span: Span::new(start, self.at) })
    }

    fn word(&mut self) -> Result<Scalar, Wrong> {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
        let scalar = match word {
            "null" => Scalar::Null,
            "true" => Scalar::Boolean(true),
            "false" => Scalar::Boolean(false),
            _ => {
                let message = format!("`{word}` is no value of JSON");
                return Err(self.wrong(message, Some("put texts in double quotes; null, true and false are small")));
            }
        };
        self.at += word.len();
        Ok(scalar)
    }

    fn number(&mut self) -> Result<Scalar, Wrong> {
        let rest = &self.text[self.at..];
        let sign = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let text = &rest[..rest.find(|c| !sign(c)).unwrap_or(rest.len())];
        if !is_number(text) {
            let message = format!("`{text}` is no number of JSON");
            return Err(self.wrong(message, Some("a number begins with no zero or `+`; put anything else in quotes")));
        }
        self.at += text.len();
        Ok(Scalar::Number(text.to_owned()))
    }

    fn list(&mut self, depth: usize) -> Result<Scalar, Wrong> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        while self.peek() != Some(b']') {
            items.push(self.value(depth + 1)?);
            self.separator(b']')?;
        }
        self.at += 1;
        Ok(Scalar::List(items))
    }

    fn map(&mut self, depth: usize) -> Result<Scalar, Wrong> {
        self.at += 1;
        let (mut entries, mut names) = (Vec::new(), HashSet::new());
        self.blanks();
        while self.peek() != Some(b'}') {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("expected a name", Some("names stand in double quotes")));
            }
            let name = self.string()?;
            let key = Key { name: name.clone(), span: Span::new(start, self.at) };
            if !names.insert(name) {
                let message = format!("`{}` is named twice", key.name);
                return Err(Wrong { code: "duplicate-column", at: start, message, help: None });
            }
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.wrong("expected `:`", None));
            }
            self.at += 1;
            self.blanks();
            entries.push((key, self.value(depth + 1)?));
            self.separator(b'}')?;
        }
        self.at += 1;
        Ok(Scalar::Map(entries))
    }

    /// A comma with something behind it, or the end.
    fn separator(&mut self, end: u8) -> Result<(), Wrong> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                if self.peek() == Some(end) {
                    return Err(self.wrong("nothing follows the comma", Some("remove the comma")));
                }
                Ok(())
            }
            Some(byte) if byte == end => Ok(()),
            Some(_) => Err(self.wrong(format!("expected `,` or `{}`", char::from(end)), None)),
            None => Err(self.wrong(format!("the file ends where `{}` is expected", char::from(end)), None)),
        }
    }

    fn string(&mut self) -> Result<String, Wrong> {
        let opened = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ').unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    let help = "write line breaks and tabs as `\\n` and `\\t`";
                    return Err(self.wrong("a text holds a control character", Some(help)));
                }
                None => {
                    self.at = opened;
                    return Err(self.wrong("the quote that is opened here is not closed", None));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let rest = &self.text[self.at..];
        let (c, length) = match rest.as_bytes().get(1) {
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'/') => ('/', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => unicode(rest).ok_or_else(|| self.wrong("`\\u` names no character", None))?,
            _ => return Err(self.wrong("no such escape", Some("a backslash is written as two"))),
        };
        self.at += length;
        Ok(c)
    }
}

/// `\u0041`, or a pair of surrogates, and its length.
fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 6));
    }
    let c = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((c, 12))
}

/// Whether a text is a number of JSON.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(whole) && (whole.len() == 1 || !whole.starts_with('0'));
    plain && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Option<Node>, Vec<Diagnostic>> {
        read(&Arc::new(SourceFile { path: "t.json".to_owned(), text: text.into() }))
    }

    #[test]
    fn values_are_what_they_are_spelled_as() {
        for text in ["[1.50, -0, 1e+5]", r#"["\u00e9\ud83d\ude00\/\n"]"#, "{\"a\": {\"b\": []}}", " [] "] {
            let node = read_text(text).unwrap().unwrap();
            let json = node.text(crate::ColumnForm::Json).unwrap().unwrap();
            let ours: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(ours, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{text}");
        }
        for text in [
            "[1,]",
            "[01]",
            "[.5]",
            "{a: 1}",
            "['a']",
            "[\"a",
            "\"\\x\"",
            "[1] 2",
            "{\"a\":1,\"a\":2}",
            "[\"\\ud800\"]",
        ] {
            assert_eq!(read_text(text).unwrap_err().len(), 1, "{text}");
        }
    }
}
