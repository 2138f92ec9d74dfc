//! YAML 1.2 with the place of every value. What stands for true, false, null and numbers is the core schema's, so that
//! `no` and `on` are texts.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::json::is_number;
use super::node::{Key, Node, Scalar};

/// Deeper nesting is refused, since reading recurses.
const MOST_DEPTH: usize = 128;

/// How many values the aliases of a file may repeat; more is a bomb, or a mistake.
const MOST_REPEATED: usize = 100_000;

/// Reads a whole file; `None` where there is nothing in it.
pub(super) fn read(source: &Arc<SourceFile>) -> Result<Option<Node>, Vec<Diagnostic>> {
    // The parser knows a byte order mark, and places count with it.
    let mut reader = Reader {
        parser: Parser::new_from_str(&source.text),
        offsets: Offsets { text: &source.text, chars: 0, bytes: 0 },
        anchors: HashMap::new(),
        repeated: 0,
    };
    reader.document().map_err(|wrong| {
        let Wrong { code, span, message, help } = *wrong;
        let error = Diagnostic::error(code, message).at(source, span);
        vec![Diagnostic { help: help.map(str::to_owned), ..error }]
    })
}

struct Wrong {
    code: &'static str,
    span: Span,
    message: String,
    help: Option<&'static str>,
}

fn wrong<T>(span: Span, message: impl Into<String>, help: Option<&'static str>) -> Result<T, Box<Wrong>> {
    Err(Box::new(Wrong { code: "malformed-yaml", span, message: message.into(), help }))
}

/// Characters, in which the parser counts, to bytes. Places mostly come in order, so that each is found from the last.
struct Offsets<'a> {
    text: &'a str,
    chars: usize,
    bytes: usize,
}

