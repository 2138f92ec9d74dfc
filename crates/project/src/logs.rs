//! Log files.

use std::path::PathBuf;

/// The `[log]` table: which kind of work is written to which file, relative to the project's root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogSettings {
    /// What is applied and reverted.
    pub migration: Option<PathBuf>,
    /// Backfills.
    pub backfill: Option<PathBuf>,
    /// Checks and proofs.
    pub validation: Option<PathBuf>,
    /// Seeds.
    pub seed: Option<PathBuf>,
}
