//! What watches over rows while they are written: foreign keys and triggers. They are lifted for a transaction that
//! puts back rows which were right before, and laid on again at its end, when the server looks at every foreign key
//! anew.

use limosa_catalog::{Identifier, Literal, ObjectName};
use limosa_postgres::{Row, Session, Type};

use super::error::BackupError;

/// The guards of some tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Guards {
    foreign_keys: Vec<ForeignKey>,
    triggers: Vec<Trigger>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ForeignKey {
    table: ObjectName,
    name: Identifier,
    definition: String,
    comment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Trigger {
    table: ObjectName,
    name: Identifier,
    fires_always: bool,
}

/// Foreign keys from and to the tables and their partitions.
const FOREIGN_KEYS: &str = "\
WITH meant AS (
  SELECT pg_catalog.unnest($1::oid[]) AS oid
  UNION SELECT part.relid::oid FROM pg_catalog.unnest($1::oid[]) AS t (oid), pg_catalog.pg_partition_tree(t.oid) part
)
SELECT n.nspname::text, c.relname::text, f.conname::text, pg_catalog.pg_get_constraintdef(f.oid),
       pg_catalog.obj_description(f.oid, 'pg_constraint')
FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE f.contype = 'f' AND f.conparentid = 0
  AND (f.conrelid IN (SELECT oid FROM meant) OR f.confrelid IN (SELECT oid FROM meant)) ORDER BY 1, 2, 3";

/// Triggers of the tables and their partitions that would fire.
const TRIGGERS: &str = "\
WITH meant AS (
  SELECT pg_catalog.unnest($1::oid[]) AS oid
  UNION SELECT part.relid::oid FROM pg_catalog.unnest($1::oid[]) AS t (oid), pg_catalog.pg_partition_tree(t.oid) part
)
SELECT n.nspname::text, c.relname::text, t.tgname::text, t.tgenabled = 'A'
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgrelid IN (SELECT oid FROM meant) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') ORDER BY 1, 2, 3";

impl Guards {
    /// Reads the guards of tables. Definitions name tables as the session's search path lets them be named.
    pub(super) async fn of(session: &Session, oids: &[u32]) -> Result<Self, BackupError> {
        let oids = oids.to_vec();
        let keys = session.query(FOREIGN_KEYS, &[(&oids, Type::OID_ARRAY)]).await?;
        let triggers = session.query(TRIGGERS, &[(&oids, Type::OID_ARRAY)]).await?;
        let place = |row: &Row| {
            let identifier = |at: usize| Identifier::new(row.get::<_, &str>(at)).ok();
            Some((ObjectName { schema: identifier(0)?, name: identifier(1)? }, identifier(2)?))
        };
        let key = |row: &Row| {
            let (table, name) = place(row)?;
            Some(ForeignKey { table, name, definition: row.get(3), comment: row.get(4) })
        };
        let trigger = |row: &Row| {
            let (table, name) = place(row)?;
            Some(Trigger { table, name, fires_always: row.get(3) })
        };
        Ok(Self {
            foreign_keys: keys.iter().filter_map(key).collect(),
            triggers: triggers.iter().filter_map(trigger).collect(),
        })
    }

    /// The statements that lift them.
    pub(super) fn lift(&self) -> Vec<String> {
        let triggers = self.triggers.iter().map(|it| format!("ALTER TABLE {} DISABLE TRIGGER {}", it.table, it.name));
        let keys = self.foreign_keys.iter().map(|it| format!("ALTER TABLE {} DROP CONSTRAINT {}", it.table, it.name));
        triggers.chain(keys).collect()
    }

    /// The statements that lay them on again.
    pub(super) fn lay_on(&self) -> Vec<String> {
        // A table with checks that are put off cannot be altered.
        let mut statements = vec!["SET CONSTRAINTS ALL IMMEDIATE".to_owned()];
        for ForeignKey { table, name, definition, comment } in &self.foreign_keys {
            statements.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"));
            let comment =
                comment.iter().map(|it| format!("COMMENT ON CONSTRAINT {name} ON {table} IS {}", Literal(it)));
            statements.extend(comment);
        }
        statements.extend(self.triggers.iter().map(|Trigger { table, name, fires_always }| {
            let how = if *fires_always { "ALWAYS " } else { "" };
            format!("ALTER TABLE {table} ENABLE {how}TRIGGER {name}")
        }));
        statements
    }
}
