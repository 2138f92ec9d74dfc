//! Writing the rows that differ.

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session, Type};

use super::super::archive::ArchivedSequence;
use super::super::error::BackupError;
use super::super::guards::Guards;
use super::super::table::listed;
use super::compare::Staged;

/// Makes the tables what the backup holds: rows that are the same stay untouched. With `merge`, rows that the backup
/// lacks stay as well. Returns how many rows were written or deleted.
pub(super) async fn write(session: &Session, staged: &[Staged], merge: bool) -> Result<u64, BackupError> {
    let differing: Vec<&Staged> = staged.iter().filter(|it| it.compared.differs(merge)).collect();
    if let Some(keyless) = differing.iter().find(|it| merge && it.key().is_empty()) {
        return Err(BackupError::CannotRestore {
            what: format!("{} has no primary key by which rows could be merged", keyless.compared.table),
            help: "restore it without --merge, which puts the rows of the backup in place of those that are there"
                .to_owned(),
        });
    }
    let oids: Vec<u32> = differing.iter().map(|it| it.table.oid).collect();
    let guards = Guards::of(session, &oids).await?;
    let all = differing.iter().map(|it| it.compared.table.as_str()).collect::<Vec<_>>().join(", ");
    let on_all = |error| BackupError::Refused { table: all.clone(), error };
    for statement in guards.lift() {
        flight(session, &statement).await.map_err(on_all)?;
    }
    let mut rows = 0;
    for table in &differing {
        for statement in statements(table, merge) {
            flight(session, &statement).await.map_err(|error| table.refused(error))?;
        }
        rows += table.compared.newer(merge) + table.compared.only_then;
    }
    for statement in guards.lay_on() {
        flight(session, &statement).await.map_err(on_all)?;
    }
    Ok(rows)
}

fn statements(it: &Staged, merge: bool) -> Vec<String> {
    let (table, name, stage) = (it.table.alone(), &it.table.name, &it.stage);
    let columns = listed(&it.common);
    let (into, values) = if columns.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" ({columns}) OVERRIDING SYSTEM VALUE"), columns.clone())
    };
    if it.key().is_empty() {
        return vec![
            format!("DELETE FROM {table}"),
            format!("INSERT INTO {name}{into} SELECT {values} FROM pg_temp.{stage}"),
        ];
    }
    let (same, now, then) = (it.same_key(), it.content("now_"), it.content("then_"));
    let beside = format!("FROM pg_temp.{stage} AS then_ WHERE {same}");
    let insert = format!(
        "INSERT INTO {name}{into} SELECT {values} FROM pg_temp.{stage} AS then_ \
         WHERE NOT EXISTS (SELECT FROM {table} AS now_ WHERE {same})"
    );
    let rest: Vec<&Identifier> = it.common.iter().filter(|column| !it.key().contains(column)).collect();
    let is_always =
        |column: &&Identifier| it.table.columns.iter().any(|other| other.is_always_identity && other.name == **column);
    let goes = format!("DELETE FROM {table} AS now_ WHERE NOT EXISTS (SELECT {beside})");
    // Where the table has columns that the backup lacks, rows are set back in place, so that these keep their values.
    if !it.compared.columns_added.is_empty() && !rest.is_empty() && !rest.iter().any(is_always) {
        let set: Vec<String> = rest.iter().map(|column| format!("{column} = then_.{column}")).collect();
        let update = format!(
            "UPDATE {table} AS now_ SET {} FROM pg_temp.{stage} AS then_ \
                 WHERE {same} AND {now} IS DISTINCT FROM {then}",
            set.join(", ")
        );
        let goes = (!merge).then_some(goes);
        return goes.into_iter().chain([update, insert]).collect();
    }
    // Otherwise they make room first: two rows may have exchanged a unique value.
    let changed =
        format!("DELETE FROM {table} AS now_ WHERE EXISTS (SELECT {beside} AND {now} IS DISTINCT FROM {then})");
    let goes = (!merge).then_some(goes);
    goes.into_iter().chain([changed, insert]).collect()
}

/// Moves sequences on to where they stood. Never back: a number that was given out may be known elsewhere.
pub(super) async fn move_sequences(session: &Session, sequences: &[ArchivedSequence]) -> Result<(), BackupError> {
    for ArchivedSequence { schema, name, last_value, is_called } in sequences {
        let (Ok(schema), Ok(name)) = (Identifier::new(schema.as_str()), Identifier::new(name.as_str())) else {
            continue;
        };
        let qualified = format!("{schema}.{name}");
        let found = session.query("SELECT pg_catalog.to_regclass($1)::oid", &[(&qualified, Type::TEXT)]).await?;
        if found.first().and_then(|row| row.get::<_, Option<u32>>(0)).is_none() {
            continue;
        }
        let literal = Literal(&qualified);
        let sql = format!(
            "SELECT pg_catalog.setval({literal}, {last_value}, {is_called}) \
             FROM {qualified} AS now_, pg_catalog.pg_sequence AS s WHERE s.seqrelid = {literal}::regclass \
             AND (CASE WHEN s.seqincrement > 0 THEN now_.last_value < {last_value} ELSE now_.last_value > {last_value} \
             END OR now_.last_value = {last_value} AND {is_called} AND NOT now_.is_called)"
        );
        let refused = |error| BackupError::Refused { table: qualified.clone(), error };
        flight(session, &sql).await.map_err(refused)?;
    }
    Ok(())
}

/// Fills materialized views, in the order in which they were made.
pub(super) async fn refresh(session: &Session) -> Result<(), BackupError> {
    let sql = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c \
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' ORDER BY c.oid";
    for row in session.query(sql, &[]).await? {
        let (Ok(schema), Ok(name)) = (Identifier::new(row.get::<_, &str>(0)), Identifier::new(row.get::<_, &str>(1)))
        else {
            continue;
        };
        let view = format!("{schema}.{name}");
        let refused = |error| BackupError::Refused { table: view.clone(), error };
        flight(session, &format!("REFRESH MATERIALIZED VIEW {view}")).await.map_err(refused)?;
    }
    Ok(())
}

async fn flight(session: &Session, sql: &str) -> Result<(), ServerError> {
    session.flight(sql).await.map(drop).map_err(|failure| failure.error)
}
