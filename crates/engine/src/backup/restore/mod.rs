//! Putting rows back from an archive.
//!
//! Everything is one transaction: what is gone is made again, the rows of the backup go into temporary tables beside
//! the real ones, the two are compared, and only the rows that differ are written. Looking is the same transaction,
//! rolled back before anything is written.

mod compare;
mod creation;
mod write;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use limosa_catalog::{Catalog, Identifier, ObjectId, ObjectKind, ObjectName};
use limosa_postgres::{Session, Type};
use limosa_project::ColumnName;
use serde::Serialize;

use super::archive::{ArchiveReader, ArchivedTable, Contents, Scope};
use super::error::BackupError;
use super::table::{Table, for_people, read};
use crate::event::{Observer, milliseconds};
use crate::history::{ChainLink, EventRecord, FIRST_LINK, Prepared, append_event};
use crate::lock::{Request, take};
use crate::stop::StopSignal;
use crate::target::{Target, open, refuse_read_only, search_path};
use crate::up::actor;

use compare::{Staged, columns};

pub use compare::TableComparison;

/// What is to be put back.
#[derive(Debug, Clone, Default)]
pub struct RestoreWish {
    /// These tables, as SQL spells them; empty means all that the backup holds.
    pub tables: Vec<String>,
    /// Whether rows stay that the backup lacks.
    pub merge: bool,
}

/// What a restore would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestorePreview {
    /// The database as people name it.
    pub database: String,
    /// Whether the backup is of this service and a database of this name.
    pub is_same_database: bool,
    /// How many events the history has since the backup; `None` where that cannot be told.
    pub events_since: Option<i64>,
    /// Whether the schema is that of the backup.
    pub is_same_schema: bool,
    /// Whether the database has no tables at all: then everything is made again.
    pub is_empty: bool,
    /// Table by table.
    pub tables: Vec<TableComparison>,
}

impl RestorePreview {
    /// Rows newer than the backup that would be lost.
    #[must_use]
    pub fn newer(&self, merge: bool) -> u64 {
        self.tables.iter().map(|table| table.newer(merge)).sum()
    }
}

/// Who restores, why, and what was agreed to.
#[derive(Debug, Clone)]
pub struct RestoreOptions<'a> {
    /// The operating system's user and host.
    pub actor: &'a str,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// How long to wait for a run on the same target.
    pub wait: Duration,
    /// What was shown and agreed to: where more would be lost by now, nothing is done.
    pub agreed: &'a RestorePreview,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restored {
    /// Table by table, as it was found.
    pub tables: Vec<TableComparison>,
    /// Rows written or deleted.
    pub rows: u64,
    /// Wall time.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: Duration,
}

/// Looks what a restore would do, and changes nothing. The rows of the backup go into temporary tables for that.
///
/// # Errors
/// See [`BackupError`].
pub async fn preview_restore(
    target: &Target,
    archive: &ArchiveReader,
    file: &Path,
    wish: &RestoreWish,
    stop: &StopSignal,
) -> Result<RestorePreview, BackupError> {
    let opened = open(target).await?;
    let previewed = async {
        refuse_read_only(target, &opened)?;
        let work = Work::prepare(&opened.session, target, archive, file, wish, stop).await?;
        let contents = archive.contents();
        let last = &opened.history.last;
        let preview = RestorePreview {
            database: target.database(),
            is_same_database: contents.service == target.service && contents.database == opened.facts.database,
            events_since: contents.history.as_ref().map(|then| last.seq - then.seq).filter(|since| *since >= 0),
            is_same_schema: work.now.fingerprint().to_string() == contents.fingerprint,
            is_empty: work.is_empty,
            tables: Vec::new(),
        };
        let staged = work.begin(Writers::GoOn).await;
        work.rollback().await;
        Ok(RestorePreview { tables: staged?.into_iter().map(|it| it.compared).collect(), ..preview })
    }
    .await;
    opened.session.close().await;
    previewed
}

/// Puts rows back, in one transaction with its record.
///
/// # Errors
/// See [`BackupError`]; nothing is changed then.
pub async fn restore(
    target: &Target,
    archive: &ArchiveReader,
    file: &Path,
    wish: &RestoreWish,
    options: &RestoreOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Restored, BackupError> {
    let begun = Instant::now();
    let opened = open(target).await?;
    refuse_read_only(target, &opened)?;
    let actor = actor(options.actor, &opened);
    if options.agreed.is_empty {
        let work = Work::prepare(&opened.session, target, archive, file, wish, stop).await?;
        // The history comes with the backup, and is continued.
        let restored = work.run(options, &actor, None, None).await;
        opened.session.close().await;
        return restored.map(|(tables, rows)| Restored { tables, rows, took: begun.elapsed() });
    }
    let request = Request { target, actor: &actor, wait: options.wait };
    let locked = take(&request, opened, observer, stop).await?;
    let restored = async {
        let work = Work::prepare(&locked.worker, target, archive, file, wish, stop).await?;
        let fence = locked.lease.as_ref().map(crate::lock::Lease::fence);
        work.run(options, &actor, Some(&locked.history.last), fence).await
    }
    .await;
    locked.release().await;
    restored.map(|(tables, rows)| Restored { tables, rows, took: begun.elapsed() })
}

/// What becomes of those who write meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writers {
    /// They go on.
    GoOn,
    /// They wait for the end.
    Wait,
}

