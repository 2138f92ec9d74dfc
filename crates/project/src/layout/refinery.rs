//! refinery: `V1__x.sql` in order, `U2__x.sql` for those that may come late. Told from Flyway by a `U` file that has no
//! `V` file of its version, since Flyway's `U` undoes one.

use std::collections::HashSet;

use crate::Version;
use crate::folder::Folder;

use super::flyway::all_prefixed;
use super::{DownPlace, Entry, Fit, Found, Layout, Numbering, Template};

pub(super) struct Refinery;

impl Layout for Refinery {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let (late, ordered): (Vec<_>, Vec<_>) = all_prefixed(folder)
            .filter(|(_, name)| name.prefix != 'B')
            .map(|(_, name)| (name.prefix, name.version))
            .partition(|(prefix, _)| *prefix == 'U');
        let in_order: HashSet<&Version> = ordered.iter().map(|(_, version)| version).collect();
        let alone = late.iter().any(|(_, version)| !in_order.contains(version));
        if alone { Fit::shape(late.len() + ordered.len()) } else { None }
    }

    fn find(&self, folder: &Folder) -> Found {
        let entries = all_prefixed(folder).filter(|(_, name)| name.prefix != 'B').map(|(file, name)| Entry {
            spelled: Some(name.spelled.to_owned()),
            version: name.version,
            name: name.name,
            up: file.path.clone(),
            down: None,
            path: file.path.clone(),
            companions: Vec::new(),
        });
        Found { entries: entries.collect(), ..Found::default() }
    }

    fn numbering(&self) -> Numbering {
        Numbering::Sequence { digits: 1 }
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        let up = format!("V{version}__{name}.sql");
        Ok(match down {
            DownPlace::Own | DownPlace::Inside => vec![(up, "\n-- limosa:down\n".to_owned())],
            DownPlace::Rollbacks => {
                vec![(up, String::new()), (format!("rollbacks/V{version}__{name}_rollback.sql"), String::new())]
            }
        })
    }
}
