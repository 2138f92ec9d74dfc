//! The migrations that are applied.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of migrations, and a script with which `psql` runs the same files.
pub(crate) struct Files {
    pub(crate) folder: PathBuf,
    pub(crate) script: PathBuf,
    pub(crate) count: usize,
}

impl Files {
    /// Writes so many migrations.
    pub(crate) fn write(folder: &Path, count: usize) -> Self {
        let migrations = folder.join("migrations");
        fs::create_dir(&migrations).unwrap();
        let mut script = String::new();
        for number in 1..=count {
            let path = migrations.join(format!("{number:05}_add_visit_{number}.sql"));
            let sql = format!(
                "CREATE TABLE visit_{number} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
                 patient_id bigint NOT NULL,\n    \
                 reason text NOT NULL,\n    seen_at timestamptz NOT NULL DEFAULT now(),\n    closed boolean NOT NULL \
                 DEFAULT false\n);\n\
                 CREATE INDEX visit_{number}_patient_idx ON visit_{number} (patient_id, seen_at);\n"
            );
            fs::write(&path, sql).unwrap();
            let _ = writeln!(script, "BEGIN;\n\\i {}\nCOMMIT;", path.display());
        }
        let script_path = folder.join("all.psql");
        fs::write(&script_path, script).unwrap();
        Self { folder: folder.to_owned(), script: script_path, count }
    }
}
