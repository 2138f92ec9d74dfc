//! Why a catalog cannot be read.

use limosa_catalog::DecodeError;
use tokio_postgres::error::SqlState;

use crate::facts::FactsError;
use crate::server_error::ServerError;

/// Why a catalog cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectError {
    /// It is not known what the server is.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// The reading could not begin or end.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A question to the system catalogs was refused.
    #[error("reading the {about} of the database failed: {source}")]
    Question {
        /// What was asked about.
        about: &'static str,
        /// What the server said.
        source: ServerError,
    },
    /// An answer is not what was asked for.
    #[error("{0}; is the server of a version that this Limosa does not know?")]
    Answer(#[from] DecodeError),
    /// Others changed the schema during every attempt.
    #[error(
        "the schema was changed by others while it was read, {attempts} times in a row; \
         run it again when no migration is under way"
    )]
    Changing {
        /// How often it was tried.
        attempts: usize,
        /// What the last attempt ended with.
        source: Option<Box<IntrospectError>>,
    },
}

impl IntrospectError {
    /// Whether an object went away between the moment whose state is read and the one in which it was printed: the
    /// functions that print definitions look at the present. They also lock what they look at, in an order that others
    /// need not keep.
    pub(super) fn is_change_meanwhile(&self) -> bool {
        match self {
            Self::Question { source: ServerError::Database(error), .. } => {
                let gone = [SqlState::INTERNAL_ERROR, SqlState::UNDEFINED_OBJECT, SqlState::UNDEFINED_TABLE];
                gone.contains(&error.sqlstate) || error.sqlstate == SqlState::T_R_DEADLOCK_DETECTED
            }
            // Where they find nothing they return null.
            Self::Answer(error) => error.reason == DecodeError::NULL,
            _ => false,
        }
    }
}
