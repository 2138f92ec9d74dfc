//! Diesel: a folder per migration with `up.sql`, `down.sql` and perhaps `metadata.toml`.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile};
use crate::{MigrationName, Version};

use super::prisma::folders_with;
use super::{DownPlace, Entry, Fit, Found, Layout, Numbering, Sections, Template};

pub(super) struct Diesel;

/// The version is what stands before the first `_`, its dashes removed.
fn entry(folder: &Folder, path: &str) -> Option<Entry> {
    let (spelled, name) = path.split_once('_').unwrap_or((path, ""));
    let down = format!("{path}/down.sql");
    Some(Entry {
        version: Version::new(spelled.replace('-', "")).ok()?,
        spelled: Some(spelled.to_owned()),
        name: MigrationName::new(name).ok()?,
        up: format!("{path}/up.sql"),
        down: folder.file(&down).is_some().then_some(down),
        path: path.to_owned(),
        companions: Vec::new(),
    })
}

fn entries(folder: &Folder) -> Vec<Entry> {
    let paths = folders_with(folder, "up.sql").filter(|path| !path.contains('/'));
    paths.filter_map(|path| entry(folder, path)).collect()
}

impl Layout for Diesel {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        Fit::shape(entries(folder).len())
    }

    fn find(&self, folder: &Folder) -> Found {
        Found { entries: entries(folder), ..Found::default() }
    }

    fn sections(&self, file: &FolderFile, folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let sections = Sections::limosa(file);
        let metadata = file.path.rsplit_once('/').map(|(migration, _)| format!("{migration}/metadata.toml"));
        let Some(source) = metadata.and_then(|path| folder.file(&path)).and_then(|file| file.source.as_ref()) else {
            return Ok(sections);
        };
        match source.text.parse::<toml::Table>() {
            Ok(table) => {
                let off = table.get("run_in_transaction").and_then(toml::Value::as_bool) == Some(false);
                Ok(sections.without_transaction(off))
            }
            Err(error) => {
                let problem = Diagnostic::error("invalid-toml", format!("`{}`: {}", source.path, error.message()));
                Err(Box::new(match error.span() {
                    Some(span) => problem.at(source, span.into()),
                    None => problem.in_file(source),
                }))
            }
        }
    }

    fn numbering(&self) -> Numbering {
        Numbering::Dashed
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        let migration = format!("{version}_{name}");
        Ok(vec![(format!("{migration}/up.sql"), String::new()), (format!("{migration}/down.sql"), String::new())])
    }
}
