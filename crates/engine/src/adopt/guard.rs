//! The guard of an old history: a trigger that refuses whatever would change it, so that the old tool stops when
//! somebody runs it by habit.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};

/// The name of the trigger.
pub(crate) const GUARD: &str = "limosa_guard";
const FUNCTION: &str = "refuse_other_tool";

/// The tables that are guarded in a database. A few rows of `pg_trigger`, which is scanned.
const GUARDED_SQL: &str = "\
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_trigger g
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE g.tgname = $1 AND NOT g.tgisinternal ORDER BY 1, 2";

/// The statements that guard these tables.
pub(super) fn set(schema: &Identifier, tables: &[&QualifiedName]) -> Vec<String> {
    let function = format!(
        "CREATE OR REPLACE FUNCTION {schema}.{FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $guard$\n\
         BEGIN\n  RAISE EXCEPTION 'Limosa runs the migrations of this database now; the history in %.% is closed', \
         TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state', \
         HINT = 'Run `limosa up`. `limosa adopt --undo` opens the old history again.';\nEND $guard$"
    );
    let mut statements = vec![function];
    for table in tables {
        statements.push(format!("DROP TRIGGER IF EXISTS {GUARD} ON {table}"));
        statements.push(format!(
            "CREATE TRIGGER {GUARD} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{FUNCTION}()"
        ));
    }
    statements
}

/// The statements that take every guard away again.
pub(super) fn lift(schema: &Identifier, tables: &[QualifiedName]) -> Vec<String> {
    let mut statements: Vec<String> =
        tables.iter().map(|table| format!("DROP TRIGGER IF EXISTS {GUARD} ON {table}")).collect();
    statements.push(format!("DROP FUNCTION IF EXISTS {schema}.{FUNCTION}()"));
    statements
}

/// The tables that are guarded.
pub(super) async fn guarded(session: &Session) -> Result<Vec<QualifiedName>, ServerError> {
    let rows = session.query(GUARDED_SQL, &[(&GUARD, Type::TEXT)]).await?;
    let name = |text: &str| Identifier::new(text).ok();
    let tables =
        rows.iter().filter_map(|row| Some(QualifiedName { schema: name(row.get(0)), name: name(row.get(1))? }));
    Ok(tables.collect())
}
