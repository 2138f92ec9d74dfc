//! `limosa.toml`: found, read and checked, with all that is wrong reported together.

mod backfill;
mod backup;
mod check;
mod consumer;
mod document;
mod environments;
mod ids;
mod ignore;
mod implicit;
mod logs;
mod mask;
mod run;
mod scalar;
mod seed;
mod services;
mod table;
mod tenants;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use crate::Project;
use crate::file::read_source;

pub use check::check_settings;
pub(crate) use consumer::consumer_settings;
pub(crate) use implicit::{CONVENTIONAL, conventional_folder};
pub use mask::mask_settings;
pub(crate) use seed::seed_entries;

/// The name of the file that makes a folder a project.
pub const CONFIG_FILE: &str = "limosa.toml";

/// A project, and what is worth knowing about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The project.
    pub project: Project,
    /// Nothing that keeps it from being used.
    pub warnings: Vec<Diagnostic>,
}

/// Loads the project of a folder: the `limosa.toml` in it or in the nearest folder above. Where there is none and the
/// folder holds SQL migrations, it is a project of one service named after it, in an embedded environment.
///
/// # Errors
/// All that is wrong with the file, together; or that there is neither a file nor migrations.
pub fn load(dir: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    match std::fs::metadata(dir) {
        Err(error) => return Err(vec![crate::file::unreadable(&dir.to_string_lossy(), &error)]),
        Ok(found) if !found.is_dir() => {
            let message = format!("`{}` is a file; expected a folder", dir.display());
            let error = Diagnostic::error("file-not-folder", message);
            return Err(vec![error.with_help("name the folder of the project")]);
        }
        Ok(_) => {}
    }
    // Parents of a relative path end at its first part; those of the real one end at the root of the file system.
    let real = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    match nearest_config(&real) {
        Some(path) => {
            let root = path.parent().map_or_else(PathBuf::new, Path::to_owned);
            let source = read_source(&path, CONFIG_FILE).map_err(|problem| vec![*problem])?;
            read_config(&root, &source)
        }
        None => implicit::project(&real),
    }
}

/// Reads the text of a `limosa.toml` whose project is in a folder.
///
/// # Errors
/// All that is wrong with the text, together.
pub fn read_config(root: &Path, source: &Arc<SourceFile>) -> Result<Loaded, Vec<Diagnostic>> {
    document::read(root, source)
}

fn nearest_config(dir: &Path) -> Option<PathBuf> {
    dir.ancestors().map(|folder| folder.join(CONFIG_FILE)).find(|path| path.exists())
}
