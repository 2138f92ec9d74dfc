//! Why a statement cannot be run online.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

/// Why a statement cannot be run online, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    why: String,
    help: String,
}

impl Refusal {
    pub(super) fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
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
        Diagnostic::error("not-online", "this cannot be done online")
            .at(source, span)
            .with_label(self.why)
            .with_help(self.help)
    }
}
