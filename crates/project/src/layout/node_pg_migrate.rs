//! node-pg-migrate's SQL files: both directions in one file.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile};

use super::numbered::{count_marked, find_files};
use super::{DownPlace, Fit, Found, Layout, Numbering, Sections, Template};

pub(super) struct NodePgMigrate;

/// Whether a line is `-- Up Migration` or `-- Down Migration`, in any case and with any dashes.
fn is(direction: &'static str) -> impl Fn(&str) -> bool {
    move |line| {
        let mut words = line.trim_start_matches(|c: char| c == '-' || c.is_whitespace()).split_whitespace();
        let first = words.next().is_some_and(|word| word.eq_ignore_ascii_case(direction));
        first && words.next().is_some_and(|word| word.to_ascii_lowercase().starts_with("migration"))
    }
}

impl Layout for NodePgMigrate {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::mark(count_marked(folder, is("up")))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        // Without a mark for up, everything before the mark for down is applied.
        Ok(Sections::marked(file, is("up"), is("down")).unwrap_or_else(|| Sections::split(file, is("down"))))
    }

    fn numbering(&self) -> Numbering {
        Numbering::EpochMilliseconds
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        let name = name.replace('_', "-");
        Ok(vec![(format!("{version}_{name}.sql"), "-- Up Migration\n\n-- Down Migration\n".to_owned())])
    }
}
