//! When migrations came to be, for versions that are points in time.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use jiff::Timestamp;
use limosa_project::Version;

use crate::git::git;
use crate::invocation::Part;

/// Where points in time come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DateSource {
    /// The commit that brought the file.
    Git,
    /// When it was applied, in the environment that counts first.
    History,
    /// The order of the files alone, a second apart and ending now.
    Order,
}

/// What is known of each migration: from the source that is named, else from git, and from the history where git knows
/// none of the files.
pub(super) fn dates(
    source: Option<DateSource>,
    part: &Part<'_>,
    applied: BTreeMap<Version, Timestamp>,
) -> Vec<Option<Timestamp>> {
    let migrations = &part.set.migrations;
    let of_history = || migrations.iter().map(|it| applied.get(&it.version).copied()).collect();
    let of_git = || -> Vec<Option<Timestamp>> {
        let commits = first_commits(&part.set.folder);
        let of_path = |path: &str| {
            let within = format!("{path}/");
            let of_file = |(file, _): &(&String, &Timestamp)| *file == path || file.starts_with(&within);
            commits.iter().find(of_file).map(|(_, at)| *at)
        };
        migrations.iter().map(|it| of_path(&it.path)).collect()
    };
    match source {
        Some(DateSource::Git) => of_git(),
        Some(DateSource::History) => of_history(),
        Some(DateSource::Order) => vec![None; migrations.len()],
        None => {
            let known = of_git();
            if known.iter().any(Option::is_some) { known } else { of_history() }
        }
    }
}

/// The time of the commit that brought each file, by its path in the folder. Nothing, where git cannot tell.
fn first_commits(folder: &Path) -> BTreeMap<String, Timestamp> {
    let words = [
        "log",
        "--diff-filter=A",
        "--no-renames",
        "--relative",
        "--name-only",
        "-z",
        "--format=%x01%at%x02",
        "--",
        ".",
    ];
    let answer = git(folder, &words).unwrap_or_default();
    let mut found = BTreeMap::new();
    // The newest commit comes first, so an older one has the last word.
    for commit in String::from_utf8_lossy(&answer).split('\u{1}') {
        let Some((at, files)) = commit.split_once('\u{2}') else { continue };
        let Some(at) = at.trim().parse().ok().and_then(|at| Timestamp::from_second(at).ok()) else { continue };
        let files = files.split('\0').map(|file| file.trim_start_matches('\n')).filter(|file| !file.is_empty());
        found.extend(files.map(|file| (file.to_owned(), at)));
    }
    found
}
