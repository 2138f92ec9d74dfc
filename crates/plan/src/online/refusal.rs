//! Why a statement cannot be run online.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

/// Why a statement cannot be run online, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    why: String,
    help: String,
    /// The words that it is about, where they are less than the statement.
    about: Option<String>,
}

impl Refusal {
    pub(super) fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into(), about: None }
    }

    /// The same of these words of the statement, or of what is said above it.
    pub(super) fn of_words(self, words: &str) -> Self {
        Self { about: Some(words.to_owned()), ..self }
    }

    /// The words that it is about.
    #[cfg(test)]
    pub(super) fn words(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// The same, with what it is about before it.
    pub(super) fn about(self, what: &str) -> Self {
        Self { why: format!("{what}: {}", self.why), ..self }
    }

    /// The finding by itself.
    pub(super) fn into_finding(self) -> Diagnostic {
        Diagnostic::error("not-online", self.why).with_help(self.help)
    }

    /// The finding, where it is the migration as a whole.
    pub(super) fn into_diagnostic_of(self, source: &Arc<SourceFile>) -> Diagnostic {
        self.about("this cannot be done online").into_finding().in_file(source)
    }

    /// The finding, at the statement.
    pub(super) fn into_diagnostic(self, source: &Arc<SourceFile>, span: Span) -> Diagnostic {
        let before = source.text.get(..span.end).unwrap_or_default();
        let words = self.about.as_ref().and_then(|words| Some((before.rfind(words.as_str())?, words.len())));
        let span = words.map_or(span, |(start, length)| Span::new(start, start + length));
        Diagnostic::error("not-online", "this cannot be done online")
            .at(source, span)
            .with_label(self.why)
            .with_help(self.help)
    }
}
