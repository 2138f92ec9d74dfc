//! dbmate: both directions in one file, below `-- migrate:up` and `-- migrate:down`.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile};

use super::numbered::{count_marked, find_files};
use super::{DownPlace, Fit, Found, Layout, Sections, Template};

pub(super) struct Dbmate;

/// What follows the mark of a direction.
fn options<'a>(line: &'a str, direction: &str) -> Option<&'a str> {
    let rest = line.strip_prefix("--")?.trim_start().strip_prefix("migrate:")?.strip_prefix(direction)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest.trim())
}

impl Layout for Dbmate {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::mark(count_marked(folder, |line| options(line, "up").is_some()))
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let is = |direction: &'static str| move |line: &str| options(line, direction).is_some();
        let sections = Sections::marked(file, is("up"), is("down")).unwrap_or_else(|| Sections::limosa(file));
        let off = file
            .comment_lines()
            .filter_map(|(_, line)| options(line, "up"))
            .any(|options| options.split_whitespace().any(|option| option == "transaction:false"));
        Ok(sections.without_transaction(off))
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(vec![(format!("{version}_{name}.sql"), "-- migrate:up\n\n-- migrate:down\n".to_owned())])
    }
}
