//! How much more room on disk an online change needs.

use limosa_catalog::{Identifier, Literal};
use limosa_plan::Growth;
use limosa_postgres::{ServerError, Session};
use limosa_syntax::Diagnostic;

use crate::bytes::bytes_for_people;

/// Bytes that come on disk, by what they are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Rows that are written anew. Vacuum makes use of the room of the old ones.
    pub rows: u64,
    /// Indexes.
    pub indexes: u64,
}

impl Room {
    /// All of it.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.rows.saturating_add(self.indexes)
    }
}

/// Estimates it from the sizes that are there, and from what `ANALYZE` has seen.
///
/// # Errors
/// What the server says.
pub(super) async fn room(session: &Session, growth: &[Growth]) -> Result<Room, ServerError> {
    let mut room = Room::default();
    let mut seen: Vec<&Growth> = Vec::new();
    for grows in growth {
        // Rows that are written anew for one column can be used again for the next.
        if seen.contains(&grows) {
            continue;
        }
        seen.push(grows);
        let rows = session.query(&format!("SELECT ({})::int8", bytes(grows)), &[]).await?;
        let bytes = rows.first().map_or(0, |row| u64::try_from(row.get::<_, Option<i64>>(0).unwrap_or(0)).unwrap_or(0));
        match grows {
            Growth::Rows(_) => room.rows = room.rows.saturating_add(bytes),
            Growth::Like(_) | Growth::Index { .. } => room.indexes = room.indexes.saturating_add(bytes),
        }
    }
    Ok(room)
}

fn bytes(growth: &Growth) -> String {
    let oid = |name: &dyn std::fmt::Display| format!("pg_catalog.to_regclass({})", Literal(&name.to_string()));
    // A partitioned table has no pages of its own.
    let family = |of: &str| {
        format!(
            "SELECT pg_catalog.sum({of}) FROM pg_catalog.pg_class c \
             WHERE c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(TABLE_OID) UNION SELECT TABLE_OID)"
        )
    };
    match growth {
        Growth::Rows(table) => family("pg_catalog.pg_relation_size(c.oid)").replace("TABLE_OID", &oid(table)),
        Growth::Like(index) => format!("pg_catalog.pg_relation_size({})", oid(index)),
        Growth::Index { table, columns } => {
            let names = columns.iter().map(|name: &Identifier| Literal(name.as_str()).to_string()).collect::<Vec<_>>();
            let width = format!(
                "SELECT coalesce(pg_catalog.sum(s.avg_width), 8) FROM pg_catalog.pg_stats s \
                 WHERE s.schemaname = {} AND s.tablename = {} AND s.attname IN ({})",
                Literal(table.schema.as_str()),
                Literal(table.name.as_str()),
                if names.is_empty() { "NULL".to_owned() } else { names.join(", ") }
            );
            // An entry's head and its pointer; pages are filled to nine tenths.
            family(&format!("greatest(c.reltuples, 0) * (({width}) + 12) / 0.9")).replace("TABLE_OID", &oid(table))
        }
    }
}

/// Refuses what would take more room than is allowed.
pub(super) fn within(room: Room, limit: Option<u64>, subject: &str) -> Result<(), Diagnostic> {
    match limit {
        Some(limit) if room.bytes() > limit => Err(Diagnostic::error(
            "too-large",
            format!(
                "{subject}: it needs about {} more on disk, and {} are allowed",
                bytes_for_people(room.bytes()),
                bytes_for_people(limit)
            ),
        )
        .with_note(format!(
            "rows written anew: {}, indexes: {}",
            bytes_for_people(room.rows),
            bytes_for_people(room.indexes)
        ))
        .with_help("make room, and allow more with `-- limosa: max-growth SIZE` at the head of the file")),
        _ => Ok(()),
    }
}

/// What is said of it; nothing where it is next to nothing.
pub(super) fn remark(room: Room) -> Option<String> {
    const WORTH_SAYING: u64 = 1 << 20;
    (room.bytes() >= WORTH_SAYING).then(|| {
        format!(
            "it needs about {} more on disk: {} for rows that are written anew, until they are vacuumed, and {} for \
             indexes",
            bytes_for_people(room.bytes()),
            bytes_for_people(room.rows),
            bytes_for_people(room.indexes)
        )
    })
}
