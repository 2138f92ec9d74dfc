//! The few lines of a source that a diagnostic shows. A source may be of any size, and so may a line of it: what is
//! handed on is always small.

use std::borrow::Cow;
use std::ops::Range;

use limosa_syntax::{LineColumn, LineIndex, Span};

/// A span over more lines is shown by its first.
const LINES: usize = 6;
/// Of an excerpt longer than this only the line with the beginning of the span is kept, and of that as much as …
const BYTES: usize = 1_000;
/// … stands before the span,
const BEFORE: usize = 60;
/// … of the span itself,
const WITHIN: usize = 160;
/// … and after it.
const AFTER: usize = 60;

/// A part of a source with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt<'a> {
    /// Whole lines, or a part of one line with `…` where something was cut. Holds no carriage return.
    pub(super) text: Cow<'a, str>,
    /// Where the span begins in the source; the line is also the first of the text.
    pub(super) place: LineColumn,
    /// The span in the text.
    pub(super) span: Span,
    whole: bool,
}

impl<'a> Excerpt<'a> {
    /// Cuts out what `span` is about. Whatever the span, there is an excerpt: one that does not fit the source is moved
    /// to the nearest place in it.
    pub(super) fn cut(source: &'a str, lines: &LineIndex, span: Span) -> Self {
        let span = first_lines(source, within(source, span));
        let place = lines.locate(source, span.start);
        let from = line_begin(source, span.start);
        let to = line_end(source, span.end);
        if to - from <= BYTES {
            let text = without_returns(Cow::Borrowed(&source[from..to]));
            return Self { text, place, span: Span::new(span.start - from, span.end - from), whole: true };
        }
        Self::cut_line(source, place, from, span)
    }

    /// Whether the text consists of whole lines.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Cuts a part out of the line in which the span begins.
    fn cut_line(source: &str, place: LineColumn, from: usize, span: Range<usize>) -> Self {
        let to = line_end(source, span.start);
        let before = last_chars(&source[from..span.start], BEFORE);
        let underlined = first_chars(&source[span.start..span.end.min(to)], WITHIN);
        let after = first_chars(&source[span.start + underlined.len()..to], AFTER);
        let mut text = String::new();
        if before.len() < span.start - from {
            text.push('…');
        }
        text.push_str(before);
        let start = text.len();
        text.push_str(underlined);
        let end = text.len();
        text.push_str(after);
        if span.start + underlined.len() + after.len() < to {
            text.push('…');
        }
        Self { text: without_returns(Cow::Owned(text)), place, span: Span::new(start, end), whole: false }
    }
}

/// A space for each carriage return, which would move the cursor; lengths stay as they are.
fn without_returns(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace('\r', " ")) } else { text }
}

/// The nearest range that lies in the source, on boundaries of characters, without white space at its end.
fn within(source: &str, span: Span) -> Range<usize> {
    let start = source.floor_char_boundary(span.start.min(source.len()));
    let end = source.ceil_char_boundary(span.end.clamp(start, source.len()));
    start..start + source[start..end].trim_end().len()
}

/// The range, or the part of it in its first line where it goes over many.
fn first_lines(source: &str, span: Range<usize>) -> Range<usize> {
    if source[span.clone()].matches('\n').nth(LINES - 1).is_none() {
        return span;
    }
    span.start..line_end(source, span.start)
}

fn line_begin(source: &str, at: usize) -> usize {
    source[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The end of the line that `at` is in, before its line end; not before `at`.
fn line_end(source: &str, at: usize) -> usize {
    let rest = &source[at..];
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

fn first_chars(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

fn last_chars(text: &str, count: usize) -> &str {
    text.char_indices().rev().nth(count).map_or(text, |(last_left_out, c)| &text[last_left_out + c.len_utf8()..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(source: &str, span: Range<usize>) -> Excerpt<'_> {
        Excerpt::cut(source, &LineIndex::new(source), Span { start: span.start, end: span.end })
    }

    #[test]
    fn the_line_and_its_number() {
        let excerpt = cut("select 1;\r\nselect x;\r\nselect 2;", 18..19);
        assert_eq!(excerpt.text, "select x;");
        assert_eq!((excerpt.place.line, excerpt.place.column), (2, 8));
        assert_eq!(excerpt.span.of(&excerpt.text), "x");
    }

    #[test]
    fn a_statement_over_many_lines_is_shown_by_its_first() {
        let source = format!("\n\ncreate table t (\n{}\n);", "  x int,\n".repeat(20));
        let excerpt = cut(&source, 2..source.len());
        assert_eq!(excerpt.text, "create table t (");
        assert_eq!(excerpt.place.line, 3);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("insert into t values ({}'ü', {})", "1, ".repeat(1_000_000), "2, ".repeat(1_000_000));
        let at = source.find('ü').unwrap();
        let excerpt = cut(&source, at..at + 2);
        assert!(excerpt.text.len() < 300, "{} bytes", excerpt.text.len());
        assert_eq!(excerpt.span.of(&excerpt.text), "ü");
        assert_eq!((excerpt.place.line, excerpt.place.column), (1, at + 1));
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'), "{}", excerpt.text);
    }

    #[test]
    fn the_end_of_a_file_is_a_place() {
        for (source, span, text, line, column) in [
            ("", 0..0, "", 1, 1),
            ("", 7..9, "", 1, 1),
            ("select", 6..6, "select", 1, 7),
            ("select\n", 7..7, "", 2, 1),
            ("select\n", 100..200, "", 2, 1),
            ("ü", 1..1, "ü", 1, 1),
        ] {
            let excerpt = cut(source, span.clone());
            assert_eq!(excerpt.text, text, "{source:?} {span:?}");
            assert_eq!((excerpt.place.line, excerpt.place.column), (line, column), "{source:?} {span:?}");
        }
    }

    proptest! {
        #[test]
        fn any_span_of_any_text_gets_a_small_excerpt(
            source in r"([a-zü\t患 ]{0,30}(\n|\r\n|\r)?){0,60}",
            repeat in 1_usize..30,
            start in 0_usize..4_000,
            end in 0_usize..4_000,
        ) {
            let source = source.repeat(repeat);
            let excerpt = cut(&source, start..end);
            prop_assert!(excerpt.text.len() <= BYTES.max(4 * (BEFORE + WITHIN + AFTER + 2)));
            prop_assert!(excerpt.text.get(excerpt.span.start..excerpt.span.end).is_some());
            let line = source.split('\n').nth(excerpt.place.line - 1).unwrap();
            let line = line.replace('\r', " ");
            let first = excerpt.text.split('\n').next().unwrap();
            prop_assert!(line.contains(first.trim_matches('…')),
                "{first:?} is not of line {}: {line:?}",
                excerpt.place.line
            );
        }
    }
}
