//! The tokens of PostgreSQL's SQL.

use crate::Span;

/// A piece of text between which and the next nothing is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the text.
    pub span: Span,
    /// Whether a quote or comment is closed; always true of the others.
    pub terminated: bool,
}

/// What a token is. The text of a quoted one includes its quotes and prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks, tabs, line ends.
    Whitespace,
    /// `-- …`
    LineComment,
    /// `/* … */`
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
    /// `42`, `1.5e3`, `0xff`
    Number,
    /// `+`, `<=`, `->>`
    Operator,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `:=`
    ColonEquals,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `\`
    Backslash,
    /// `${env:NAME}`
    Placeholder,
    /// A character that SQL has no use for outside quotes: `{`, `}`, a lone `$`, control characters.
    Unknown,
}

impl TokenKind {
    /// Whether the token says something to the server.
    #[must_use]
    pub fn is_significant(self) -> bool {
        !matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }

    /// Whether the token is a string constant.
    #[must_use]
    pub fn is_string(self) -> bool {
        matches!(self, Self::String | Self::EscapeString | Self::UnicodeString | Self::DollarString)
    }
}
