//! Folders per module, each with numbered files: `core/001_x.sql`, `crm/020_y.sql`. The numbers are one order over all.

use crate::folder::{Folder, FolderFile};

use super::numbered::{count, file_entry, numbered};
use super::{DownPlace, Fit, Found, Layout, Numbering, Template};

/// Folders that hold something other than migrations.
const NOT_MODULES: &[&str] = &[
    "repeatable",
    "rollbacks",
    "rollback",
    "down",
    "meta",
    "seeds",
    "seed",
    "archive",
    "committed",
    "current",
    "fixtures",
];

pub(super) struct Modules;

/// Module and stem of a file that is one folder deep.
fn in_module(file: &FolderFile) -> Option<(&str, &str)> {
    let (module, name) = file.path.strip_suffix(".sql")?.split_once('/')?;
    (!name.contains('/') && !NOT_MODULES.contains(&module) && !name.ends_with(".down")).then_some((module, name))
}

impl Layout for Modules {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let in_modules =
            folder.sql().filter(|file| in_module(file).is_some_and(|(_, stem)| numbered(stem).is_some())).count();
        // Numbered files both here and in folders could be meant either way, so neither reading may win by number.
        match (count(folder), in_modules) {
            (_, 0) => None,
            (0, modules) => Fit::shape(modules),
            (here, _) => Fit::shape(here),
        }
    }

    fn find(&self, folder: &Folder) -> Found {
        let mut found = super::numbered::find_files(folder);
        for file in folder.sql() {
            let Some((module, stem)) = in_module(file) else { continue };
            let stem = stem.strip_suffix(".up").unwrap_or(stem);
            if let Some(numbered) = numbered(stem) {
                let down = format!("{module}/{stem}.down.sql");
                let down = folder.file(&down).is_some().then_some(down);
                found.entries.push(file_entry(file, numbered, down));
            }
        }
        found
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 3 }
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        let (module, name) = name.split_once('/').ok_or("say the module as well: `limosa new <module>/<name>`")?;
        Ok(vec![
            (format!("{module}/{version}_{name}.sql"), String::new()),
            (format!("{module}/{version}_{name}.down.sql"), String::new()),
        ])
    }
}
