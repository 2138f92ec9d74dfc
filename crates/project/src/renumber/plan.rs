//! Which migrations get which version.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use limosa_syntax::Diagnostic;

use super::map::RenumberMap;
use super::record::RenumberLine;
use crate::layout::Numbering;
use crate::reconcile::applied_one;
use crate::reversion::{performable, refused, renames, respellable, with_version};
use crate::{AppliedMigration, Identity, Migration, MigrationSet, Rename, Version};

/// What is wanted of versions.
#[derive(Debug, Clone, Copy)]
pub enum RenumberWish<'a> {
    /// That no two migrations have one. Where a history has one of them, or a later one, the others move behind all
    /// that is there; otherwise they keep their place, and those behind make room.
    Apart,
    /// The same, and the others move behind all that is there in any case.
    Behind,
    /// These.
    Map(&'a RenumberMap),
    /// Points in time: for each migration of the set the one that is known of it.
    Timestamps(&'a [Option<Timestamp>]),
    /// Numbers from 1, of three digits at least.
    Sequence,
}

/// New versions for migrations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenumberPlan {
    /// What moves, in the order of the files.
    pub moves: Vec<NewVersion>,
    /// All migrations in their new order, as places in the set.
    pub order: Vec<usize>,
    /// Versions that several migrations still have.
    pub left: Vec<Version>,
}

/// A migration that gets another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Its place in the set.
    pub migration: usize,
    /// The new version, as its paths will spell it.
    pub spelled: String,
    /// The new version.
    pub version: Version,
}

impl RenumberPlan {
    /// Whether the migrations run in the order in which they ran before, so that nothing has to be proven.
    #[must_use]
    pub fn keeps_order(&self) -> bool {
        self.order.is_sorted()
    }

    /// What is renamed, in an order in which it can be done. Relative to the migrations folder.
    #[must_use]
    pub fn renames(&self, set: &MigrationSet) -> Vec<Rename> {
        let of_move = |new: &NewVersion| {
            let migration = set.migrations.get(new.migration)?;
            Some(renames(migration, migration.spelled.as_ref()?, &new.spelled))
        };
        performable(self.moves.iter().filter_map(of_move).flatten().collect())
    }

    /// What the record beside the migrations says of it.
    #[must_use]
    pub fn lines(&self, set: &MigrationSet) -> Vec<RenumberLine> {
        let line = |new: &NewVersion| {
            let migration = set.migrations.get(new.migration)?;
            Some(RenumberLine {
                from: migration.version.clone(),
                to: new.version.clone(),
                old_path: migration.path.clone(),
                new_path: self.new_path(set, new.migration)?,
                checksum: migration.checksum,
            })
        };
        self.moves.iter().filter_map(line).collect()
    }

    /// The path of a migration afterwards, given its place in the set.
    #[must_use]
    pub fn new_path(&self, set: &MigrationSet, place: usize) -> Option<String> {
        let migration = set.migrations.get(place)?;
        let new = self.moves.iter().find(|new| new.migration == place);
        Some(match (new, &migration.spelled) {
            (Some(new), Some(spelled)) => with_version(&migration.path, spelled, &new.spelled),
            _ => migration.path.clone(),
        })
    }
}

/// Plans new versions. `histories` is what is applied in each environment, the one that counts first at the front.
///
/// # Errors
/// Everything that is wrong, together: a migration whose version is not part of a name, a map that names what is not
/// there or gives one version twice, a version after which none can be given.
pub fn plan_renumber(
    set: &MigrationSet,
    histories: &[Vec<AppliedMigration>],
    wish: RenumberWish<'_>,
    now: Timestamp,
) -> Result<RenumberPlan, Vec<Diagnostic>> {
    let wanted = match wish {
        RenumberWish::Apart => apart(set, histories, now, false)?,
        RenumberWish::Behind => apart(set, histories, now, true)?,
        RenumberWish::Map(map) => map
            .resolve(set)?
            .into_iter()
            .map(|it| NewVersion { migration: it.migration, spelled: it.spelled, version: it.version })
            .collect(),
        RenumberWish::Timestamps(known) => timestamps(set, known, now)?,
        RenumberWish::Sequence => sequence(set)?,
    };
    checked(set, wanted)
}

/// Leaves out what does not move, and looks at what comes of the rest.
fn checked(set: &MigrationSet, mut moves: Vec<NewVersion>) -> Result<RenumberPlan, Vec<Diagnostic>> {
    moves.retain(|new| set.migrations.get(new.migration).is_some_and(|it| it.spelled.as_ref() != Some(&new.spelled)));
    moves.sort_by_key(|new| new.migration);
    let mut problems: Vec<Diagnostic> = Vec::new();
    for migration in moves.iter().filter_map(|new| set.migrations.get(new.migration)) {
        problems.extend(respellable(set, migration).err().map(|problem| *problem));
    }
    let moved: BTreeMap<usize, &NewVersion> = moves.iter().map(|new| (new.migration, new)).collect();
    let mut order: Vec<(&Version, usize)> = set
        .migrations
        .iter()
        .enumerate()
        .map(|(at, it)| (moved.get(&at).map_or(&it.version, |new| &new.version), at))
        .collect();
    // What had one version before keeps its order.
    order.sort();
    let mut left = Vec::new();
    for same in order.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let names: Vec<String> = same.iter().map(|(_, at)| format!("`{}`", set.migrations[*at].path)).collect();
        if same.iter().any(|(_, at)| moved.contains_key(at)) {
            let message = format!("{} would have the same version {}", names.join(" and "), same[0].0);
            let error = Diagnostic::error("version-taken", message);
            problems.push(error.with_help("give each of them a version of its own"));
        } else {
            left.push(same[0].0.clone());
        }
    }
    let order = order.into_iter().map(|(_, at)| at).collect();
    let plan = RenumberPlan { order, left, moves: moves.clone() };
    for line in plan.lines(set).iter().filter(|line| !line.is_writable()) {
        let message =
            format!("`{}` holds two spaces or an arrow, which {} cannot", line.old_path, super::RENUMBER_FILE);
        problems.push(Diagnostic::error("cannot-rename", message).with_help("rename it by hand first"));
    }
    if problems.is_empty() { Ok(plan) } else { Err(problems) }
}

