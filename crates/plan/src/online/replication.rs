//! What subscribers of a publication would meet.

use limosa_catalog::{Literal, ObjectName};

use super::phases::OnlineCheck;

/// That nobody receives all columns of a table: a copy of a column would be sent, and the subscriber has none.
/// Publications that list a table's columns send what they list.
pub(super) fn no_subscriber(table: &ObjectName) -> OnlineCheck {
    let (schema, name) = (Literal(table.schema.as_str()), Literal(table.name.as_str()));
    OnlineCheck {
        query: format!(
            "SELECT s.slot_name::text FROM pg_catalog.pg_replication_slots s WHERE s.slot_type = 'logical' \
             AND s.database = pg_catalog.current_database() AND EXISTS (SELECT \
             FROM pg_catalog.pg_publication_tables p JOIN pg_catalog.pg_publication b ON b.pubname = p.pubname \
             WHERE p.schemaname = {schema} AND p.tablename = {name} AND NOT EXISTS (SELECT \
             FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = b.oid AND r.prattrs IS NOT NULL \
             AND r.prrelid = (pg_catalog.quote_ident({schema}) || '.' || pg_catalog.quote_ident({name}))::regclass)) \
             LIMIT 1"
        ),
        found: format!("{} is replicated, and its subscriber has no column for the copy", table.name.for_people()),
        help: "let the publication list the table's columns: `ALTER PUBLICATION … SET TABLE … (columns)`".to_owned(),
    }
}
