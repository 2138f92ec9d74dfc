//! The guard of an old history: whatever would change it is refused, so that the old tool stops when somebody runs it
//! by habit. A tool that runs a migration before it writes the row would stop too late: its table takes another name,
//! and a view that refuses its readers stands in its place.

use limosa_catalog::{Catalog, Identifier, Literal, MemberName, ObjectId, ObjectKind, ObjectName, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};
use limosa_project::{FoundHistory, GuardKind, SeenTable};

/// The name of the trigger.
pub(crate) const GUARD: &str = "limosa_guard";
const REFUSE_CHANGE: &str = "refuse_other_tool";
const REFUSE_READER: &str = "refuse_reader_of_history";
/// What is added to the name of a table whose place a view takes.
const CLOSED: &str = "_closed";
const REFUSAL: &str = "Limosa runs the migrations of this database now; the history in %.% is closed";
const HINT: &str = "Run `limosa up`. `limosa adopt --undo` opens the old history again.";

/// The views that stand in a table's place, each with the table. A scan of `pg_trigger`.
pub(super) const CLOSED_TABLES_SQL: &str = "\
SELECT v.relname AS name, d.refobjid AS table_id
FROM pg_catalog.pg_trigger g
JOIN pg_catalog.pg_class v ON v.oid = g.tgrelid AND v.relkind = 'v'
JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> v.oid
WHERE g.tgname = 'limosa_guard' AND NOT g.tgisinternal
GROUP BY v.relname, d.refobjid";

/// A table that is guarded.
pub(super) struct Guarded {
    pub(super) name: QualifiedName,
    /// What the table itself is called meanwhile, where a view has its name.
    behind: Option<Identifier>,
}

/// The statements that guard these histories.
pub(super) fn set(schema: &Identifier, histories: &[&FoundHistory]) -> Vec<String> {
    let using = format!("USING ERRCODE = 'object_not_in_prerequisite_state', HINT = {}", Literal(HINT));
    let refusal = Literal(REFUSAL);
    let mut statements = vec![format!(
        "CREATE OR REPLACE FUNCTION {schema}.{REFUSE_CHANGE}() RETURNS trigger LANGUAGE plpgsql AS $guard$\n\
         BEGIN\n  RAISE EXCEPTION {refusal}, TG_TABLE_SCHEMA, TG_TABLE_NAME {using};\nEND $guard$"
    )];
    if histories.iter().any(|history| history.guard() == GuardKind::Reading) {
        statements.push(format!(
            "CREATE OR REPLACE FUNCTION {schema}.{REFUSE_READER}(schema_name text, table_name text) RETURNS boolean \
             LANGUAGE plpgsql AS $guard$\n\
             BEGIN\n  RAISE EXCEPTION {refusal}, schema_name, table_name {using};\nEND $guard$"
        ));
    }
    for history in histories {
        match history.guard() {
            GuardKind::Writing => {
                statements.extend(tables(history).flat_map(|table| refuse_changes(schema, &table.name)));
            }
            GuardKind::Reading if history.table.behind.is_some() => {}
            GuardKind::Reading => statements.extend(refuse_readers(schema, &history.table)),
        }
    }
    statements
}

/// The tables of a history that are guarded. Locks that a tool takes before it does anything lie beside its history.
pub(super) fn tables(history: &FoundHistory) -> impl Iterator<Item = &SeenTable> {
    let beside = match history.guard() {
        GuardKind::Writing => history.beside.as_slice(),
        GuardKind::Reading => &[],
    };
    std::iter::once(&history.table).chain(beside)
}

fn refuse_changes(schema: &Identifier, table: &QualifiedName) -> [String; 2] {
    [
        format!("DROP TRIGGER IF EXISTS {GUARD} ON {table}"),
        format!(
            "CREATE TRIGGER {GUARD} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{REFUSE_CHANGE}()"
        ),
    ]
}

/// The condition is evaluated once, before any row is looked for, so a table without rows refuses as well.
fn refuse_readers(schema: &Identifier, table: &SeenTable) -> [String; 3] {
    let (view, name) = (&table.name, &table.name.name);
    let behind = closed_name(name);
    let in_schema = view.schema.as_ref().map_or("", Identifier::as_str);
    let place = QualifiedName { schema: view.schema.clone(), name: behind.clone() };
    [
        format!("ALTER TABLE {view} RENAME TO {behind}"),
        format!(
            "CREATE VIEW {view} AS SELECT * FROM {place} WHERE (SELECT {schema}.{REFUSE_READER}({}, {}))",
            Literal(in_schema),
            Literal(name.as_str())
        ),
        format!(
            "CREATE TRIGGER {GUARD} INSTEAD OF INSERT OR UPDATE OR DELETE ON {view} \
             FOR EACH ROW EXECUTE FUNCTION {schema}.{REFUSE_CHANGE}()"
        ),
    ]
}

