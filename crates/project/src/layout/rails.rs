//! Rails' numbers: SQL in `db/migrate`, with a `structure.sql` that is a dump and not a migration.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, joined};

use super::numbered::{count, find_files};
use super::plain::plain_files;
use super::{DownPlace, Fit, Found, Layout, Template};

pub(super) struct Rails;

impl Layout for Rails {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let ruby = folder.files.iter().any(|file| file.path.ends_with(".rb") && !file.path.contains('/'));
        let is_rails = ruby || folder.shown.ends_with("db/migrate") || folder.file("structure.sql").is_some();
        if is_rails { Fit::mark(count(folder)) } else { None }
    }

    fn find(&self, folder: &Folder) -> Found {
        let mut found = find_files(folder);
        found.ignored.extend(folder.file("structure.sql").map(|file| file.path.clone()));
        for file in folder.files.iter().filter(|file| file.path.ends_with(".rb")) {
            let shown = joined(&folder.shown, &file.path);
            let message = format!("`{shown}` is Ruby, which Limosa cannot run");
            found.problems.push(
                Diagnostic::warning("ignored-file", message)
                    .with_help("write what it does as SQL, or adopt the database that it was applied to"),
            );
        }
        found
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(plain_files(version, name, down))
    }
}
