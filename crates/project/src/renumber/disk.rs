//! What a plan means for the files: names, texts, the sum file and the record.

use jiff::Timestamp;

use super::plan::RenumberPlan;
use super::record::{RENUMBER_FILE, RenumberAct, RenumberRecord};
use super::references::{Mention, Rewrite, is_program, references};
use crate::reversion::{performable, with_version};
use crate::{Checksum, FileAct, FileActError, MigrationSet, Rename, SUM_FILE, SumFile, SumState};

/// What becomes of programs that wrap a migration for another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrappers {
    /// They get the migration's number. A tool that knows programs by their names takes them for new ones.
    Rename,
    /// They keep their names, and load the file by its new one.
    Keep,
}

/// All that happens on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberChanges {
    /// Texts and renames.
    pub act: FileAct,
    /// Programs that wrap a migration for another tool, with the names that would fit; see [`Wrappers`].
    pub wrappers: Vec<Rename>,
    /// Files that name others.
    pub rewrites: Vec<Rewrite>,
    /// Places that name a migration and stay as they are.
    pub mentions: Vec<Mention>,
}

/// Works out what happens on disk. Reads the texts around the migrations, and writes nothing.
///
/// # Errors
/// A name that something else has.
pub fn renumber_changes(
    set: &MigrationSet,
    plan: &RenumberPlan,
    at: Timestamp,
    of_wrappers: Wrappers,
) -> Result<RenumberChanges, FileActError> {
    let wrappers = wrappers(set, plan);
    let mut all = plan.renames(set);
    if of_wrappers == Wrappers::Rename {
        all.extend(wrappers.iter().cloned());
    }
    let (rewrites, mentions) = references(set, &all);
    let renames = performable(all);
    let mut record: RenumberRecord = set.renumbered.clone();
    record.acts.push(RenumberAct { at, lines: plan.lines(set) });
    let sum = match &set.sum {
        SumState::Absent => None,
        SumState::Valid { .. } | SumState::Invalid(_) => {
            let paths: Vec<(String, Checksum)> = plan
                .order
                .iter()
                .filter_map(|at| Some((plan.new_path(set, *at)?, set.migrations.get(*at)?.checksum)))
                .collect();
            Some(SumFile::chain(paths.iter().map(|(path, checksum)| (path.as_str(), *checksum))).render())
        }
    };
    let own = [(RENUMBER_FILE, Some(record.render())), (SUM_FILE, sum)];
    let own = own.into_iter().filter_map(|(path, text)| Some((path.to_owned(), text?)));
    let texts = rewrites.iter().map(|it| (it.path.clone(), it.text.clone())).chain(own).collect();
    let act = FileAct { texts, renames };
    act.check(&set.folder)?;
    Ok(RenumberChanges { act, wrappers, rewrites, mentions })
}

/// Programs that lie beside a migration that moves, called as it is and numbered alike: `010_x.js`, or
/// `20240101000010-x.js`, whose last digits are the migration's.
fn wrappers(set: &MigrationSet, plan: &RenumberPlan) -> Vec<Rename> {
    let mut found = Vec::new();
    for new in &plan.moves {
        let Some((migration, spelled)) =
            set.migrations.get(new.migration).and_then(|it| Some((it, it.spelled.as_ref()?)))
        else {
            continue;
        };
        let folder = migration.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Ok(entries) = std::fs::read_dir(set.folder.join(folder)) else { continue };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        for name in names.iter().filter(|name| is_program(name)) {
            let stem = name.split('.').next().unwrap_or(name);
            let digits = stem.len() - stem.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = stem.split_at(digits);
            if rest.trim_start_matches(['_', '-']) != migration.name.as_str() || migration.name.as_str().is_empty() {
                continue;
            }
            let Some(before) = number.strip_suffix(spelled.as_str()) else { continue };
            // A longer number keeps what stands before the migration's own; a date replaces all of it.
            let next = if new.spelled.len() >= number.len() {
                new.spelled.clone()
            } else {
                format!("{before}{}", new.spelled)
            };
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !migration.owned.contains(&path) {
                found.push(Rename { to: with_version(&path, number, &next), from: path });
            }
        }
    }
    found
}