/// A restore on its way.
struct Work<'a> {
    session: &'a Session,
    target: &'a Target,
    archive: &'a ArchiveReader,
    file: &'a Path,
    wish: &'a RestoreWish,
    stop: &'a StopSignal,
    wanted: Vec<(&'a ArchivedTable, ObjectName)>,
    now: Catalog,
    then: Catalog,
    is_empty: bool,
}

impl<'a> Work<'a> {
    async fn prepare(
        session: &'a Session,
        target: &'a Target,
        archive: &'a ArchiveReader,
        file: &'a Path,
        wish: &'a RestoreWish,
        stop: &'a StopSignal,
    ) -> Result<Self, BackupError> {
        let damaged =
            |what: String| BackupError::Unreadable { path: file.to_owned(), error: super::Unreadable::Damaged(what) };
        let text = archive.catalog().map_err(|error| BackupError::Unreadable { path: file.to_owned(), error })?;
        let then = Catalog::from_snapshot(&text).map_err(|error| damaged(error.to_string()))?;
        let now = session.catalog(&[]).await?;
        let is_empty = now.of_kind(ObjectKind::Table).next().is_none();
        let mut wanted = choose(archive.contents(), &wish.tables)?;
        if !is_empty && wish.tables.is_empty() {
            // What was done since stays on record.
            wanted.retain(|(table, _)| table.schema != target.history_schema.as_str());
        }
        Ok(Self { session, target, archive, file, wish, stop, wanted, now, then, is_empty })
    }

    /// Begins the transaction: makes what is gone, locks, stages the rows, compares.
    async fn begin(&self, writers: Writers) -> Result<Vec<Staged>, BackupError> {
        let mut begin = "BEGIN;\nSET LOCAL statement_timeout = 0;\nSET LOCAL row_security = off;\n\
                         SET LOCAL idle_in_transaction_session_timeout = 0;\n\
                         SET LOCAL datestyle = 'ISO, YMD';\nSET LOCAL intervalstyle = 'postgres';\n\
                         SET LOCAL timezone = 'UTC';\nSET LOCAL lc_monetary = 'C'"
            .to_owned();
        begin.push_str(&format!(";\nSET LOCAL lock_timeout = {}", self.target.retry.patience.as_millis()));
        if let Some(role) = &self.target.owner_role {
            begin.push_str(&format!(";\nSET LOCAL ROLE {role}"));
        }
        if let Some(path) = search_path(self.target, self.session) {
            begin.push_str(&format!(";\nSET LOCAL search_path = {path}"));
        }
        self.session.flight(&begin).await.map_err(|failure| failure.error)?;
        let is_there = |name: &ObjectName| self.now.contains(&ObjectId::Table(name.clone()));
        let gone: Vec<ObjectName> =
            self.wanted.iter().map(|(_, name)| name.clone()).filter(|name| !is_there(name)).collect();
        let statements = match (self.is_empty && self.archive.contents().scope == Scope::Database, gone.as_slice()) {
            (true, _) => creation::make_all(&self.now, &self.then)?,
            (false, []) => Vec::new(),
            (false, gone) => creation::make_again(&self.now, &self.then, gone)?,
        };
        for statement in statements {
            self.flight(&statement).await.map_err(|error| BackupError::CannotRestore {
                what: format!("what is gone cannot be made again: {error}"),
                help: format!("make it by hand and restore again; the statement was: {statement}"),
            })?;
        }
        let mut staged = Vec::new();
        for (place, (archived, name)) in self.wanted.iter().enumerate() {
            if self.stop.is_asked() {
                return Err(BackupError::Stopped);
            }
            let table = self.table(name).await?;
            let mut one = self.stage(place, archived, table, writers).await?;
            one.compared.is_gone = !is_there(name);
            if one.compared.is_gone {
                one.compared.keys_gone = creation::keys_gone(&self.now, &self.then, name);
            }
            one.compare(self.session).await?;
            staged.push(one);
        }
        Ok(staged)
    }

