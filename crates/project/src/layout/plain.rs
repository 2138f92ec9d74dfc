//! `<version>_<name>.sql`.

use crate::folder::Folder;

use super::numbered::{count, find_files};
use super::{DownPlace, Fit, Found, Layout, Template};

pub(super) struct Plain;

impl Layout for Plain {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::shape(count(folder))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(plain_files(version, name, down))
    }
}

/// The files that layouts without marks of their own use.
pub(super) fn plain_files(version: &str, name: &str, down: DownPlace) -> Vec<Template> {
    let up = format!("{version}_{name}.sql");
    match down {
        DownPlace::Inside => vec![(up, "\n-- limosa:down\n".to_owned())],
        DownPlace::Own => vec![(up, String::new()), (format!("{version}_{name}.down.sql"), String::new())],
        DownPlace::Rollbacks => {
            vec![(up, String::new()), (format!("rollbacks/{version}_{name}_rollback.sql"), String::new())]
        }
    }
}
