//! Why a shadow does not get to the schema that is asked for.

use limosa_postgres::provider::ProviderError;
use limosa_postgres::{ConnectError, IntrospectError, ServerError};
use limosa_syntax::Diagnostic;

use crate::run_error::RunError;

/// Why a shadow does not get to the schema that is asked for.
#[derive(Debug, thiserror::Error)]
pub enum DesiredError {
    /// There is no shadow.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The shadow cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The shadow's catalog cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The server refused something of Limosa's own.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// What is asked needs a server that others can look at meanwhile.
    #[error("the shadow takes one connection at a time, and a trace needs somebody who looks on")]
    OneConnection,
    /// The schema files do not load.
    #[error("{} statement(s) do not load", .0.len())]
    Schema(Vec<Diagnostic>),
    /// The migrations do not run.
    #[error(transparent)]
    Replay(Box<RunError>),
}

impl From<RunError> for DesiredError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Introspect(error) => Self::Introspect(error),
            other => Self::Replay(Box::new(other)),
        }
    }
}

impl DesiredError {
    /// The error as people should see it.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Schema(diagnostics) => diagnostics.clone(),
            Self::Replay(error) => error.diagnostics(),
            other => vec![Diagnostic::error("shadow", other.to_string())],
        }
    }
}
