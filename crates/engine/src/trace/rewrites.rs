//! The server's own reasons for rewriting a table.

use std::collections::BTreeMap;

use limosa_catalog::Identifier;
use limosa_postgres::{ServerError, Session};

use super::observe::Oid;

/// The schema that holds the function that is told of rewrites.
const SCHEMA: &str = "limosa_trace";

/// Rewrites are noted in a setting, which is put back where a statement fails, and asks for no lock. The migrations'
/// own event triggers have no part in it.
const LISTEN: &str = "\
SET session_replication_role = replica;
CREATE SCHEMA limosa_trace;
CREATE FUNCTION limosa_trace.note_rewrite() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_catalog.set_config('limosa.rewrites',
    pg_catalog.concat(pg_catalog.current_setting('limosa.rewrites', true),
      pg_catalog.pg_event_trigger_table_rewrite_oid(), ':',
      pg_catalog.pg_event_trigger_table_rewrite_reason(), ' '), false);
END $$;
GRANT USAGE ON SCHEMA limosa_trace TO PUBLIC;
CREATE EVENT TRIGGER limosa_note_rewrite ON table_rewrite EXECUTE FUNCTION limosa_trace.note_rewrite();
RESET session_replication_role";

/// Has the server note rewrites. For superusers only.
pub(super) async fn listen(session: &Session) -> Result<(), ServerError> {
    session.flight(LISTEN).await.map(drop).map_err(|failure| failure.error)
}

/// The schema of ours that no migration means.
pub(super) fn schema() -> Option<Identifier> {
    Identifier::new(SCHEMA).ok()
}

/// The rewrites since this was last asked, and why each was done. `TRUNCATE`, `CLUSTER` and `VACUUM FULL` give no
/// reason.
pub(super) async fn reasons(session: &Session) -> Result<BTreeMap<Oid, Vec<String>>, ServerError> {
    let rows = session.query("SELECT pg_catalog.current_setting('limosa.rewrites', true)", &[]).await?;
    let noted = rows.first().and_then(|row| row.get::<_, Option<String>>(0)).unwrap_or_default();
    if !noted.is_empty() {
        session.query("SELECT pg_catalog.set_config('limosa.rewrites', '', false)", &[]).await?;
    }
    Ok(read(&noted))
}

fn read(noted: &str) -> BTreeMap<Oid, Vec<String>> {
    let one = |note: &str| {
        let (relation, bits) = note.split_once(':')?;
        Some((relation.parse().ok()?, words(bits.parse().ok()?)))
    };
    noted.split_whitespace().filter_map(one).collect()
}

/// The bits of `pg_event_trigger_table_rewrite_reason()`.
fn words(bits: i32) -> Vec<String> {
    let reasons = [
        (1, "it becomes logged or unlogged"),
        (2, "a column gets a value of its own in every row"),
        (4, "a column's type is stored differently"),
        (8, "it gets another access method"),
    ];
    reasons.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, words)| (*words).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_by_table() {
        let reasons = read("16400:4 16500:6 nonsense ");
        assert_eq!(reasons[&16400], ["a column's type is stored differently"]);
        assert_eq!(reasons[&16500].len(), 2);
        assert!(read("").is_empty());
    }
}
