//! Whose a job is: somebody's who began it by hand, or a migration's.

use limosa_catalog::{Identifier, Literal};

use super::definition::BackfillDefinition;
use super::prepare::Prepared;
use crate::event::Direction;

/// Whose a job is.
pub(crate) enum Owner<'a> {
    /// Begun by hand. Its definition tells it from others, and its end is an event of its own.
    Person,
    /// A statement of a migration.
    Migration(MigrationStatement<'a>),
}

/// A statement of a migration that is run in batches. Only a run that holds the target's lock works on its job, and
/// puts the job's end on record together with the migration's position. So a migration has one open job at most, and
/// its version and direction tell which.
pub(crate) struct MigrationStatement<'a> {
    pub(crate) version: &'a str,
    pub(crate) direction: Direction,
    /// The definition as it stands in the file, its placeholders unfilled: a job's row holds no secrets.
    pub(crate) written: &'a BackfillDefinition,
    /// Takes the values of placeholders out of what the server says.
    pub(crate) mask: &'a dyn Fn(&str) -> String,
}

/// The migration that a job belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobMigration {
    /// Its version.
    pub version: String,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
}

impl Owner<'_> {
    /// The definition as the job's row holds it.
    pub(super) fn stored(&self, definition: &BackfillDefinition, prepared: &Prepared) -> String {
        match self {
            Self::Person => prepared.fully_named(definition).to_json(),
            Self::Migration(statement) => statement.written.to_json(),
        }
    }

    /// Picks its open job.
    pub(super) fn picks(&self, definition: &BackfillDefinition, prepared: &Prepared) -> String {
        let whose = match self {
            Self::Person => picks_same(definition, prepared),
            Self::Migration(statement) => statement.picks(),
        };
        format!("{whose} AND state IN ('running', 'paused', 'failed')")
    }

    /// The version and the direction of a new job, as SQL values.
    pub(super) fn values(&self) -> String {
        match self {
            Self::Person => "NULL, NULL".to_owned(),
            Self::Migration(statement) => {
                format!("{}, {}", Literal(statement.version), Literal(statement.direction.word()))
            }
        }
    }

    /// What the server says, without secrets.
    pub(super) fn mask(&self, text: &str) -> String {
        match self {
            Self::Person => text.to_owned(),
            Self::Migration(statement) => (statement.mask)(text),
        }
    }

    pub(super) fn is_migration(&self) -> bool {
        matches!(self, Self::Migration(_))
    }
}

impl MigrationStatement<'_> {
    fn picks(&self) -> String {
        picks(self.version, self.direction)
    }
}

/// Picks a person's jobs that do the same to the same table, however it was spelled: older versions of Limosa put names
/// on record as they were given.
fn picks_same(definition: &BackfillDefinition, prepared: &Prepared) -> String {
    let but_table = |definition: &BackfillDefinition| format!("{}::jsonb - 'table'", Literal(&definition.to_json()));
    format!(
        "version IS NULL AND relation = {} AND definition::jsonb - 'table' IN ({}, {})",
        Literal(&prepared.relation.name.to_string()),
        but_table(&prepared.fully_named(definition)),
        but_table(definition),
    )
}

fn picks(version: &str, direction: Direction) -> String {
    format!("version = {} AND direction = {}", Literal(version), Literal(direction.word()))
}

/// Says that a job of a migration is done; to be run in the transaction that moves the migration's position on.
pub(crate) fn settle(schema: &Identifier, service: &str, job: i32) -> String {
    format!(
        "UPDATE {schema}.backfill SET state = 'done', error = NULL, ended_at = clock_timestamp() \
         WHERE service = {} AND job = {job}",
        Literal(service)
    )
}

/// Gives up the open job of a migration whose statement is not run in batches any more.
pub(crate) fn give_up(schema: &Identifier, service: &str, version: &str, direction: Direction) -> String {
    format!(
        "UPDATE {schema}.backfill SET state = 'cancelled', ended_at = clock_timestamp() \
         WHERE service = {} AND {} AND state IN ('running', 'paused', 'failed')",
        Literal(service),
        picks(version, direction)
    )
}

/// Asks whether a migration has an open job.
pub(crate) fn has_open_job(schema: &Identifier, service: &str, version: &str, direction: Direction) -> String {
    format!(
        "SELECT FROM {schema}.backfill WHERE service = {} AND {} AND state IN ('running', 'paused', 'failed')",
        Literal(service),
        picks(version, direction)
    )
}