    async fn table(&self, name: &ObjectName) -> Result<Table, BackupError> {
        let sql = "SELECT pg_catalog.to_regclass($1)::oid";
        let rows = self.session.query(sql, &[(&name.to_string(), Type::TEXT)]).await?;
        let oid: Option<u32> = rows.first().and_then(|row| row.get(0));
        let found = read(self.session, &oid.into_iter().collect::<Vec<_>>()).await?;
        found.into_iter().next().ok_or_else(|| BackupError::NoTable { table: for_people(name) })
    }

    /// Puts a table's rows of the backup beside it.
    async fn stage(
        &self,
        place: usize,
        archived: &ArchivedTable,
        table: Table,
        writers: Writers,
    ) -> Result<Staged, BackupError> {
        let (common, mut compared) = columns(&table, archived);
        compared.table = for_people(&table.name);
        let refused = |error| BackupError::Refused { table: compared.table.clone(), error };
        let name = format!("limosa_restore_{place}");
        let stage = Identifier::new(name.as_str()).map_err(|_| BackupError::NoTable { table: name })?;
        let column = |archived: &super::archive::ArchivedColumn| {
            let name = Identifier::new(archived.name.as_str()).ok()?;
            // With the collation and the type that the table has now; what it has no more is kept as text.
            Some(if common.contains(&name) { name.to_string() } else { format!("NULL::text AS {name}") })
        };
        let columns: Vec<String> = archived.columns.iter().filter_map(column).collect();
        let lock = match writers {
            Writers::Wait => format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE;\n", table.name),
            Writers::GoOn => String::new(),
        };
        let make = format!(
            "{lock}CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA",
            columns.join(", "),
            table.alone()
        );
        self.flight(&make).await.map_err(refused)?;
        let unreadable = |error| BackupError::Unreadable { path: self.file.to_owned(), error };
        let mut pieces = self.archive.pieces(&archived.block).map_err(unreadable)?;
        let copy = format!("COPY pg_temp.{stage} FROM stdin");
        let copied = self.session.try_copy_pieces(&copy, &mut pieces).await;
        copied.map_err(|error| BackupError::of_copy(error, &compared.table, self.file))?;
        self.flight(&format!("ANALYZE pg_temp.{stage}")).await.map_err(refused)?;
        Ok(Staged { table, stage, common, compared })
    }

    /// Does all of it, with the record.
    async fn run(
        &self,
        options: &RestoreOptions<'_>,
        actor: &str,
        last: Option<&ChainLink>,
        fence: Option<String>,
    ) -> Result<(Vec<TableComparison>, u64), BackupError> {
        let done = async {
            let staged = self.begin(Writers::Wait).await?;
            if let Some(fence) = fence {
                self.flight(&fence).await?;
            }
            self.hold_to(options.agreed, &staged)?;
            let rows = write::write(self.session, &staged, self.wish.merge).await?;
            write::move_sequences(self.session, &self.sequences(&staged)).await?;
            if self.is_empty {
                write::refresh(self.session).await?;
            }
            let compared: Vec<TableComparison> = staged.into_iter().map(|it| it.compared).collect();
            self.record(options, actor, last, &compared).await?;
            self.flight("COMMIT").await?;
            Ok((compared, rows))
        }
        .await;
        if done.is_err() {
            self.rollback().await;
        }
        done
    }

    /// Refuses where more would be lost than was shown.
    fn hold_to(&self, agreed: &RestorePreview, staged: &[Staged]) -> Result<(), BackupError> {
        let shown = |table: &str| agreed.tables.iter().find(|it| it.table == table);
        let merge = self.wish.merge;
        let more = staged.iter().map(|it| &it.compared).find(|now| {
            shown(&now.table).is_none_or(|shown| now.newer(merge) > shown.newer(merge) || now.is_gone != shown.is_gone)
        });
        match more {
            None => Ok(()),
            Some(now) => Err(BackupError::CannotRestore {
                what: format!("rows of {} were written since it was shown what would be lost", now.table),
                help: "nothing was changed; look again, and keep others from writing meanwhile".to_owned(),
            }),
        }
    }

    /// The sequences of the tables that were chosen; all where the whole backup is.
    fn sequences(&self, staged: &[Staged]) -> Vec<super::archive::ArchivedSequence> {
        let all = &self.archive.contents().sequences;
        if self.wish.tables.is_empty() {
            return all.clone();
        }
        let owned_by = |schema: &str, name: &str| {
            staged.iter().any(|it| {
                let table = &it.table.name;
                self.then.entry(&ObjectId::Table(table.clone())).is_some_and(|entry| {
                    entry.children().any(|part| match part.object() {
                        limosa_catalog::Object::Column(column) => column.identity.as_ref().is_some_and(|identity| {
                            identity.sequence.schema.as_str() == schema && identity.sequence.name.as_str() == name
                        }),
                        _ => false,
                    })
                }) || self.then.of_kind(ObjectKind::Sequence).any(|entry| match (entry.id(), entry.object()) {
                    (ObjectId::Sequence(id), limosa_catalog::Object::Sequence(sequence)) => {
                        id.schema.as_str() == schema
                            && id.name.as_str() == name
                            && sequence.owned_by.as_ref().is_some_and(|column| column.relation == *table)
                    }
                    _ => false,
                })
            })
        };
        all.iter().filter(|it| owned_by(&it.schema, &it.name)).cloned().collect()
    }

