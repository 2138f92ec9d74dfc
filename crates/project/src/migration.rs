//! One step of a schema, and all steps of one service.

use std::path::PathBuf;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use crate::{Checksum, LayoutName, MigrationName, RenumberRecord, Script, Squashed, SumState, Version};

/// Whether a migration runs in a transaction, as far as its layout's own conventions say. Limosa's directive in the
/// text (`-- limosa: transaction off`) is read together with the statements and takes precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// The file says nothing: the statements decide.
    Auto,
    /// The file asks for none.
    Off,
    /// The file insists on one.
    Whole,
}

/// A versioned migration, as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its identity and its place in the order.
    pub version: Version,
    /// What people call it.
    pub name: MigrationName,
    /// What applies it.
    pub up: Script,
    /// What reverts it, where the folder holds that.
    pub down: Option<Script>,
    /// The checksum of the up script.
    pub checksum: Checksum,
    /// What the layout's conventions say about a transaction.
    pub transaction: TransactionMode,
    /// Its file, or its folder in layouts of folders; relative to the migrations folder, forward slashes.
    pub path: String,
    /// All that belongs to it and is renamed with it, `path` first; relative to the migrations folder.
    pub owned: Vec<String>,
    /// The version as it is spelled in those paths (`1_2` for Flyway's 1.2). `None` where no path holds it, because
    /// `limosa.toml` gives the version.
    pub spelled: Option<String>,
}

/// A repeatable object (a view, a function, a policy …): it has no version and runs again whenever its text changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// Its identity: the path below `repeatable/` without ending, or what stands after Flyway's `R__`.
    pub name: MigrationName,
    /// What creates or replaces it.
    pub up: Script,
    /// The checksum of its text.
    pub checksum: Checksum,
    /// What the layout's conventions say about a transaction.
    pub transaction: TransactionMode,
    /// Its file, relative to the migrations folder, forward slashes.
    pub path: String,
}

/// All migrations of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationSet {
    /// The folder, as an absolute path or relative to where the project was loaded from.
    pub folder: PathBuf,
    /// The folder as people know it: relative to the project, forward slashes.
    pub shown_folder: String,
    /// The layout that the files were read in.
    pub layout: LayoutName,
    /// In the order of their versions. Equal versions stand side by side; [`reconcile()`](crate::reconcile()) reports
    /// them.
    pub migrations: Vec<Migration>,
    /// In the order of their names.
    pub repeatables: Vec<Repeatable>,
    /// The chain of hashes beside them.
    pub sum: SumState,
    /// Which of them had other versions before.
    pub renumbered: RenumberRecord,
    /// A baseline among them, and what it replaces.
    pub squashed: Option<Box<Squashed>>,
    /// Loose files, ignored files, empty files and the like.
    pub warnings: Vec<Diagnostic>,
}

impl MigrationSet {
    /// A path of the set as people know it.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        if self.shown_folder.is_empty() || self.shown_folder == "." {
            path.to_owned()
        } else {
            format!("{}/{path}", self.shown_folder)
        }
    }

    /// The same migrations in another order, under versions that count from 1; `order` are their places. What lies
    /// beside them belongs to the versions that they had, and is left out.
    #[must_use]
    pub fn in_order(&self, order: &[usize]) -> Self {
        let placed = order.iter().enumerate().filter_map(|(at, place)| {
            let version = Version::new((at + 1).to_string()).ok()?;
            Some(Migration { version, ..self.migrations.get(*place)?.clone() })
        });
        Self {
            migrations: placed.collect(),
            sum: SumState::Absent,
            renumbered: RenumberRecord::default(),
            squashed: None,
            ..self.clone()
        }
    }

    /// The same set as it was before this file was edited.
    #[must_use]
    pub fn with_text(&self, version: &Version, text: &str) -> Self {
        let mut set = self.clone();
        for migration in set.migrations.iter_mut().filter(|migration| migration.version == *version) {
            let separator = migration.up.separator;
            let source = Arc::new(SourceFile { path: migration.up.source.path.clone(), text: text.into() });
            migration.up = Script::whole(&source, separator);
            migration.checksum = Checksum::of(text);
        }
        set
    }

    /// The migration of a version.
    #[must_use]
    pub fn find(&self, version: &Version) -> Option<&Migration> {
        // Sorted, as every reader relies on.
        let at = self.migrations.partition_point(|migration| migration.version < *version);
        self.migrations.get(at).filter(|migration| migration.version == *version)
    }
}
