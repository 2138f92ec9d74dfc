//! graphile-migrate: `committed/000001-x.sql` with `--!` headers; `current.sql` is work in progress. There is no down.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile, joined};

use super::numbered::{file_entry, numbered};
use super::{DownPlace, Fit, Found, Layout, Numbering, Sections, Template};

pub(super) struct Graphile;

fn is_committed(file: &FolderFile) -> bool {
    let below = file.path.strip_prefix("committed/").unwrap_or(&file.path);
    file.is_sql() && !below.contains('/') && file.comment_lines().any(|(_, line)| line.starts_with("--! Hash:"))
}

impl Layout for Graphile {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::mark(folder.files.iter().filter(|file| is_committed(file)).count())
    }

    fn find(&self, folder: &Folder) -> Found {
        let mut found = Found::default();
        for file in folder.sql() {
            let below = file.path.strip_prefix("committed/").unwrap_or(&file.path);
            if let Some(numbered) = below.strip_suffix(".sql").filter(|stem| !stem.contains('/')).and_then(numbered) {
                found.entries.push(file_entry(file, numbered, None));
            } else if file.path == "current.sql" || file.path.starts_with("current/") {
                let message = format!("`{}` is not committed, so it is not applied", joined(&folder.shown, &file.path));
                found.problems.push(
                    Diagnostic::warning("ignored-file", message).with_help("commit it with `graphile-migrate commit`"),
                );
                found.ignored.push(file.path.clone());
            } else if file.path.starts_with("fixtures/") {
                found.ignored.push(file.path.clone());
            }
        }
        found
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let off = file.comment_lines().any(|(_, line)| line == "--! no-transaction");
        Ok(Sections::whole(file).without_transaction(off))
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 6 }
    }

    fn new_files(&self, _version: &str, _name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Err("graphile-migrate chains the hashes of its files; write into `current.sql` and commit it there")
    }

    fn renames(&self) -> bool {
        false
    }
}
