//! Why a command gave no result.

use limosa_engine::RunError;
use limosa_postgres::SettingsError;
use limosa_postgres::provider::ProviderError;
use limosa_syntax::Diagnostic;
use serde_json::json;

use crate::exit::Exit;
use crate::output::{self, diagnostics_json, render_diagnostics, terminal_width};

/// What is said and how the program ends.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) exit: Exit,
}

impl Failure {
    /// Wrong use, with what to type instead.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Diagnostic::error(code, message).with_help(help).into()
    }

    /// Findings about the project's files.
    pub(crate) fn findings(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics, exit: Exit::Findings }
    }

    /// Tells it: on stderr, and with `--json` on stdout as the one line that the command prints.
    pub(crate) fn print(&self, json: bool) {
        if json {
            output::print_json(
                &json!({ "exit": self.exit.code(), "diagnostics": diagnostics_json(&self.diagnostics) }),
            );
        } else {
            output::tell(&render_diagnostics(&self.diagnostics, terminal_width()));
        }
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], exit: Exit::Error }
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics, exit: Exit::Error }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Diagnostic::error("system", error.to_string()).into()
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self { diagnostics: error.diagnostics(), exit: error.ending().into() }
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Diagnostic::error("no-server", error.to_string()).into()
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Diagnostic::error("connection-settings", error.to_string()).into()
    }
}