    async fn record(
        &self,
        options: &RestoreOptions<'_>,
        actor: &str,
        last: Option<&ChainLink>,
        tables: &[TableComparison],
    ) -> Result<(), BackupError> {
        let last = match last {
            Some(last) => last.clone(),
            // A database without a history gets none from a restore.
            None => match self.history_that_came().await? {
                Some(last) => last,
                None => return Ok(()),
            },
        };
        let contents = self.archive.contents();
        let rows = self.session.query("SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::int8", &[]);
        let now = rows.await?.first().map_or(0, |row| row.get(0));
        let file: PathBuf = self.file.file_name().map(PathBuf::from).unwrap_or_default();
        let event = EventRecord {
            service: self.target.service.clone(),
            at: crate::clock::ServerClock::from_microseconds(now).now(),
            kind: "restore".to_owned(),
            version: None,
            name: Some(file.display().to_string()),
            checksum: None,
            actor: actor.to_owned(),
            reason: options.reason.map(str::to_owned),
            detail: Some(
                serde_json::json!({
                    "taken_at": contents.taken_at, "database": contents.database, "merge": self.wish.merge,
                    "tables": tables.iter().filter(|it| it.differs(self.wish.merge)).collect::<Vec<_>>(),
                })
                .to_string(),
            ),
        };
        let (sql, _) = append_event(&self.target.history_schema, &last, &event, Prepared::No);
        Ok(self.flight(&sql).await?)
    }

    /// The end of the history that came with the rows, read in their transaction.
    async fn history_that_came(&self) -> Result<Option<ChainLink>, BackupError> {
        let schema = &self.target.history_schema;
        let table = format!("{schema}.event");
        let sql = "SELECT pg_catalog.to_regclass($1) IS NOT NULL";
        let rows = self.session.query(sql, &[(&table, Type::TEXT)]).await?;
        if !rows.first().is_some_and(|row| row.get(0)) {
            return Ok(None);
        }
        let sql = format!("SELECT seq, hash FROM {table} WHERE service = $1 ORDER BY seq DESC LIMIT 1");
        let rows = self.session.query(&sql, &[(&self.target.service, Type::TEXT)]).await?;
        let link = |row: &limosa_postgres::Row| ChainLink { seq: row.get(0), hash: row.get::<_, String>(1).into() };
        Ok(Some(rows.first().map_or(FIRST_LINK, link)))
    }

    async fn flight(&self, sql: &str) -> Result<(), limosa_postgres::ServerError> {
        self.session.flight(sql).await.map(drop).map_err(|failure| failure.error)
    }

    async fn rollback(&self) {
        // A session that is lost has told so before.
        let _ = self.session.flight("ROLLBACK").await;
    }
}

/// The tables that are wanted, with their names.
fn choose<'a>(contents: &'a Contents, names: &[String]) -> Result<Vec<(&'a ArchivedTable, ObjectName)>, BackupError> {
    let named = |table: &'a ArchivedTable| {
        let identifier = |text: &str| Identifier::new(text).ok();
        Some((table, ObjectName { schema: identifier(&table.schema)?, name: identifier(&table.name)? }))
    };
    let all: Vec<_> = contents.tables.iter().filter_map(named).collect();
    if names.is_empty() {
        return Ok(all);
    }
    let mut chosen: Vec<(&ArchivedTable, ObjectName)> = Vec::new();
    for text in names {
        let missing = || BackupError::CannotRestore {
            what: format!("the backup holds no table `{text}`"),
            help: format!(
                "it holds {}",
                all.iter().map(|(_, name)| for_people(name)).take(12).collect::<Vec<_>>().join(", ")
            ),
        };
        // A column of it is a name in the same form.
        let name = ColumnName::parse(&format!("{text}.x")).map_err(|_| missing())?;
        let fits = |it: &&(&ArchivedTable, ObjectName)| {
            it.1.name == name.table && name.schema.as_ref().is_none_or(|schema| it.1.schema == *schema)
        };
        let found = all.iter().find(fits).ok_or_else(missing)?;
        if chosen.iter().all(|it| it.1 != found.1) {
            chosen.push(found.clone());
        }
    }
    Ok(chosen)
}
