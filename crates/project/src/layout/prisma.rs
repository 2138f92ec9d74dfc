//! Prisma: a folder per migration, with `migration.sql` in it. Prisma has no down scripts of its own; people keep them
//! as `down.sql` in the folder or below `rollbacks/`.

use limosa_syntax::Diagnostic;

use crate::folder::{Folder, joined};

use super::numbered::numbered;
use super::{DownPlace, Entry, Fit, Found, Layout, Template};

const LOCK_FILE: &str = "migration_lock.toml";

pub(super) struct Prisma;

/// The folders that hold a file of this name: `<version>_<name>/<file>`, as the folder's path.
pub(super) fn folders_with<'a>(folder: &'a Folder, file: &'a str) -> impl Iterator<Item = &'a str> {
    folder.files.iter().filter_map(move |found| found.path.strip_suffix(file)?.strip_suffix('/'))
}

/// The migrations that are folders with an up file of this name; a `down.sql` beside it reverts.
pub(super) fn find_folders(folder: &Folder, up: &str) -> Found {
    let mut found = Found::default();
    for path in folders_with(folder, up).filter(|path| !path.contains('/')) {
        let Some(numbered) = numbered(path) else { continue };
        let down = format!("{path}/down.sql");
        found.entries.push(Entry {
            version: numbered.version,
            spelled: Some(numbered.spelled),
            name: numbered.name,
            up: format!("{path}/{up}"),
            down: folder.file(&down).is_some().then_some(down),
            path: path.to_owned(),
            companions: Vec::new(),
        });
    }
    // A name like that of a migration's folder which is a file is most likely a mistake.
    for file in folder.files.iter().filter(|file| !file.path.contains(['/', '.']) && numbered(&file.path).is_some()) {
        let shown = joined(&folder.shown, &file.path);
        let message = format!("`{shown}` is a file; expected a folder with `{up}` in it");
        found.problems.push(
            Diagnostic::error("file-not-folder", message).with_help(format!("move it to `{shown}/{up}`, or remove it")),
        );
    }
    found
}

impl Layout for Prisma {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        let migrations = find_folders(folder, "migration.sql").entries.len();
        if folder.file(LOCK_FILE).is_some() { Fit::mark(migrations.max(1)) } else { Fit::shape(migrations) }
    }

    fn find(&self, folder: &Folder) -> Found {
        find_folders(folder, "migration.sql")
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        let migration = format!("{version}_{name}");
        let up = format!("{migration}/migration.sql");
        Ok(match down {
            DownPlace::Inside => vec![(up, "\n-- limosa:down\n".to_owned())],
            DownPlace::Own => vec![(up, String::new()), (format!("{migration}/down.sql"), String::new())],
            DownPlace::Rollbacks => {
                vec![(up, String::new()), (format!("rollbacks/{migration}_rollback.sql"), String::new())]
            }
        })
    }
}
