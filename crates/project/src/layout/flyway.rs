//! Flyway: `V1_2__x.sql`, undone by `U1_2__x.sql`; `R__x.sql` runs again when it changes.

use std::collections::HashMap;

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, FolderFile, joined};
use crate::{MigrationName, Version};

use super::{DownPlace, Entry, Fit, Found, Layout, Numbering, Sections, Template};

pub(super) struct Flyway;

/// A name of the form `<prefix><version>__<description>`.
pub(super) struct Prefixed<'a> {
    pub(super) prefix: char,
    pub(super) spelled: &'a str,
    pub(super) version: Version,
    pub(super) name: MigrationName,
}

pub(super) fn prefixed(stem: &str) -> Option<Prefixed<'_>> {
    let stem = stem.rsplit('/').next()?;
    let prefix = stem.chars().next().filter(|prefix| "VUB".contains(*prefix))?;
    let (spelled, name) = stem.get(1..)?.split_once("__")?;
    Some(Prefixed {
        prefix,
        spelled,
        version: Version::new(spelled.replace('_', ".")).ok()?,
        name: MigrationName::new(name).ok()?,
    })
}

/// The files with a prefix, in the folder and below it, as Flyway looks for them. Files in `rollbacks/` and
/// `repeatable/` are looked at elsewhere.
pub(super) fn all_prefixed(folder: &Folder) -> impl Iterator<Item = (&FolderFile, Prefixed<'_>)> {
    folder.sql().filter_map(|file| Some((file, prefixed(file.path.strip_suffix(".sql")?)?)))
}

fn count(folder: &Folder, prefix: char) -> usize {
    all_prefixed(folder).filter(|(_, name)| name.prefix == prefix).count()
}

/// The description of `R__description.sql`.
fn repeatable(file: &FolderFile) -> Option<MigrationName> {
    let stem = file.path.strip_suffix(".sql")?;
    MigrationName::new(stem.rsplit('/').next()?.strip_prefix("R__")?).ok()
}

impl Layout for Flyway {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let files = count(folder, 'V') + count(folder, 'U');
        let repeatables = folder.sql().filter(|file| repeatable(file).is_some()).count();
        if repeatables > 0 { Fit::mark(files + repeatables) } else { Fit::shape(files) }
    }

    fn find(&self, folder: &Folder) -> Found {
        let mut found = Found::default();
        let undo =
            |(file, name): (&FolderFile, Prefixed<'_>)| (name.prefix == 'U').then(|| (name.version, file.path.clone()));
        let undo: HashMap<Version, String> = all_prefixed(folder).filter_map(undo).collect();
        for (file, name) in all_prefixed(folder) {
            match name.prefix {
                'V' => {
                    let down = undo.get(&name.version).cloned();
                    let conf = format!("{}.conf", file.path);
                    found.entries.push(Entry {
                        spelled: Some(name.spelled.to_owned()),
                        version: name.version,
                        name: name.name,
                        up: file.path.clone(),
                        down,
                        path: file.path.clone(),
                        companions: folder.file(&conf).is_some().then_some(conf).into_iter().collect(),
                    });
                }
                'B' => {
                    let message = format!(
                        "`{}` is a baseline migration, which is not applied",
                        joined(&folder.shown, &file.path)
                    );
                    found.problems.push(
                        Diagnostic::warning("ignored-file", message)
                            .with_help("the versioned migrations before it build the same schema"),
                    );
                    found.ignored.push(file.path.clone());
                }
                _ => {}
            }
        }
        let named = |file: &FolderFile| Some((repeatable(file)?, file.path.clone()));
        found.repeatables = folder.sql().filter_map(named).collect();
        found
    }

    fn sections(&self, file: &FolderFile, folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        let conf = folder.file(&format!("{}.conf", file.path));
        let off = conf.is_some_and(|conf| {
            conf.text().lines().filter_map(|line| line.split_once('=')).any(|(key, value)| {
                key.trim().ends_with("executeInTransaction") && value.trim().eq_ignore_ascii_case("false")
            })
        });
        Ok(Sections::limosa(file).without_transaction(off))
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 1 }
    }

    fn new_files(&self, version: &str, name: &str, _down: DownPlace) -> Result<Vec<Template>, &'static str> {
        Ok(vec![(format!("V{version}__{name}.sql"), String::new()), (format!("U{version}__{name}.sql"), String::new())])
    }
}
