//! How much is told.

/// How much a person wants to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Verbosity {
    /// Errors only (`-q`).
    Quiet,
    /// What was done, and what is in the way.
    #[default]
    Normal,
    /// Every stage, every try and every message of the server (`-v`).
    Verbose,
}
