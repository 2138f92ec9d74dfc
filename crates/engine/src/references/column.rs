//! The column that a reference names, as the server has it.

use limosa_catalog::{Identifier, Literal, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};
use limosa_project::{ColumnName, did_you_mean};

use super::error::ReferenceError;
use crate::target::{Target, search_path};

/// A column that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) table: QualifiedName,
    pub(super) column: Identifier,
    /// The internal name of its type, or of the one that its domain is made of: `int8`, `uuid`, `text`.
    pub(super) data_type: String,
    /// Whether the bytes of texts stand in the same order at the server as in UTF-8.
    pub(super) orders_as_utf8: bool,
}

/// How many names are offered at most.
const OFFERED: usize = 12;

/// A lookup by name in `pg_class`, and one in `pg_attribute`.
const FIND: &str = "\
SELECT n.nspname::text, c.relname::text, b.typname::text,
       pg_catalog.current_setting('server_encoding') IN ('UTF8', 'LATIN1', 'SQL_ASCII')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $3 AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
WHERE c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND CASE WHEN $1 IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) ELSE n.nspname = $1 END";

const TABLES: &str = "\
SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND CASE WHEN $1 IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) AND n.nspname NOT LIKE 'pg\\_%'
      ELSE n.nspname = $1 END
ORDER BY 1";

const COLUMNS: &str = "\
SELECT a.attname::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// Opens a transaction that reads one state of the database and may take its time.
pub(crate) async fn begin(session: &Session, target: &Target) -> Result<(), ServerError> {
    let mut sql = vec!["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned()];
    sql.extend(target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
    sql.push("SET LOCAL statement_timeout = 0".to_owned());
    sql.extend(
        search_path(target, session)
            .map(|path| format!("SELECT pg_catalog.set_config('search_path', {}, true)", Literal(&path))),
    );
    session.flight(&sql.join(";\n")).await.map(drop).map_err(|failure| failure.error)
}

/// Finds a column by the name that limosa.toml gives.
pub(super) async fn find(session: &Session, target: &Target, name: &ColumnName) -> Result<Found, ReferenceError> {
    let schema = name.schema.as_ref().map(Identifier::as_str);
    let (table, column) = (name.table.as_str(), name.column.as_str());
    let rows = session.query(FIND, &[(&schema, Type::TEXT), (&table, Type::TEXT), (&column, Type::TEXT)]).await?;
    let shown = match &name.schema {
        Some(schema) => format!("{schema}.{}", name.table),
        None => name.table.to_string(),
    };
    let service = target.service.clone();
    let Some(row) = rows.first() else {
        let known = session.query(TABLES, &[(&schema, Type::TEXT)]).await?;
        let known: Vec<String> = known.iter().map(|row| row.get(0)).collect();
        return Err(ReferenceError::NoTable { service, table: shown, help: offer(table, &known) });
    };
    let (schema, table): (String, String) = (row.get(0), row.get(1));
    let Some(data_type) = row.get::<_, Option<String>>(2) else {
        let known = session.query(COLUMNS, &[(&schema, Type::TEXT), (&table, Type::TEXT)]).await?;
        let known: Vec<String> = known.iter().map(|row| row.get(0)).collect();
        let help = offer(column, &known);
        return Err(ReferenceError::NoColumn { service, table: shown, column: name.column.clone(), help });
    };
    let identifier = |name: String| Identifier::new(name).map_err(|_| ReferenceError::Unreadable("a name"));
    Ok(Found {
        table: QualifiedName { schema: Some(identifier(schema)?), name: identifier(table)? },
        column: name.column.clone(),
        data_type,
        orders_as_utf8: row.get(3),
    })
}

/// The name that was probably meant, or the first that there are.
fn offer(found: &str, known: &[String]) -> String {
    let folded = found.to_lowercase();
    if let Some(quoted) = known.iter().find(|name| name.to_lowercase() == folded) {
        return format!("did you mean `\"{quoted}\"`? Without double quotes a name is folded to lower case");
    }
    let names = || known.iter().map(String::as_str);
    match did_you_mean(found, names()) {
        all if all.starts_with("known") => did_you_mean(found, names().take(OFFERED)),
        near => near,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_offered() {
        let known = ["Patient", "visit", "ward"].map(str::to_owned);
        let folded = "did you mean `\"Patient\"`? Without double quotes a name is folded to lower case";
        assert_eq!(offer("patient", &known), folded);
        assert_eq!(offer("visits", &known), "did you mean `visit`?");
        assert_eq!(offer("invoice", &known), "known are `Patient`, `visit` and `ward`");
        let many: Vec<String> = (0..100).map(|n| format!("table_number_{n}")).collect();
        assert_eq!(offer("x", &many).matches('`').count(), 2 * OFFERED);
    }
}
