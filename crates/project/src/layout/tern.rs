//! tern: both directions in one file, parted by `---- create above / drop below ----`.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile};

use super::numbered::{count_marked, find_files};
use super::{DownPlace, Fit, Found, Layout, Numbering, Sections, Template};

const PARTING: &str = "---- create above / drop below ----";
const NO_TRANSACTION: &str = "---- tern: disable-tx ----";

pub(super) struct Tern;

impl Layout for Tern {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::mark(count_marked(folder, |line| line == PARTING || line == NO_TRANSACTION))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let off = file.comment_lines().any(|(_, line)| line == NO_TRANSACTION);
        Ok(Sections::split(file, |line| line == PARTING).without_transaction(off))
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 3 }
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(vec![(format!("{version}_{name}.sql"), format!("\n{PARTING}\n\n"))])
    }
}
