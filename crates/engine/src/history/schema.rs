//! The history's own tables, brought to the newest format by internal migrations.

use limosa_catalog::Identifier;

/// How many internal migrations a history has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatVersion(pub(super) i32);

impl FormatVersion {
    /// The format of a history that says so.
    pub(crate) fn new(number: i32) -> Self {
        Self(number)
    }

    /// The number, at least 1.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

/// The internal migrations in order; a release appends, and never edits.
const MIGRATIONS: [&str; 10] = [
    include_str!("schema/0001_history.sql"),
    include_str!("schema/0002_lease.sql"),
    include_str!("schema/0003_backfill.sql"),
    include_str!("schema/0004_backfill_range.sql"),
    include_str!("schema/0005_seed.sql"),
    include_str!("schema/0006_aside.sql"),
    include_str!("schema/0007_backfill_of_migration.sql"),
    include_str!("schema/0008_replaced.sql"),
    include_str!("schema/0009_online.sql"),
    include_str!("schema/0010_quarantine.sql"),
];

/// The format that this build writes.
pub(crate) const NEWEST_FORMAT: FormatVersion = FormatVersion(MIGRATIONS.len() as i32);

/// The statements that bring a history from `found` to the newest format, or `None` where it is there already. To be
/// run in one transaction.
#[must_use]
pub(crate) fn upgrade_sql(schema: &Identifier, found: Option<FormatVersion>, schema_exists: bool) -> Option<String> {
    let done = found.map_or(0, |format| usize::try_from(format.0).unwrap_or_default());
    if done >= MIGRATIONS.len() {
        return None;
    }
    let mut sql = String::new();
    if !schema_exists {
        // Not IF NOT EXISTS: that asks for the right to create schemas even where there is nothing to create.
        sql.push_str(&format!("CREATE SCHEMA {schema};\n"));
    }
    for migration in &MIGRATIONS[done..] {
        sql.push_str(&migration.replace("{schema}", &schema.to_string()));
    }
    sql.push_str(&format!("UPDATE {schema}.format SET version = {};\n", MIGRATIONS.len()));
    Some(sql)
}
