//! One thing that is wrong, or worth knowing, with its place: the type in which every crate reports to people.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::Span;

/// The stable, kebab-case name of a kind of diagnostic, such as `edited-applied-file`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub Cow<'static, str>);

impl From<&'static str> for Code {
    fn from(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Nothing is done before it is mended.
    Error,
}

/// A text and the path under which people know it, shared by the diagnostics about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as it should be shown: relative to the project, with forward slashes.
    pub path: String,
    /// The whole text, byte for byte what the spans count in.
    pub text: Arc<str>,
}

/// A replacement that mends what a diagnostic names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it means the same, but for what was found.
    pub safe: bool,
    /// What the replacement does, in a few words.
    pub title: String,
    /// The bytes to replace.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One finding or error: what, where, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable name of this kind of diagnostic.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: one sentence without a full stop, names in backticks.
    pub message: String,
    /// The text that the span is in; `None` where there is no text (a missing file, say).
    pub source: Option<Arc<SourceFile>>,
    /// The bytes to underline; `None` means the file as a whole.
    pub span: Option<Span>,
    /// A few words put beside the underlined text.
    pub label: Option<String>,
    /// Facts that explain it, one sentence each.
    pub notes: Vec<String>,
    /// What to type or change next.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with nothing but a code, a severity and a message; the `with_…` methods add the rest.
    #[must_use]
    pub fn new(code: impl Into<Code>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            source: None,
            span: None,
            label: None,
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// An error.
    #[must_use]
    pub fn error(code: impl Into<Code>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: impl Into<Code>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// Names the place.
    #[must_use]
    pub fn at(mut self, source: &Arc<SourceFile>, span: Span) -> Self {
        self.source = Some(Arc::clone(source));
        self.span = Some(span);
        self
    }

    /// Names the file as a whole.
    #[must_use]
    pub fn in_file(mut self, source: &Arc<SourceFile>) -> Self {
        self.source = Some(Arc::clone(source));
        self
    }

    /// Puts words beside the underlined text.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether this is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    /// The message alone; terminals show diagnostics with their source, which is the binary's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
