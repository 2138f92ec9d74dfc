//! The tokens of PostgreSQL's SQL.

use crate::Span;

/// A piece of text between which and the next nothing is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// Whether a quote or comment is closed; always true of the others.
    pub(crate) terminated: bool,
}

/// What a token is. The text of a quoted one includes its quotes and prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Whitespace,
    LineComment,
    BlockComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// `"…"`
    QuotedIdentifier,
    /// `U&"…"`
    UnicodeIdentifier,
    /// `'…'`, also with the prefixes N, B and X
    String,
    /// `E'…'`, and `'…'` where `standard_conforming_strings` is off
    EscapeString,
    /// `U&'…'`
    UnicodeString,
    /// `$tag$…$tag$`
    DollarString,
    /// `$1`
    Parameter,
    Number,
    Operator,
    Semicolon,
    Comma,
    Dot,
    Colon,
    DoubleColon,
    ColonEquals,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    Backslash,
    /// `${env:NAME}`
    Placeholder,
    /// A character that SQL has no use for outside quotes: `{`, `}`, a lone `$`, control characters.
    Unknown,
}

impl TokenKind {
    /// Whether the token says something to the server.
    pub(crate) fn is_significant(self) -> bool {
        !matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }

    /// Whether the token is a string constant.
    pub(crate) fn is_string(self) -> bool {
        matches!(self, Self::String | Self::EscapeString | Self::UnicodeString | Self::DollarString)
    }
}
