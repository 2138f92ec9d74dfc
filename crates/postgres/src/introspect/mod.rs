//! Reading the catalog of a database.

mod error;
mod row;

use std::time::Duration;

use futures_util::stream::{FuturesOrdered, StreamExt};
use limosa_catalog::{Asker, Catalog, Identifier, Places, Question, Reader, questions};
use tokio_postgres::types::Type;

pub use error::IntrospectError;

use self::row::WireRow;
use crate::session::Session;

/// How often a reading is begun anew when the schema changes under it.
const ATTEMPTS: usize = 5;

/// What begins a reading. The transaction sees one state of the catalogs, and every setting that changes how names,
/// types, expressions and constants are printed is pinned for it ([`PIN`]). Compiling queries would take longer than
/// running them.
const BEGIN: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What begins a reading inside a transaction.
const SAVEPOINT: &str = "SAVEPOINT limosa_catalog";

/// What ends it, and puts back what was pinned.
const TO_SAVEPOINT: &str = "ROLLBACK TO SAVEPOINT limosa_catalog; RELEASE SAVEPOINT limosa_catalog";

/// The settings that are pinned.
const PIN: &str = "\
SELECT pg_catalog.set_config(name, value, true) FROM (VALUES
  ('search_path', ''), ('quote_all_identifiers', 'off'), ('standard_conforming_strings', 'on'),
  ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('bytea_output', 'hex'),
  ('extra_float_digits', '1'), ('lc_monetary', 'C'), ('lc_numeric', 'C'), ('xmlbinary', 'base64'),
  ('jit', 'off'), ('max_parallel_workers_per_gather', '0'), ('work_mem', '64MB')) AS pinned (name, value)";

impl Session {
    /// Reads the schema of the database, in one transaction that changes nothing and two round trips.
    ///
    /// The functions that print definitions look at the tables that these name, so a reading waits for migrations that
    /// have locked such a table; the session's `lock_timeout` sets an end to that, and [`Session::catalog_within`].
    ///
    /// `left_out` are schemas that do not count, such as the one that holds Limosa's own history. The session must not
    /// be in a transaction.
    ///
    /// # Errors
    /// See [`IntrospectError`]. The transaction is ended in any case.
    pub async fn catalog(&self, left_out: &[Identifier]) -> Result<Catalog, IntrospectError> {
        let facts = self.facts().await?;
        let asker = Asker { major: facts.version.major(), is_superuser: facts.is_superuser };
        Ok(self.read_catalog(asker, left_out, (BEGIN, "ROLLBACK")).await?.finish())
    }

    /// The same, waiting so long at most for each lock where the session has no `lock_timeout`.
    ///
    /// # Errors
    /// See [`Session::catalog`]; 55P03 where a lock was not to be had.
    pub async fn catalog_within(&self, left_out: &[Identifier], wait: Duration) -> Result<Catalog, IntrospectError> {
        let facts = self.facts().await?;
        let asker = Asker { major: facts.version.major(), is_superuser: facts.is_superuser };
        let limited = format!(
            "{BEGIN};\nSELECT pg_catalog.set_config('lock_timeout', '{}ms', true) \
             WHERE pg_catalog.current_setting('lock_timeout') = '0'",
            wait.as_millis()
        );
        Ok(self.read_catalog(asker, left_out, (&limited, "ROLLBACK")).await?.finish())
    }

    /// The same inside a transaction that is open, as it sees the schema itself: with what it has changed so far. The
    /// transaction goes on as before.
    ///
    /// # Errors
    /// See [`IntrospectError`]. A transaction that cannot go on is left for the caller to end.
    pub async fn catalog_in_transaction(&self, left_out: &[Identifier]) -> Result<Catalog, IntrospectError> {
        Ok(self.places_in_transaction(left_out).await?.0)
    }

    /// The same, with the oids by which the server knows what is in it.
    ///
    /// # Errors
    /// See [`Session::catalog_in_transaction`].
    pub async fn places_in_transaction(&self, left_out: &[Identifier]) -> Result<(Catalog, Places), IntrospectError> {
        let facts = self.facts().await?;
        let asker = Asker { major: facts.version.major(), is_superuser: facts.is_superuser };
        let reader = self.read_catalog(asker, left_out, (SAVEPOINT, TO_SAVEPOINT)).await?;
        let places = reader.places();
        Ok((reader.finish(), places))
    }

    async fn read_catalog(
        &self,
        asker: Asker,
        left_out: &[Identifier],
        around: (&str, &str),
    ) -> Result<Reader, IntrospectError> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.read_once(asker, left_out, around).await {
                Err(error) if error.is_change_meanwhile() => last = Some(error),
                result => return result,
            }
        }
        Err(IntrospectError::Changing { attempts: ATTEMPTS, source: last.map(Box::new) })
    }

    async fn read_once(
        &self,
        asker: Asker,
        left_out: &[Identifier],
        (begin, end): (&str, &str),
    ) -> Result<Reader, IntrospectError> {
        let mut left_out: Vec<&str> = left_out.iter().map(Identifier::as_str).collect();
        left_out.push("information_schema");
        let begin = format!("{begin};\n{PIN}");
        let (begun, read, ended) =
            tokio::join!(biased; self.flight(&begin), self.ask_all(asker, &left_out), self.flight(end));
        begun.map_err(|error| error.error)?;
        let reader = read?;
        ended.map_err(|error| error.error)?;
        Ok(reader)
    }

    /// Sends every question at once and takes the answers in order.
    async fn ask_all(&self, asker: Asker, left_out: &[&str]) -> Result<Reader, IntrospectError> {
        let ask = |question: &'static Question| {
            let sql = question.sql(asker);
            async move {
                let rows = self.query_rows(&sql, &[(&left_out, Type::TEXT_ARRAY)]).await;
                (question, rows)
            }
        };
        let mut answers: FuturesOrdered<_> = questions().map(ask).collect();
        let mut reader = Reader::new(asker);
        while let Some((question, rows)) = answers.next().await {
            let failed = |error| IntrospectError::Question { about: question.about, source: error };
            let mut rows = rows.map_err(failed)?;
            while let Some(row) = rows.next().await {
                reader.row(question, &WireRow(row.map_err(failed)?))?;
            }
        }
        Ok(reader)
    }
}
