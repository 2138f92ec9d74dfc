//! Giving a migration another version: what has to be renamed for it, and why it sometimes cannot be.

use limosa_syntax::Diagnostic;

use crate::{Migration, MigrationSet, Rename};

/// The version of a migration as its paths spell it, if renaming its files is all that another version takes.
///
/// # Errors
/// A migration whose version stands in `limosa.toml`, or of a tool that keeps a journal.
pub(crate) fn respellable<'m>(set: &MigrationSet, migration: &'m Migration) -> Result<&'m str, Box<Diagnostic>> {
    let Some(spelled) = &migration.spelled else {
        let help = "write a later version in its `loose` table";
        return Err(refused(set, migration, "limosa.toml gives its version", help));
    };
    if !set.layout.rules().renames() {
        let why = format!("{} keeps a journal of its own", set.layout);
        return Err(refused(set, migration, &why, "remove it and make it again with that tool"));
    }
    Ok(spelled)
}

/// Why a migration keeps the version that it has.
pub(crate) fn refused(set: &MigrationSet, migration: &Migration, why: &str, help: &str) -> Box<Diagnostic> {
    let message = format!("`{}` cannot be given another version: {why}", set.shown(&migration.path));
    Box::new(Diagnostic::error("cannot-rename", message).in_file(&migration.up.source).with_help(help))
}

/// What is renamed so that a migration has another version.
pub(crate) fn renames(migration: &Migration, spelled: &str, next: &str) -> Vec<Rename> {
    let rename = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        // A way back may be named after the version as it is meant, where the migration spells it otherwise.
        let old = if name.contains(spelled) { spelled } else { migration.version.as_str() };
        Rename { from: path.clone(), to: with_version(path, old, next) }
    };
    migration.owned.iter().map(rename).filter(|rename| rename.from != rename.to).collect()
}

/// The path with another version in its last part.
pub(crate) fn with_version(path: &str, spelled: &str, next: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{}", name.replacen(spelled, next, 1))
}

/// Orders renames so that a name is free before it is taken. Where names are exchanged, one of them waits under a name
/// of its own.
pub(crate) fn performable(mut left: Vec<Rename>) -> Vec<Rename> {
    let (mut ordered, mut waiting) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let free = left.iter().position(|rename| left.iter().all(|other| other.from != rename.to));
        let Some(free) = free else {
            let Rename { from, to } = left.remove(0);
            let aside = format!("{to}.renumbering");
            ordered.push(Rename { from, to: aside.clone() });
            waiting.push(Rename { from: aside, to });
            continue;
        };
        ordered.push(left.remove(free));
    }
    ordered.extend(waiting);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_exchanged_pass_through_a_third() {
        let rename = |from: &str, to: &str| Rename { from: from.to_owned(), to: to.to_owned() };
        let ordered = performable(vec![rename("1", "2"), rename("2", "1"), rename("3", "4")]);
        let told: Vec<String> = ordered.iter().map(|it| format!("{} {}", it.from, it.to)).collect();
        assert_eq!(told, ["3 4", "1 2.renumbering", "2 1", "2.renumbering 2"]);
    }
}
