//! Why seeds were not run.

use std::sync::Arc;

use limosa_postgres::ServerError;
use limosa_syntax::{Diagnostic, SourceFile, Span};

use crate::run_error::{Ending, RunError};
use crate::server_words::{code, detail, hint, is_forbidden, is_lock_failure};

/// Why seeds were not run. Nothing of the service's seeds is in effect then.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The target cannot be worked on at all.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Files and tables do not fit together, or the server refused rows; all that is known to be wrong.
    #[error("{} problem(s) with seeds", .0.len())]
    Findings(Vec<Diagnostic>),
    /// Rows were locked by others for too long.
    #[error("rows of {seed} were locked by others: {error}")]
    Locked {
        /// The seed.
        seed: String,
        /// The server's words.
        error: ServerError,
    },
}

impl From<ServerError> for SeedError {
    fn from(error: ServerError) -> Self {
        Self::Run(error.into())
    }
}

impl SeedError {
    /// What it means for whoever started the run.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self {
            Self::Run(error) => error.ending(),
            Self::Findings(_) => Ending::Finding,
            Self::Locked { .. } => Ending::TryAgain,
        }
    }

    /// What is said to people.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Run(error) => error.diagnostics(),
            Self::Findings(findings) => findings.clone(),
            Self::Locked { .. } => {
                vec![Diagnostic::error("rows-locked", self.to_string()).with_help("nothing was written; run it again")]
            }
        }
    }

    /// What the server refused, at its place in the file.
    pub(super) fn refused(
        seed: &str,
        source: &Arc<SourceFile>,
        span: Option<Span>,
        error: ServerError,
        mask: &dyn Fn(&str) -> String,
    ) -> Self {
        if error.is_connection_lost() {
            return error.into();
        }
        if is_lock_failure(&error) {
            return Self::Locked { seed: seed.to_owned(), error };
        }
        let message = error.database().map_or_else(|| error.to_string(), |database| database.message.clone());
        let mut diagnostic = Diagnostic::error("seed-refused", mask(&message));
        diagnostic = match span {
            Some(span) => diagnostic.at(source, span),
            None => diagnostic.in_file(source),
        };
        diagnostic.notes.extend(detail(&error).map(mask));
        diagnostic.notes.push("nothing was written".to_owned());
        diagnostic.help = day_help(&error).or_else(|| hint(&error).map(mask)).or_else(|| help(&error));
        Self::Findings(vec![diagnostic])
    }
}

/// The server would have another `datestyle`, which is pinned here.
fn day_help(error: &ServerError) -> Option<String> {
    let is_day =
        code(error) == Some("22008") && hint(error).is_some_and(|hint| hint.to_lowercase().contains("datestyle"));
    is_day.then(|| "write days as 2024-12-31: any other order is another day in another database".to_owned())
}

fn help(error: &ServerError) -> Option<String> {
    let help = match code(error)? {
        "23502" => "give the column a value in the file, or a default in the schema",
        "23503" => "the row that it refers to has to be there, or be in a seed",
        "23505" => "another row has this value; is `key` what identifies a row?",
        _ if is_forbidden(error) => "seeds write as `owner_role`, else as the role that logs in",
        _ => return None,
    };
    Some(help.to_owned())
}
