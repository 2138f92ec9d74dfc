//! Atlas: plain files with an `atlas.sum`, and `-- atlas:txmode none`.

use limosa_syntax::Diagnostic;

use crate::TransactionMode;
use crate::folder::{Folder, FolderFile};

use super::numbered::{count, count_marked, find_files};
use super::plain::plain_files;
use super::{DownPlace, Fit, Found, Layout, Sections, Template};

pub(super) struct Atlas;

impl Layout for Atlas {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let marked = count_marked(folder, |line| line.starts_with("-- atlas:"));
        if marked > 0 || folder.file("atlas.sum").is_some() { Fit::mark(count(folder)) } else { None }
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let mut sections = Sections::limosa(file);
        for (span, line) in file.comment_lines() {
            match line.strip_prefix("-- atlas:txmode ").map(str::trim) {
                None => {}
                Some("none") => sections.transaction = TransactionMode::Off,
                Some("file" | "all") => sections.transaction = TransactionMode::Whole,
                Some(_) => {
                    let error = Diagnostic::error("unknown-mark", "an unknown transaction mode of Atlas")
                        .with_help("known are `none`, `file` and `all`");
                    return Err(Box::new(match &file.source {
                        Some(source) => error.at(source, span),
                        None => error,
                    }));
                }
            }
        }
        Ok(sections)
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(plain_files(version, name, if down == DownPlace::Own { DownPlace::Rollbacks } else { down }))
    }
}
