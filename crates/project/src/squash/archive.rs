//! Reading a baseline's mark and its archive.

use limosa_syntax::Diagnostic;

use super::Squashed;
use crate::{Checksum, Migration, MigrationSet, SumFile, SumState, Version};

/// The folder of those that a baseline replaces.
pub(crate) const ARCHIVE: &str = "archive";

/// What stands before the versions, in a comment of the baseline.
pub(super) const MARK: &str = "-- limosa: replaces ";

/// The versions that a migration says it replaces.
fn replaces(migration: &Migration) -> Vec<Version> {
    let lists = migration.up.text().lines().filter_map(|line| line.trim().strip_prefix(MARK.trim_end()));
    lists.flat_map(|list| list.split([',', ' ', '\t'])).filter_map(|version| version.trim().parse().ok()).collect()
}

/// The baseline of a set, with the set that databases go on with which are not past it. `archived` are the migrations
/// of the archive, their paths relative to the migrations folder.
///
/// # Errors
/// Several baselines, or an archive that is not what was put there.
pub(crate) fn squashed(
    set: &MigrationSet,
    archived: Option<(Vec<Migration>, SumState)>,
) -> Result<Option<Squashed>, Vec<Diagnostic>> {
    let baselines: Vec<(&Migration, Vec<Version>)> = set
        .migrations
        .iter()
        .map(|migration| (migration, replaces(migration)))
        .filter(|(_, replaces)| !replaces.is_empty())
        .collect();
    let (baseline, replaces) = match baselines.as_slice() {
        [] => return Ok(None),
        [one] => one.clone(),
        [.., (other, _)] => {
            let message = "several migrations say that they replace others";
            let error = Diagnostic::error("several-baselines", message).in_file(&other.up.source);
            return Err(vec![error.with_help("squash once more when all databases have passed the first")]);
        }
    };
    let originals = archived.map(|(archived, sum)| {
        let problems = changed(set, &archived, &sum, &replaces);
        if !problems.is_empty() {
            return Err(problems);
        }
        let rest = set.migrations.iter().filter(|migration| migration.version != baseline.version);
        let mut migrations: Vec<Migration> = archived.into_iter().chain(rest.cloned()).collect();
        migrations.sort_by(|a, b| a.version.cmp(&b.version).then_with(|| a.path.cmp(&b.path)));
        Ok(MigrationSet { migrations, sum: SumState::Absent, squashed: None, ..set.clone() })
    });
    let originals = originals.transpose()?;
    Ok(Some(Squashed { baseline: baseline.version.clone(), replaces, originals }))
}

/// What of the archive is not as its sum file says, or is not there.
fn changed(set: &MigrationSet, archived: &[Migration], sum: &SumState, replaces: &[Version]) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    let help = "restore the folder from version control: databases that are not past the baseline run from it";
    for version in replaces.iter().filter(|version| archived.iter().all(|it| it.version != **version)) {
        let message = format!("`{}` lacks version {version}", set.shown(ARCHIVE));
        problems.push(Diagnostic::error("archive-changed", message).with_help(help));
    }
    if let SumState::Valid { sum, source } = sum {
        let expected = archive_sum(archived);
        for (line, migration) in expected.lines.iter().zip(archived) {
            if !sum.lines.contains(line) && problems.is_empty() {
                let message = format!("`{}` is not what `{}` was made from", migration.up.source.path, source.path);
                let error = Diagnostic::error("archive-changed", message).in_file(&migration.up.source);
                problems.push(error.with_help(help));
            }
        }
    }
    problems
}

/// The sum file of an archive; its paths are relative to it.
pub(super) fn archive_sum(archived: &[Migration]) -> SumFile {
    let within = format!("{ARCHIVE}/");
    let path = |migration: &'_ Migration| migration.path.strip_prefix(&within).unwrap_or(&migration.path).to_owned();
    let paths: Vec<(String, Checksum)> = archived.iter().map(|it| (path(it), it.checksum)).collect();
    SumFile::chain(paths.iter().map(|(path, checksum)| (path.as_str(), *checksum)))
}

/// A migration of the archive, as the migrations folder knows it.
pub(crate) fn within_archive(migration: Migration) -> Migration {
    let within = |path: String| format!("{ARCHIVE}/{path}");
    let (path, owned) = (within(migration.path), migration.owned.into_iter().map(within).collect());
    Migration { path, owned, ..migration }
}
