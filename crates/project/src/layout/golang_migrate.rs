//! golang-migrate: `<version>_<name>.up.sql` and `.down.sql`.

use crate::folder::Folder;

use super::numbered::{find_files, numbered};
use super::{DownPlace, Fit, Found, Layout, Numbering, Template};

pub(super) struct GolangMigrate;

/// How many `.up.sql` files the folder itself holds.
pub(super) fn count_pairs(folder: &Folder) -> usize {
    folder.top_sql().filter_map(|(_, stem)| stem.strip_suffix(".up")).filter(|stem| numbered(stem).is_some()).count()
}

/// The two files of a new migration.
pub(super) fn pair(version: &str, name: &str) -> Vec<Template> {
    vec![(format!("{version}_{name}.up.sql"), String::new()), (format!("{version}_{name}.down.sql"), String::new())]
}

impl Layout for GolangMigrate {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::shape(count_pairs(folder))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 6 }
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(pair(version, name))
    }
}
