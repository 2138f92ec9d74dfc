//! Files that are gone, from what a history kept of them.

use crate::layout::DownPlace;
use crate::new::down_place;
use crate::{MigrationSet, NewFile, NewMigration, Version};

/// A migration as a history kept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMigration {
    /// The version, as it was written.
    pub version: String,
    /// What people call it.
    pub name: String,
    /// What was applied.
    pub up: String,
    /// What takes it back, where there was something.
    pub down: Option<String>,
    /// The file that it came from, relative to the project.
    pub path: String,
}

impl KeptMigration {
    /// Its file, relative to the migrations folder; `None` where it lay somewhere else.
    #[must_use]
    pub fn path_in<'p>(&'p self, set: &MigrationSet) -> Option<&'p str> {
        match set.shown_folder.as_str() {
            "." | "" => Some(&self.path),
            folder => self.path.strip_prefix(folder)?.strip_prefix('/'),
        }
    }

    /// Whether a text holds what was applied, whatever else it holds: marks of its tool, a way back.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        text.replace("\r\n", "\n").contains(self.up.replace("\r\n", "\n").trim())
    }

    /// The files that say the same in the layout of the folder, under the name that they had.
    ///
    /// # Errors
    /// Why the folder's layout cannot have such a file.
    pub fn files(&self, set: &MigrationSet) -> Result<Vec<NewFile>, String> {
        let had = self.path_in(set).filter(|path| !path.split('/').any(|part| part == ".."));
        let version: Version = self.version.parse().map_err(|error: crate::InvalidVersion| error.to_string())?;
        let module = had.and_then(|path| path.rsplit_once('/')).map(|(folder, _)| folder);
        let name = match module {
            Some(module) if set.layout == crate::LayoutName::Modules => format!("{module}/{}", self.name),
            _ => self.name.clone(),
        };
        let place = if self.down.is_some() { down_place(set) } else { DownPlace::Own };
        let templates = set.layout.rules().new_files(version.as_str(), &name, place)?;
        let files = templates.into_iter().map(|(path, text)| NewFile { path, text }).collect();
        let new = NewMigration { version, files, warnings: Vec::new() };
        let mut files = new.with_scripts(&self.up, self.down.as_deref().unwrap_or_default()).files;
        if self.down.is_none() {
            files.truncate(1);
        }
        if let (Some(had), Some(usual)) = (had, files.first().map(|file| file.path.clone())) {
            let stem = |path: &str| {
                let stem = path.strip_suffix(".sql").unwrap_or(path);
                stem.strip_suffix(".up").unwrap_or(stem).to_owned()
            };
            let (stem_had, stem_usual) = (stem(had), stem(&usual));
            let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
            for file in &mut files {
                file.path = match &file.path {
                    path if *path == usual => had.to_owned(),
                    path => path.replacen(&last(&stem_usual), &last(&stem_had), 1),
                };
            }
        }
        Ok(files)
    }
}
