//! sqlx: pairs or single files, with `-- no-transaction` on the first line. A folder of pairs without that mark reads
//! the same as golang-migrate's, and is recognised as such.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile};

use super::golang_migrate::{count_pairs, pair};
use super::numbered::{count, find_files};
use super::{DownPlace, Fit, Found, Layout, Sections, Template};

pub(super) struct Sqlx;

fn is_without_transaction(file: &FolderFile) -> bool {
    file.text().trim_start_matches('\u{feff}').starts_with("-- no-transaction")
}

impl Layout for Sqlx {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let marked = folder.top_sql().any(|(file, _)| is_without_transaction(file));
        if marked { Fit::mark(count(folder) + count_pairs(folder)) } else { None }
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        Ok(Sections::limosa(file).without_transaction(is_without_transaction(file)))
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(pair(version, name))
    }
}
