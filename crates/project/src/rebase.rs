//! Moving migrations that are not applied behind those that arrived from elsewhere.

use std::collections::HashMap;

use jiff::Timestamp;
use limosa_syntax::Diagnostic;

use crate::layout::Numbering;
use crate::reconcile::applied_one;
use crate::reversion::{self, performable, refused, respellable};
use crate::{AppliedMigration, Identity, Migration, MigrationSet, Version};

/// One file or folder that gets another name; both relative to the migrations folder, forward slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Its name.
    pub from: String,
    /// The name it gets.
    pub to: String,
}

/// Plans new versions for my migrations: as soon as one of them comes before the newest of theirs (or has its version),
/// all of mine move behind it, in the order they have. The renames are in an order in which they can be performed.
///
/// `theirs` are the migrations that stay: those that are applied, or those that the other branch holds.
///
/// # Errors
/// A migration whose version is not part of a name (`limosa.toml` gives it, or its tool keeps a journal), or a newest
/// version after which none can be given.
pub fn plan_rebase(
    set: &MigrationSet,
    theirs: &[AppliedMigration],
    now: Timestamp,
) -> Result<Vec<Rename>, Vec<Diagnostic>> {
    let theirs: HashMap<&Version, &AppliedMigration> = theirs.iter().filter_map(versioned).collect();
    let Some(newest) = theirs.keys().copied().max() else { return Ok(Vec::new()) };
    let mine = mine(set, &theirs);
    if mine.iter().all(|migration| migration.version > *newest) {
        return Ok(Vec::new());
    }
    let mut problems = Vec::new();
    let mut renames = Vec::new();
    let mut last = newest.clone();
    for migration in mine {
        match renamed(set, migration, &last, now) {
            Ok((version, own)) => {
                last = version;
                renames.extend(own);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok(performable(renames)) } else { Err(problems) }
}

fn versioned(record: &AppliedMigration) -> Option<(&Version, &AppliedMigration)> {
    match &record.identity {
        Identity::Version(version) => Some((version, record)),
        Identity::Repeatable(_) => None,
    }
}

/// The migrations that are not theirs. Of several with a version of theirs, one is theirs.
fn mine<'a>(set: &'a MigrationSet, theirs: &HashMap<&Version, &AppliedMigration>) -> Vec<&'a Migration> {
    let same_version = set.migrations.chunk_by(|a, b| a.version == b.version);
    let is_mine = |same: &'a [Migration]| {
        let kept = same.first().and_then(|first| theirs.get(&first.version)).map(|record| applied_one(same, record));
        same.iter().enumerate().filter(move |(at, _)| Some(*at) != kept).map(|(_, migration)| migration)
    };
    same_version.flat_map(is_mine).collect()
}

fn renamed(
    set: &MigrationSet,
    migration: &Migration,
    last: &Version,
    now: Timestamp,
) -> Result<(Version, Vec<Rename>), Box<Diagnostic>> {
    let spelled = respellable(set, migration)?;
    let Some((next, version)) = Numbering::of(spelled).next(Some(last), now) else {
        return Err(refused(set, migration, &format!("none comes after {last}"), "rename it by hand"));
    };
    Ok((version, reversion::renames(migration, spelled, &next)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use limosa_syntax::SourceFile;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        AppliedState, Checksum, LayoutName, MigrationName, RenumberRecord, Script, Separator, SumState, TransactionMode,
    };

    fn migration(number: u32, whose: &str) -> Migration {
        let path = format!("{number:03}_{whose}.sql");
        let source = Arc::new(SourceFile { path: path.clone(), text: path.as_str().into() });
        Migration {
            version: Version::new(format!("{number:03}")).unwrap(),
            name: MigrationName::new(whose).unwrap(),
            up: Script::whole(&source, Separator::Semicolon),
            down: None,
            checksum: Checksum::of(&path),
            transaction: TransactionMode::Auto,
            owned: vec![path.clone()],
            path,
            spelled: Some(format!("{number:03}")),
        }
    }

    fn set(mine: &[u32], theirs: &[u32]) -> MigrationSet {
        let mine = mine.iter().map(|number| migration(*number, "mine"));
        let mut migrations: Vec<Migration> =
            mine.chain(theirs.iter().map(|number| migration(*number, "theirs"))).collect();
        migrations.sort_by(|a, b| a.version.cmp(&b.version).then_with(|| a.path.cmp(&b.path)));
        MigrationSet {
            folder: "migrations".into(),
            shown_folder: "migrations".to_owned(),
            layout: LayoutName::Plain,
            migrations,
            repeatables: Vec::new(),
            sum: SumState::Absent,
            renumbered: RenumberRecord::default(),
            squashed: None,
            warnings: Vec::new(),
        }
    }

    fn applied(number: u32) -> AppliedMigration {
        let migration = migration(number, "theirs");
        AppliedMigration {
            identity: Identity::Version(migration.version),
            name: migration.name,
            checksum: Some(migration.checksum),
            state: AppliedState::Applied,
        }
    }

    proptest! {
        #[test]
        fn mine_end_up_behind_theirs_in_their_order_and_no_name_is_taken_twice(
            mine in prop::collection::btree_set(1u32..40, 0..8),
            theirs in prop::collection::btree_set(1u32..40, 1..8),
        ) {
            let (mine, theirs): (Vec<u32>, Vec<u32>) = (mine.into_iter().collect(), theirs.into_iter().collect());
            let set = set(&mine, &theirs);
            let history: Vec<AppliedMigration> = theirs.iter().copied().map(applied).collect();
            let renames = plan_rebase(&set, &history, Timestamp::UNIX_EPOCH).unwrap();
            // File name to the name that it had at first.
            let mut files: BTreeMap<String, String> =
                set.migrations.iter().map(|migration| (migration.path.clone(), migration.path.clone())).collect();
            for rename in &renames {
                let first = files.remove(&rename.from).expect("a rename starts at a file that is there");
                prop_assert_eq!(files.insert(rename.to.clone(), first), None);
            }
            let (newest, mut expected) = (theirs.iter().max().copied().unwrap_or(0), Vec::new());
            expected.extend(mine.iter().map(|number| format!("{number:03}_mine.sql")));
            let moved: Vec<(&String, &String)> =
                files.iter().filter(|(_, first)| first.ends_with("mine.sql")).collect();
            prop_assert_eq!(moved.iter().map(|(_, first)| (*first).clone()).collect::<Vec<_>>(), expected);
            for (name, _) in moved {
                let last = format!("{newest:03}_zzz");
                prop_assert!(name.as_str() > last.as_str(), "{} must come after {}", name, newest);
            }
            for number in theirs {
                let name = format!("{number:03}_theirs.sql");
                prop_assert_eq!(files.get(&name), Some(&name));
            }
        }
    }
}
