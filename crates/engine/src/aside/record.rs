//! The rows of the history's table `aside`.

use std::time::Duration;

use limosa_catalog::{Identifier, InvalidIdentifier, Literal, ObjectName};
use limosa_plan::{AsideName, KeptColumn, KeptTable, KeptType, KeptValues, RestoreStep, SetAside};
use limosa_postgres::{Row, ServerError, Session, Type};

use super::wire::{ColumnJson, KeptJson, NameJson, RestoreJson, ValuesJson};
use crate::history::{HistoryError, HistoryPlace};
use crate::server_words::{is_forbidden, is_missing};

/// What one statement would have dropped, and how it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRecord {
    /// Its number, which is used once in a database.
    pub id: i64,
    /// The service.
    pub service: String,
    /// The migration's version.
    pub version: String,
    /// The statement as it stands in the migration.
    pub statement: String,
    /// The names that are made from the number.
    pub name: AsideName,
    /// Columns of tables that stayed.
    pub columns: Vec<KeptColumn>,
    /// Tables.
    pub tables: Vec<KeptTable>,
    /// Types that what is set aside needs.
    pub types: Vec<KeptType>,
    /// Values that were written over.
    pub values: Option<KeptValues>,
    /// Where a `down` set this aside: the checksum of the migration that it took back. The same migration brings it
    /// back when it is applied again. Otherwise the migration itself set it aside, and its `down` brings it back.
    pub taken_back: Option<String>,
    /// What was dropped with them, in people's words.
    pub dropped: Vec<String>,
    /// What follows the renames on the way back.
    pub restore: Vec<RestoreStep>,
    /// How many rows there were, where the server had counted them.
    pub rows: Option<u64>,
    /// How large it was, by the server's statistics.
    pub bytes: Option<u64>,
    /// Who did it.
    pub actor: String,
    /// When, in microseconds since 1970, UTC.
    pub kept_at: i64,
    /// From when on it may go, in microseconds since 1970, UTC.
    pub due_at: i64,
    /// Whether that time has come, by the server's clock.
    pub is_due: bool,
}

impl AsideRecord {
    /// What is kept, in words: `public.patient.ssn`, `public.visit`; what was dropped, where nothing needs to be kept.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        let columns = self.columns.iter().map(|kept| {
            let (relation, name) = (&kept.column.relation, kept.column.name.for_people());
            format!("{}.{}.{name}", relation.schema.for_people(), relation.name.for_people())
        });
        let name = |name: &ObjectName| format!("{}.{}", name.schema.for_people(), name.name.for_people());
        let values = self.values.iter().flat_map(|kept| {
            let table = name(&kept.table);
            kept.columns.iter().map(move |it| format!("what {table}.{} held", it.column.for_people()))
        });
        let types = self.types.iter().map(|kept| &kept.name);
        let tables = self.tables.iter().map(|kept| &kept.name).chain(types).map(name);
        let kept: Vec<String> = columns.chain(tables).chain(values).collect();
        if kept.is_empty() { self.dropped.clone() } else { kept }
    }

    /// What its tables are called while they are kept.
    pub(crate) fn moved(&self) -> impl Iterator<Item = ObjectName> {
        let schema = self.name.schema();
        self.tables.iter().map(|kept| ObjectName { schema: schema.clone(), name: kept.name.name.clone() })
    }

    /// The names that it has meanwhile, in words: `limosa_aside_3_ssn`, `limosa_aside_4.visit`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let values = self.values.iter().flat_map(|kept| kept.columns.iter().map(|it| &it.aside));
        let columns = self.columns.iter().map(|kept| &kept.aside).chain(values);
        let columns = columns.map(|aside| aside.for_people().to_string());
        let schema = self.name.schema().for_people();
        let types = self.types.iter().map(|kept| &kept.name);
        let moved = self.tables.iter().map(|kept| &kept.name).chain(types);
        columns.chain(moved.map(|name| format!("{schema}.{}", name.name.for_people()))).collect()
    }
}

const COLUMNS: &str = "id, service, version, statement, kept::text, restore::text, rows, bytes, actor, \
     (extract(epoch FROM kept_at) * 1000000)::bigint, (extract(epoch FROM due_at) * 1000000)::bigint, \
     due_at <= pg_catalog.clock_timestamp()";

