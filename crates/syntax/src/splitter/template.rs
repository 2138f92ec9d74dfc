//! What template engines should have filled in, found where no SQL can stand. Inside quotes and comments the same signs
//! are text, and left alone.

use super::open_statement::OpenStatement;
use crate::token::{Token, TokenKind};
use crate::{Problem, Span};

/// A piece of template left in the text.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) span: Span,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    DoubleBrace,
    BracePercent,
    DollarBrace,
    DollarName,
    HashBrace,
    Brace,
    AnglePercent,
    Colon,
    PercentParen,
}

impl Kind {
    /// The tools whose sign it is.
    fn tools(self) -> &'static str {
        match self {
            Self::DoubleBrace => "Jinja, dbt, Go templates, Handlebars or Mustache",
            Self::BracePercent => "Jinja, dbt or Liquid",
            Self::DollarBrace => "Flyway, Liquibase, envsubst or a shell",
            Self::DollarName => "envsubst or a shell",
            Self::HashBrace => "Ruby or MyBatis",
            Self::Brace => "Python's `str.format` or another template engine",
            Self::AnglePercent => "ERB, EJS or another template engine",
            Self::Colon => "psql (`\\set` or `-v`) or an application's named parameters",
            Self::PercentParen => "Python's database drivers",
        }
    }
}

impl Template {
    /// The finding.
    pub(super) fn into_problem(self, text: &str) -> Problem {
        let shown = self.span.of(text);
        let message = format!("`{shown}` is not SQL: it was to be filled in by {}", self.kind.tools());
        let help = if matches!(self.kind, Kind::AnglePercent | Kind::BracePercent) {
            "run the file through that tool and keep the result"
        } else {
            "write the value itself, or `${env:NAME}` for one that comes from the environment"
        };
        Problem::error("leftover-template", self.span, message).with_help(help)
    }
}

/// The template that begins with this token, which was read as SQL.
pub(super) fn find(text: &str, token: Token, open: Option<&OpenStatement>) -> Option<Template> {
    let rest = text.get(token.span.start..)?;
    let (kind, length) = match token.kind {
        TokenKind::Unknown => braces(rest)?,
        TokenKind::Operator => operator(rest, open)?,
        TokenKind::Colon if !open.is_some_and(OpenStatement::allows_colon) => (Kind::Colon, variable(rest)?),
        _ => return None,
    };
    Some(Template { span: Span::new(token.span.start, token.span.start + length), kind })
}

/// What begins with a character that SQL has no use for.
fn braces(rest: &str) -> Option<(Kind, usize)> {
    if rest.starts_with("{{") {
        Some((Kind::DoubleBrace, through(rest, "{{", "}}")))
    } else if rest.starts_with("{%") {
        Some((Kind::BracePercent, through(rest, "{%", "%}")))
    } else if rest.starts_with("${") {
        Some((Kind::DollarBrace, through(rest, "${", "}")))
    } else if rest.starts_with('{') {
        Some((Kind::Brace, through(rest, "{", "}")))
    } else {
        let name = name_length(rest.strip_prefix('$')?);
        (name > 0).then_some((Kind::DollarName, 1 + name))
    }
}

fn operator(rest: &str, open: Option<&OpenStatement>) -> Option<(Kind, usize)> {
    if rest.starts_with("#{") {
        Some((Kind::HashBrace, through(rest, "#{", "}")))
    } else if rest.starts_with("<%=") || rest.starts_with("<%-") || (rest.starts_with("<%") && open.is_none()) {
        // `<%` and `%>` alone are operators of pg_trgm, but no statement begins with one.
        Some((Kind::AnglePercent, through(rest, "<%", "%>")))
    } else if rest.starts_with("%(") && !open.and_then(OpenStatement::last).is_some_and(is_operand) {
        let name = name_length(rest.get(2..)?);
        (name > 0 && rest.get(2 + name..)?.starts_with(")s")).then_some((Kind::PercentParen, name + 4))
    } else {
        None
    }
}

/// Whether a binary operator can stand behind it, so that a `%` there is the remainder of a division.
fn is_operand(token: Token) -> bool {
    use TokenKind::{Number, Parameter, QuotedIdentifier, RightBracket, RightParen};
    matches!(token.kind, Number | Parameter | QuotedIdentifier | RightParen | RightBracket) || token.kind.is_string()
}

/// `:name`, `:'name'`, `:"name"` or `:{?name}`.
fn variable(rest: &str) -> Option<usize> {
    let behind = rest.strip_prefix(':')?;
    let (open, close) = match behind.as_bytes().first()? {
        b'\'' => ("'", "'"),
        b'"' => ("\"", "\""),
        b'{' => ("{?", "}"),
        _ => ("", ""),
    };
    let name = name_length(behind.strip_prefix(open)?);
    let closed = behind.get(open.len() + name..)?.starts_with(close);
    (name > 0 && closed).then_some(1 + open.len() + name + close.len())
}

fn name_length(text: &str) -> usize {
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if starts { text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count() } else { 0 }
}

/// How far a closing sign is looked for.
const LONGEST: usize = 256;

/// The length through the closing sign on the same line, or that of the opening one where none closes it.
fn through(rest: &str, open: &str, close: &str) -> usize {
    let near = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or_default();
    let line = near.split('\n').next().unwrap_or_default();
    line.find(close).map_or(open.len(), |at| at + close.len())
}
