//! Making room for unique values: the row that holds one can be a row that goes in the same run.

use limosa_postgres::ServerError;
use limosa_project::SeedMode;

use super::difference;
use super::error::SeedError;
use super::load::Loading;
use super::report::RowDifference;
use super::statement::FileRows;
use crate::server_words::code;

/// What refers to a table, each as a condition that a row `t` of it meets which nothing refers to.
const UNREFERRED: &str = "\
SELECT pg_catalog.format('NOT EXISTS (SELECT FROM %I.%I f WHERE %s)', n.nspname, c.relname,
    (SELECT pg_catalog.string_agg(pg_catalog.format('f.%I = t.%I', a.attname, b.attname), ' AND ')
     FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) AS pair (own, other)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own
     JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other))
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.confrelid = ";

/// What went before its turn.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) deleted: u64,
    /// The rows, where they are shown.
    pub(super) differences: Vec<RowDifference>,
}

impl Loading<'_> {
    /// As [`Self::write`] for all rows. Where a unique value is in the way, the rows that go anyway go first.
    pub(super) async fn write_with_room(
        &self,
        statement: impl Fn(FileRows) -> String,
        room: &mut Room,
        shows: bool,
    ) -> Result<u64, SeedError> {
        let error = match self.attempt(&statement(FileRows::All)).await {
            Ok(count) => return Ok(count),
            Err(error) => error,
        };
        if code(&error) == Some("23505") && self.work.settings.mode == SeedMode::Sync && !error.is_connection_lost() {
            self.transaction.ask("ROLLBACK TO SAVEPOINT limosa_seed").await?;
            if self.make_room(room, shows).await? {
                return self.write(statement, FileRows::All).await;
            }
        }
        Err(self.blame(error, statement, FileRows::All).await)
    }

    /// Deletes what goes anyway and is referred to by nothing: what others refer to stays until these are written, so
    /// that nothing follows it which is about to refer to another row. Says whether anything was deleted.
    async fn make_room(&self, room: &mut Room, shows: bool) -> Result<bool, ServerError> {
        self.transaction.ask("SAVEPOINT limosa_room").await?;
        let deleted = async {
            let asked = self.transaction.ask(&format!("{UNREFERRED}{}", self.work.relation.oid)).await?;
            let unreferred: Vec<String> = asked.into_iter().flatten().flatten().collect();
            let shown = if shows {
                difference::surplus(self.transaction, self.work, self.statements, &unreferred).await?.1
            } else {
                Vec::new()
            };
            let deleted = self.transaction.count(&self.statements.delete(&unreferred)).await?;
            Ok::<_, ServerError>((deleted, shown))
        }
        .await;
        match deleted {
            Ok((deleted, shown)) => {
                room.deleted += deleted;
                room.differences.extend(shown);
                Ok(deleted > 0)
            }
            Err(error) if error.is_connection_lost() => Err(error),
            // What this role may not look at, say; the rows go when it is their turn.
            Err(_) => self.transaction.ask("ROLLBACK TO SAVEPOINT limosa_room").await.map(|_| false),
        }
    }
}