/// What a table is called while a view has its name, within the length of a name.
fn closed_name(name: &Identifier) -> Identifier {
    let mut end = name.as_str().len().min(63 - CLOSED.len());
    while !name.as_str().is_char_boundary(end) {
        end -= 1;
    }
    let start = name.as_str().get(..end).unwrap_or_default();
    Identifier::new(format!("{start}{CLOSED}")).unwrap_or_else(|_| name.clone())
}

/// The statements that take the guards of these tables away again.
pub(super) fn lift(tables: &[Guarded]) -> Vec<String> {
    let mut statements = Vec::new();
    for Guarded { name, behind } in tables {
        match behind {
            None => statements.push(format!("DROP TRIGGER IF EXISTS {GUARD} ON {name}")),
            Some(behind) => {
                let place = QualifiedName { schema: name.schema.clone(), name: behind.clone() };
                statements.push(format!("DROP VIEW {name}"));
                statements.push(format!("ALTER TABLE {place} RENAME TO {}", name.name));
            }
        }
    }
    statements
}

/// The statements that take away what guards rest on, when there are none any more.
pub(super) fn forget(schema: &Identifier) -> [String; 2] {
    [
        format!("DROP FUNCTION IF EXISTS {schema}.{REFUSE_CHANGE}()"),
        format!("DROP FUNCTION IF EXISTS {schema}.{REFUSE_READER}(text, text)"),
    ]
}

impl Guarded {
    /// As people write it: the schema, a dot, and the name.
    pub(super) fn shown(&self) -> String {
        let schema = self.name.schema.as_ref().map(|schema| format!("{}.", schema.as_str())).unwrap_or_default();
        format!("{schema}{}", self.name.name.as_str())
    }
}

/// The tables that are guarded. A few rows of `pg_trigger`, which is scanned.
pub(super) async fn guarded(session: &Session) -> Result<Vec<Guarded>, ServerError> {
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text, b.relname::text FROM pg_catalog.pg_trigger g \
         JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN ({CLOSED_TABLES_SQL}) AS closed ON closed.name = c.relname AND c.relkind = 'v' \
         LEFT JOIN pg_catalog.pg_class b ON b.oid = closed.table_id AND b.relnamespace = c.relnamespace \
         WHERE g.tgname = $1 AND NOT g.tgisinternal AND (c.relkind <> 'v' OR b.oid IS NOT NULL) ORDER BY 1, 2"
    );
    let rows = session.query(&sql, &[(&GUARD, Type::TEXT)]).await?;
    let name = |text: &str| Identifier::new(text).ok();
    let tables = rows.iter().filter_map(|row| {
        let table = QualifiedName { schema: name(row.get(0)), name: name(row.get(1))? };
        Some(Guarded { name: table, behind: row.get::<_, Option<&str>>(2).and_then(name) })
    });
    Ok(tables.collect())
}

/// A catalog without the views that stand in the place of a history, and without the tables behind them.
pub(crate) fn without_closed(catalog: Catalog) -> Catalog {
    let is_view = |name: &ObjectName| catalog.contains(&ObjectId::View(name.clone()));
    let guard = |id: &ObjectId| match id {
        ObjectId::Trigger(MemberName { relation, name }) if name.as_str() == GUARD && is_view(relation) => {
            Some(relation.clone())
        }
        _ => None,
    };
    let views: Vec<ObjectName> = catalog.of_kind(ObjectKind::Trigger).filter_map(|entry| guard(entry.id())).collect();
    if views.is_empty() {
        return catalog;
    }
    catalog.without(|entry| match entry.id() {
        ObjectId::View(name) => views.contains(name),
        ObjectId::Table(name) => {
            views.iter().any(|view| view.schema == name.schema && closed_name(&view.name) == name.name)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_table_keeps_a_name_that_fits() {
        let name = |text: &str| closed_name(&Identifier::new(text).unwrap()).as_str().to_owned();
        assert_eq!(name("SequelizeMeta"), "SequelizeMeta_closed");
        assert_eq!(name(&"ä".repeat(31)), format!("{}_closed", "ä".repeat(28)));
    }
}