/// Versions for those that share one.
fn apart(
    set: &MigrationSet,
    histories: &[Vec<AppliedMigration>],
    now: Timestamp,
    always_behind: bool,
) -> Result<Vec<NewVersion>, Vec<Diagnostic>> {
    let newest_applied = histories.iter().flatten().filter_map(version).max();
    let (mut walked, mut behind): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut start = 0;
    for same in set.migrations.chunk_by(|a, b| a.version == b.version) {
        let keeps = keeper(same, histories);
        let goes_behind = always_behind || newest_applied.is_some_and(|newest| *newest >= same[0].version);
        walked.push(start + keeps);
        let others = (0..same.len()).filter(|at| *at != keeps).map(|at| start + at);
        if goes_behind {
            behind.extend(others)
        } else {
            walked.extend(others)
        }
        start += same.len();
    }
    let mut last: Option<Version> = None;
    let (mut moves, mut problems) = (Vec::new(), Vec::new());
    let steps = walked.into_iter().map(|at| (at, false)).chain(behind.into_iter().map(|at| (at, true)));
    for (at, is_behind) in steps {
        let migration = &set.migrations[at];
        // What makes room comes directly after the one before it; what goes behind is new as of now.
        let now = if is_behind { now } else { Timestamp::UNIX_EPOCH };
        if is_behind {
            last = last.max(newest_applied.cloned());
        }
        let stays = last.as_ref().is_none_or(|last| migration.version > *last);
        if stays {
            last = Some(migration.version.clone());
            continue;
        }
        match next_after(set, migration, last.as_ref(), now) {
            Ok(new) => {
                last = Some(new.1.clone());
                moves.push(NewVersion { migration: at, spelled: new.0, version: new.1 });
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok(moves) } else { Err(problems) }
}

fn version(record: &AppliedMigration) -> Option<&Version> {
    match &record.identity {
        Identity::Version(version) => Some(version),
        Identity::Repeatable(_) => None,
    }
}

/// Which of several of one version keeps it: the one that a history has, else the first file.
fn keeper(same: &[Migration], histories: &[Vec<AppliedMigration>]) -> usize {
    let record = |history: &'_ Vec<AppliedMigration>| {
        let record = history.iter().find(|record| version(record) == same.first().map(|first| &first.version))?;
        Some(applied_one(same, record))
    };
    histories.iter().find_map(record).unwrap_or(0)
}

fn next_after(
    set: &MigrationSet,
    migration: &Migration,
    last: Option<&Version>,
    now: Timestamp,
) -> Result<(String, Version), Box<Diagnostic>> {
    let spelled = respellable(set, migration)?;
    Numbering::of(spelled).next(last, now).ok_or_else(|| {
        let why = format!("none comes after {}", last.map_or("", Version::as_str));
        refused(set, migration, &why, "name a version yourself, with `--map FILE`")
    })
}

/// Points in time that keep the order: what is known of a migration, or a second after the one before it.
fn timestamps(
    set: &MigrationSet,
    known: &[Option<Timestamp>],
    now: Timestamp,
) -> Result<Vec<NewVersion>, Vec<Diagnostic>> {
    let second = SignedDuration::from_secs(1);
    let known = |at: usize| known.get(at).copied().flatten();
    let count = set.migrations.len();
    let unknown = (0..count).take_while(|at| known(*at).is_none()).count();
    // Those at the front of which nothing is known come directly before the first that is.
    let first = known(unknown).unwrap_or(now);
    let steps = i64::try_from(unknown).unwrap_or(i64::MAX);
    let mut last = first.checked_sub(SignedDuration::from_secs(steps.saturating_add(1))).unwrap_or(first);
    let mut moves = Vec::new();
    for migration in 0..count {
        let next = last.checked_add(second).unwrap_or(last);
        last = known(migration).map_or(next, |at| at.max(next));
        let spelled = Numbering::Seconds.spell(last);
        let version = Version::new(spelled.as_str()).map_err(|error| no_version(&error))?;
        moves.push(NewVersion { migration, spelled, version });
    }
    Ok(moves)
}

fn sequence(set: &MigrationSet) -> Result<Vec<NewVersion>, Vec<Diagnostic>> {
    let digits = set.migrations.len().to_string().len().max(3);
    let number = |migration: usize| {
        let spelled = format!("{:0>digits$}", migration + 1);
        let version = Version::new(spelled.as_str()).map_err(|error| no_version(&error))?;
        Ok(NewVersion { migration, spelled, version })
    };
    (0..set.migrations.len()).map(number).collect()
}

fn no_version(error: &crate::InvalidVersion) -> Vec<Diagnostic> {
    vec![Diagnostic::error("no-version", error.to_string()).with_help("name the versions yourself, with `--map FILE`")]
}
