//! Backups.

use std::path::PathBuf;
use std::time::Duration;

/// The `[backup]` table: where backups are kept, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSettings {
    /// The folder, relative to the project's root.
    pub folder: PathBuf,
    /// How many of those that runs made are kept for each service and environment; `None` keeps all.
    pub keep: Option<u32>,
    /// How long those that runs made are kept; `None` keeps them for ever.
    pub retention: Option<Duration>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { folder: "backups".into(), keep: None, retention: None }
    }
}