impl Offsets<'_> {
    fn byte(&mut self, chars: usize) -> usize {
        self.bytes = if chars < self.chars {
            let before = &self.text[..self.bytes];
            before.char_indices().rev().nth(self.chars - chars - 1).map_or(0, |(at, _)| at)
        } else {
            let rest = &self.text[self.bytes..];
            self.bytes + rest.char_indices().nth(chars - self.chars).map_or(rest.len(), |(at, _)| at)
        };
        self.chars = chars;
        self.bytes
    }

    fn span(&mut self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index()).max(start);
        // A block value ends where the next begins.
        let text = self.text.get(start..end).unwrap_or_default();
        Span::new(start, start + text.trim_end().len())
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    offsets: Offsets<'a>,
    anchors: HashMap<usize, Node>,
    repeated: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Box<Wrong>> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.offsets.span(span))),
            Some(Err(error)) => Err(self.scan_error(&error)),
            None => Ok((Event::StreamEnd, Span::new(self.offsets.text.len(), self.offsets.text.len()))),
        }
    }

    fn scan_error(&mut self, error: &ScanError) -> Box<Wrong> {
        let at = self.offsets.byte(error.marker().index());
        let end = self.offsets.text.ceil_char_boundary((at + 1).min(self.offsets.text.len()));
        let message = error.info().to_owned();
        Box::new(Wrong { code: "malformed-yaml", span: Span::new(at, end.max(at)), message, help: None })
    }

    fn document(&mut self) -> Result<Option<Node>, Box<Wrong>> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(found),
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                _ if found.is_some() => {
                    return wrong(span, "a second document", Some("a file holds one list; remove the `---`"));
                }
                event => found = Some(self.node(event, span, 0)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Box<Wrong>> {
        if depth > MOST_DEPTH {
            return wrong(span, format!("values are nested more than {MOST_DEPTH} deep"), None);
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (Node { scalar: scalar(text, style, tag.as_deref(), span)?, span }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                let end = loop {
                    match self.next()? {
                        (Event::SequenceEnd, end) => break end,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                };
                (Node { scalar: Scalar::List(items), span: Span::new(span.start, end.end.max(span.start)) }, anchor)
            }
            Event::MappingStart(anchor, _) => (self.map(span, depth)?, anchor),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return wrong(span, "the alias stands for a value that holds it", None);
                };
                self.repeated += size(node);
                if self.repeated > MOST_REPEATED {
                    return wrong(span, format!("aliases repeat more than {MOST_REPEATED} values"), None);
                }
                (Node { span, ..node.clone() }, 0)
            }
            _ => return wrong(span, "expected a value", None),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn map(&mut self, opened: Span, depth: usize) -> Result<Node, Box<Wrong>> {
        let (mut entries, mut names) = (Vec::new(), HashSet::new());
        let end = loop {
            let key = match self.next()? {
                (Event::MappingEnd, end) => break end,
                (Event::Scalar(name, ..), span) => Key { name: name.into_owned(), span },
                (_, span) => return wrong(span, "a name is no single text", None),
            };
            if key.name == "<<" {
                return wrong(key.span, "`<<` is not merged", Some("YAML 1.2 has no merge keys; write the values out"));
            }
            if !names.insert(key.name.clone()) {
                let message = format!("`{}` is named twice", key.name);
                return Err(Box::new(Wrong { code: "duplicate-column", span: key.span, message, help: None }));
            }
            let (event, span) = self.next()?;
            entries.push((key, self.node(event, span, depth + 1)?));
        };
        // The parser puts the beginning of a block map behind its first name.
        let start = entries.first().map_or(opened.start, |(key, _)| key.span.start.min(opened.start));
        Ok(Node { scalar: Scalar::Map(entries), span: Span::new(start, end.end.max(start)) })
    }
}

/// How many values a node holds, itself included.
fn size(node: &Node) -> usize {
    1 + match &node.scalar {
        Scalar::List(items) => items.iter().map(size).sum(),
        Scalar::Map(entries) => entries.iter().map(|(_, value)| size(value)).sum(),
        _ => 0,
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Scalar, Box<Wrong>> {
    let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
    match core {
        Some("str") => return Ok(Scalar::Text(text.into_owned())),
        Some("binary") => {
            return match base64(&text) {
                Some(bytes) => Ok(Scalar::Bytes(bytes)),
                None => wrong(span, "`!!binary` holds no base64", None),
            };
        }
        _ => {}
    }
    if style != ScalarStyle::Plain {
        return Ok(Scalar::Text(text.into_owned()));
    }
    Ok(match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Boolean(true),
        "false" | "False" | "FALSE" => Scalar::Boolean(false),
        // `007` and `+1` are numbers to YAML and texts to JSON; a column of either type reads them as they stand.
        number if is_number(number) => Scalar::Number(text.into_owned()),
        _ => Scalar::Text(text.into_owned()),
    })
}

/// Bytes from base64 with padding; white space is passed over.
fn base64(text: &str) -> Option<Vec<u8>> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let signs: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = signs.iter().rev().take_while(|byte| **byte == b'=').count();
    if !signs.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(signs.len() / 4 * 3);
    for group in signs[..signs.len() - padding].chunks(4) {
        let mut bits = 0u32;
        for at in 0..4 {
            let value = match group.get(at) {
                Some(sign) => SIGNS.iter().position(|known| known == sign)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        bytes.extend(bits.to_be_bytes().iter().skip(1).take(group.len() - 1));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Option<Node>, Vec<Diagnostic>> {
        read(&Arc::new(SourceFile { path: "t.yaml".to_owned(), text: text.into() }))
    }

    #[test]
    fn values_are_what_they_are_spelled_as() {
        for (text, json) in [
            ("- no\n- 'true'\n- true\n- 007\n- 1.50\n- ~\n-\n", r#"["no", "true", true, "007", 1.50, null, null]"#),
            ("a: &x {é: 1}\nb: *x\n", r#"{"a": {"é": 1}, "b": {"é": 1}}"#),
            ("- |\n  two\n  lines\n- !!str 5\n", r#"["two\nlines\n", "5"]"#),
            ("\u{feff}--- [1, 2]\n", "[1, 2]"),
        ] {
            let node = read_text(text).unwrap().unwrap();
            assert_eq!(node.text(crate::ColumnForm::Json), Ok(Some(json.to_owned())), "{text}");
        }
        assert_eq!(read_text("# nothing\n").map(|node| node.is_none()), Ok(true));
        let bytes = read_text("!!binary aGk=").unwrap().unwrap();
        assert_eq!(bytes.text(crate::ColumnForm::Single), Ok(Some("\\x6869".to_owned())));
        for text in ["a: [", "a: 1\na: 2", "[1]\n---\n[2]", "<<: {}", "? [a]\n: 1", "a: *x", "!!binary a"] {
            assert_eq!(read_text(text).unwrap_err().len(), 1, "{text}");
        }
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &(b'b'..=b'h').map(char::from).zip('a'..).fold(String::new(), |text, (to, from)| {
                let items = vec![format!("*{from}"); 10].join(",");
                format!("{text}{to}: &{to} [{items}]\n")
            });
        assert!(read_text(&bomb).unwrap_err()[0].message.contains("repeat"));
    }
}
