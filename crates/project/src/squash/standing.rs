//! Which files a database goes on with.

use limosa_syntax::Diagnostic;

use crate::{AppliedMigration, AppliedState, Identity, MigrationName, MigrationSet, Version};

/// A baseline and what it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squashed {
    /// The version of the baseline, which is that of the last that it replaces.
    pub baseline: Version,
    /// The versions that it replaces, in their order.
    pub replaces: Vec<Version>,
    /// All migrations with the archived ones in the baseline's place; `None` once the archive is gone.
    pub originals: Option<MigrationSet>,
}

/// How a database stands to a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'s> {
    /// There is no baseline, or the database is new, or has it: the files count as they are.
    Files,
    /// It has run all that the baseline replaces. The record can be exchanged; nothing has to be run.
    Past(&'s Squashed),
    /// It has run some of it, and goes on with the originals.
    Before(&'s MigrationSet),
}

impl MigrationSet {
    /// How a database stands that has run these.
    ///
    /// # Errors
    /// It needs the archive, which is gone.
    pub fn standing(&self, applied: &[AppliedMigration]) -> Result<Standing<'_>, Box<Diagnostic>> {
        let Some(squashed) = self.squashed.as_deref() else { return Ok(Standing::Files) };
        let Some(baseline) = self.find(&squashed.baseline) else { return Ok(Standing::Files) };
        let version = |record: &'_ AppliedMigration| match &record.identity {
            Identity::Version(version) => Some(version.clone()),
            Identity::Repeatable(_) => None,
        };
        let is_baseline = |record: &AppliedMigration| {
            let has_name: &MigrationName = &record.name;
            version(record).as_ref() == Some(&baseline.version)
                && (record.checksum == Some(baseline.checksum) || *has_name == baseline.name)
        };
        if applied.iter().any(is_baseline) {
            return Ok(Standing::Files);
        }
        let record = |wanted: &Version| applied.iter().find(|record| version(record).as_ref() == Some(wanted));
        let found: Vec<&AppliedMigration> = squashed.replaces.iter().filter_map(record).collect();
        let is_whole = |record: &&AppliedMigration| record.state == AppliedState::Applied;
        if found.is_empty() {
            return Ok(Standing::Files);
        }
        if found.len() == squashed.replaces.len() && found.iter().all(is_whole) {
            return Ok(Standing::Past(squashed));
        }
        squashed.originals.as_ref().map(Standing::Before).ok_or_else(|| {
            let message = format!(
                "this database has run {} of the {} migrations that `{}` replaces, and their archive is gone",
                found.len(),
                squashed.replaces.len(),
                self.shown(&baseline.path)
            );
            Box::new(
                Diagnostic::error("archive-gone", message)
                    .in_file(&baseline.up.source)
                    .with_help("restore the folder `archive` from version control until this database has passed"),
            )
        })
    }
}
