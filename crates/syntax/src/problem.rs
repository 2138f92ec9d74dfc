//! A finding about a text, before it is known which file the text came from.

use std::sync::Arc;

use crate::{Code, Diagnostic, Severity, SourceFile, Span};

/// What is wrong with a text, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable name of this kind of problem.
    pub code: Code,
    /// How bad it is: a script with an error must not run.
    pub severity: Severity,
    /// What is wrong: one sentence without a full stop, names in backticks.
    pub message: String,
    /// The bytes to underline.
    pub span: Span,
    /// A few words put beside the underlined text.
    pub label: Option<String>,
    /// What to type or change next.
    pub help: Option<String>,
}

impl Problem {
    /// An error at a place.
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { code: code.into(), severity: Severity::Error, message: message.into(), span, label: None, help: None }
    }

    /// A warning at a place.
    pub(crate) fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Puts words beside the underlined text.
    pub(crate) fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do next.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same finding, with the file it is in.
    #[must_use]
    pub fn into_diagnostic(self, source: &Arc<SourceFile>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.code, self.severity, self.message).at(source, self.span);
        diagnostic.label = self.label;
        diagnostic.help = self.help;
        diagnostic
    }

    /// Whether this keeps the script from running.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
