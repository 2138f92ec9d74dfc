//! The folder in which a tool keeps its migrations, programs included.

use std::path::Path;

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile, joined};
use crate::layout::Entry;
use crate::{LayoutName, Version};

/// A tool's folder, read once.
#[derive(Debug, Clone, Default)]
pub struct ToolFiles {
    folder: Folder,
}

impl ToolFiles {
    /// Reads a folder; `shown` is its path as people know it, relative to the project. Files that cannot be read are
    /// warnings: a tool's folder may hold anything.
    #[must_use]
    pub fn read(path: &Path, shown: &str) -> (Self, Vec<Diagnostic>) {
        let (folder, problems) = Folder::read_with_programs(path, shown);
        (Self { folder }, problems)
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// A file's path as people know it.
    pub(crate) fn shown(&self, path: &str) -> String {
        joined(&self.folder.shown, path)
    }

    /// The text of a file that was read.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.folder.file(path).and_then(|file| file.source.as_ref()).map(|source| &*source.text)
    }

    /// The files with one of these endings (with their dots), whose names without it are given along.
    pub(crate) fn with_ending<'f>(
        &'f self,
        endings: &'f [&'f str],
    ) -> impl Iterator<Item = (&'f FolderFile, &'f str)> + 'f {
        self.folder.files.iter().filter_map(|file| {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            let stem = endings.iter().find_map(|ending| name.strip_suffix(ending))?;
            Some((file, stem))
        })
    }

    /// The migrations that a layout finds, in the order of their versions.
    pub(crate) fn entries(&self, layout: LayoutName) -> Vec<Entry> {
        let mut entries = layout.rules().find(&self.folder).entries;
        entries.sort_by(|a, b| a.version.cmp(&b.version));
        entries
    }
}

/// The migration of a version, written as a number or as text.
pub(crate) fn of_version<'e>(entries: &'e [Entry], version: &str) -> Option<&'e Entry> {
    let version = Version::new(version).ok()?;
    entries.iter().find(|entry| entry.version == version)
}