/// What a service keeps, oldest first; nothing where the history is of a format that cannot keep anything, or is not
/// for this role to read.
///
/// # Errors
/// What the server says, and rows that no version of Limosa writes.
pub(crate) async fn kept(session: &Session, place: HistoryPlace<'_>) -> Result<Vec<AsideRecord>, HistoryError> {
    let HistoryPlace { schema, service, .. } = place;
    let sql = format!("SELECT {COLUMNS} FROM {schema}.aside WHERE service = $1 AND state = 'kept' ORDER BY id");
    match place.query(session, &sql, &[(&service, Type::TEXT)]).await {
        Ok(rows) => rows.iter().map(|row| decode(row, schema)).collect(),
        Err(error) if is_missing(&error) || is_forbidden(&error) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The same of what a `down` has set aside.
///
/// # Errors
/// As [`kept`].
pub(crate) async fn taken_back(session: &Session, place: HistoryPlace<'_>) -> Result<Vec<AsideRecord>, HistoryError> {
    let mut records = kept(session, place).await?;
    records.retain(|record| record.taken_back.is_some());
    Ok(records)
}

/// The columns and schemas that any service keeps in the database.
pub(super) async fn hidden(
    session: &Session,
    schema: &Identifier,
) -> Result<Vec<(AsideName, Vec<Identifier>)>, HiddenError> {
    let rows = session.query(&format!("SELECT id, kept::text FROM {schema}.aside WHERE state = 'kept'"), &[]).await?;
    let names = rows.iter().map(|row| {
        let kept: KeptJson = serde_json::from_str(row.get(1)).map_err(|_| HiddenError::Unreadable)?;
        let columns: Result<Vec<_>, _> = kept.columns.into_iter().map(ColumnJson::read).collect();
        let values = kept.values.map(ValuesJson::read).transpose()?;
        let values = values.iter().flat_map(KeptValues::names).cloned();
        let columns = columns?.into_iter().map(|kept| kept.aside).chain(values).collect();
        Ok((AsideName::new(schema, row.get(0))?, columns))
    });
    names.collect()
}

/// The same for a transaction that is under way; what cannot be read is no name.
///
/// # Errors
/// What the server says.
pub(crate) async fn kept_names(
    session: &Session,
    schema: &Identifier,
) -> Result<Vec<(AsideName, Vec<Identifier>)>, ServerError> {
    match hidden(session, schema).await {
        Ok(names) => Ok(names),
        Err(HiddenError::Server(error)) => Err(error),
        Err(HiddenError::Unreadable) => Ok(Vec::new()),
    }
}

/// Why it cannot be told what is to be hidden.
pub(super) enum HiddenError {
    Server(ServerError),
    Unreadable,
}

impl From<ServerError> for HiddenError {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl From<InvalidIdentifier> for HiddenError {
    fn from(_: InvalidIdentifier) -> Self {
        Self::Unreadable
    }
}

fn decode(row: &Row, schema: &Identifier) -> Result<AsideRecord, HistoryError> {
    let id: i64 = row.get(0);
    let unreadable = || HistoryError::Unreadable { what: format!("row {id} of {schema}.aside") };
    let kept: KeptJson = serde_json::from_str(row.get(4)).map_err(|_| unreadable())?;
    let restore: Vec<RestoreJson> = serde_json::from_str(row.get(5)).map_err(|_| unreadable())?;
    let columns: Result<_, _> = kept.columns.into_iter().map(ColumnJson::read).collect();
    let tables: Result<_, _> = kept.tables.into_iter().map(NameJson::into_table).collect();
    let types: Result<_, _> = kept.types.into_iter().map(NameJson::into_type).collect();
    let amount = |at: usize| row.get::<_, Option<i64>>(at).and_then(|amount| u64::try_from(amount).ok());
    Ok(AsideRecord {
        id,
        service: row.get(1),
        version: row.get(2),
        statement: row.get(3),
        name: AsideName::new(schema, id).map_err(|_| unreadable())?,
        columns: columns.map_err(|_| unreadable())?,
        tables: tables.map_err(|_| unreadable())?,
        types: types.map_err(|_| unreadable())?,
        values: kept.values.map(ValuesJson::read).transpose().map_err(|_| unreadable())?,
        taken_back: kept.taken_back,
        dropped: kept.dropped,
        restore: restore.into_iter().map(RestoreJson::read).collect(),
        rows: amount(6),
        bytes: amount(7),
        actor: row.get(8),
        kept_at: row.get(9),
        due_at: row.get(10),
        is_due: row.get(11),
    })
}

/// What is put on record with the renames.
pub(crate) struct NewRecord<'a> {
    pub(crate) id: i64,
    pub(crate) service: &'a str,
    pub(crate) version: &'a str,
    pub(crate) statement: &'a str,
    pub(crate) aside: &'a SetAside,
    /// See [`AsideRecord::taken_back`].
    pub(crate) taken_back: Option<&'a str>,
    pub(crate) rows: Option<i64>,
    pub(crate) bytes: Option<i64>,
    pub(crate) actor: &'a str,
    pub(crate) keep: Duration,
}

/// Puts on record what is set aside, in the transaction that does it.
pub(crate) fn insert(schema: &Identifier, record: &NewRecord<'_>) -> String {
    let aside = record.aside;
    let kept = KeptJson {
        columns: aside.columns.iter().map(ColumnJson::of).collect(),
        tables: aside.tables.iter().map(NameJson::of_table).collect(),
        types: aside.types.iter().map(NameJson::of_type).collect(),
        dropped: aside.dropped.clone(),
        values: aside.values.as_ref().map(ValuesJson::of),
        taken_back: record.taken_back.map(str::to_owned),
    };
    let restore: Vec<RestoreJson> = aside.restore.iter().map(RestoreJson::of).collect();
    let amount = |amount: Option<i64>| amount.map_or_else(|| "NULL".to_owned(), |amount| amount.to_string());
    format!(
        "INSERT INTO {schema}.aside (id, service, version, statement, kept, restore, rows, bytes, actor, due_at) \
         VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, pg_catalog.clock_timestamp() + {} * interval '1 second')",
        record.id,
        Literal(record.service),
        Literal(record.version),
        Literal(record.statement),
        Literal(&serde_json::json!(kept).to_string()),
        Literal(&serde_json::json!(restore).to_string()),
        amount(record.rows),
        amount(record.bytes),
        Literal(record.actor),
        record.keep.as_secs(),
    )
}

/// Puts on record what became of something that was kept.
pub(crate) fn mark(schema: &Identifier, id: i64, state: Ended) -> String {
    let state = match state {
        Ended::Restored => "restored",
        Ended::Purged => "purged",
    };
    let state = Literal(state);
    format!("UPDATE {schema}.aside SET state = {state}, ended_at = pg_catalog.clock_timestamp() WHERE id = {id}")
}

/// What became of something that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is back.
    Restored,
    /// It is gone.
    Purged,
}
