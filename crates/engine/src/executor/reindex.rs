//! What `REINDEX CONCURRENTLY` leaves when it is cut off: a copy of the index, INVALID, beside the one it was to
//! replace.

use limosa_catalog::QualifiedName;
use limosa_plan::Step;
use limosa_postgres::{ServerError, Type};

use super::{Executor, Job};

/// The invalid copies (PostgreSQL names the new one `…_ccnew` and the old one `…_ccold`, and numbers them where the
/// name is taken) on the table that is named, or whose index is, unless somebody is building there.
const LEFTOVERS: &str = "\
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
  AND (i.indrelid = pg_catalog.to_regclass($1)
       OR i.indrelid = (SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1)))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.relid = i.indrelid)
ORDER BY 1";

impl Executor<'_> {
    /// Drops what an earlier try of this very statement has left; one that says what it works on, that is.
    pub(super) async fn drop_copies(&mut self, job: &Job<'_>, step: &Step) -> Result<(), ServerError> {
        let Some(object) = step.table.as_ref().filter(|_| step.tag == "REINDEX CONCURRENTLY") else { return Ok(()) };
        let name = QualifiedName::to_string(object);
        for row in self.worker.query(LEFTOVERS, &[(&name, Type::TEXT)]).await? {
            let copy: &str = row.get(0);
            self.remark(job, format!("{copy} was left by a REINDEX that was cut off; dropping it"));
            let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {copy}");
            self.worker.flight(&sql).await.map_err(|failure| failure.error)?;
        }
        Ok(())
    }
}
