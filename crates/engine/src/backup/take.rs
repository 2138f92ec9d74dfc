//! Taking an archive: the rows of tables as they are at one moment.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use limosa_catalog::{Catalog, Identifier, Literal, ObjectId};
use limosa_postgres::{CopyOut, Session, Type};
use serde::Serialize;

use super::archive::{
    ArchiveReader, ArchiveWriter, ArchivedSequence, ArchivedTable, Contents, HistoryPosition, Scope, lines,
};
use super::error::BackupError;
use super::event::BackupEvent;
use super::plain::PlainWriter;
use super::selection::{TableSelection, find};
use super::table::{Table, for_people, read};
use crate::event::milliseconds;
use crate::history::read_history;
use crate::stop::StopSignal;
use crate::target::{Target, connect, search_path};

/// What is to be saved where, and what the file says of itself.
#[derive(Debug, Clone)]
pub struct BackupRequest<'a> {
    /// The file; it must not be there yet.
    pub file: &'a Path,
    /// The name of the environment.
    pub environment: &'a str,
    /// The version of Limosa.
    pub limosa: &'a str,
    /// The run that it is made for, such as `before-up-20241220120000`.
    pub before: Option<&'a str>,
}

/// In which form tables are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Limosa's own: compressed, with sums.
    Archive,
    /// SQL that `psql` loads.
    Plain,
}

/// A backup that was made, and was found right when it was read again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackupMade {
    /// The file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// How many tables; `None` where a program of PostgreSQL saved all of it.
    pub tables: Option<usize>,
    /// How many rows; `None` likewise.
    pub rows: Option<u64>,
    /// Wall time, looking at it again included.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: Duration,
    /// What the backup does not hold, and other things worth knowing.
    pub remarks: Vec<String>,
}

/// A backup that is being made.
pub(super) struct Saving<'a> {
    /// A session on the target that is in no transaction.
    pub(super) session: &'a Session,
    pub(super) target: &'a Target,
    pub(super) request: &'a BackupRequest<'a>,
    /// Who is told how far it is.
    pub(super) observer: &'a mut dyn FnMut(&BackupEvent),
    pub(super) stop: &'a StopSignal,
}

/// So often it is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Every setting that changes how values are written is pinned, so that they can be read on any server. Rows that a
/// policy hides are an error: they would be missing.
const PINNED: &str = "\
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL row_security = off;
SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL xmlbinary = 'base64';
SET LOCAL lc_monetary = 'C'";

/// The moment, and where the log of the server stood.
const MOMENT: &str = "\
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::int8,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()::text
            ELSE pg_catalog.pg_current_wal_lsn()::text END,
       pg_catalog.pg_current_snapshot()::text,
       EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)";

/// Sequences of columns of these tables; of all the database where `$2`.
const SEQUENCES: &str = "\
SELECT DISTINCT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
  AND ($2 OR d.refobjid = ANY ($1))
  AND CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') END ORDER BY 1, 2";

/// Saves tables of a target into a file, on a connection of its own.
///
/// # Errors
/// See [`BackupError`]. No file is left.
pub async fn back_up_tables(
    target: &Target,
    selection: &TableSelection,
    format: TableFormat,
    request: &BackupRequest<'_>,
    observer: &mut dyn FnMut(&BackupEvent),
    stop: &StopSignal,
) -> Result<BackupMade, BackupError> {
    let session = connect(target).await.map_err(BackupError::from)?;
    let made = take(Saving { session: &session, target, request, observer, stop }, selection, format).await;
    session.close().await;
    made
}

/// Saves tables.
///
/// All rows are of one moment: one transaction reads them, after it has locked the tables against changes of their
/// schema (`ACCESS SHARE`, which readers and writers do not notice).
pub(super) async fn take(
    saving: Saving<'_>,
    selection: &TableSelection,
    format: TableFormat,
) -> Result<BackupMade, BackupError> {
    let Saving { session, target, request, observer, stop } = saving;
    let begun = Instant::now();
    let facts = session.facts().await.map_err(crate::run_error::RunError::from)?;
    let catalog = session.catalog(&[]).await?;
    let history = read_history(session, target.history()).await?;
    let tables = {
        begin(session, target).await?;
        let found = async { read(session, &find(session, selection).await?).await }.await;
        end(session).await;
        found?
    };
    check(&tables, &catalog, &facts.current_user)?;
    observer(&BackupEvent::Begun { database: target.database(), tables: Some(tables.len()) });
    begin(session, target).await?;
    let last = &history.last;
    let mut course = Course {
        session,
        observer,
        stop,
        begun,
        contents: Contents {
            limosa: request.limosa.to_owned(),
            service: target.service.clone(),
            environment: request.environment.to_owned(),
            database: facts.database,
            server: facts.version.to_string(),
            taken_at: jiff::Timestamp::UNIX_EPOCH,
            wal_position: None,
            snapshot: String::new(),
            fingerprint: catalog.fingerprint().to_string(),
            history: (last.seq > 0).then(|| HistoryPosition { seq: last.seq, hash: last.hash.to_string() }),
            before: request.before.map(str::to_owned),
            scope: if *selection == TableSelection::All { Scope::Database } else { Scope::Tables },
            tables: Vec::new(),
            sequences: Vec::new(),
            catalog: super::archive::Block::default(),
        },
        rows: 0,
        bytes: 0,
        told: begun,
        remarks: Vec::new(),
    };
    let written = match format {
        TableFormat::Archive => course.archive(&tables, &catalog, request.file).await,
        TableFormat::Plain => course.plain(&tables, request.file).await,
    };
    end(session).await;
    let bytes = written?;
    (course.observer)(&BackupEvent::Verifying);
    let unreadable = |error| BackupError::Unreadable { path: request.file.to_owned(), error };
    match format {
        TableFormat::Archive => {
            ArchiveReader::open(request.file).and_then(|reader| reader.verify()).map_err(unreadable)?;
        }
        TableFormat::Plain => super::plain::verify(request.file).map_err(unreadable)?,
    }
    Ok(BackupMade {
        file: request.file.to_owned(),
        bytes,
        tables: Some(tables.len()),
        rows: Some(course.rows),
        took: begun.elapsed(),
        remarks: course.remarks,
    })
}

/// Opens a transaction that reads one state of the database. No query may stand in it: the state is that of the first.
async fn begin(session: &Session, target: &Target) -> Result<(), BackupError> {
    let mut sql = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{PINNED}");
    sql.push_str(&format!(";\nSET LOCAL lock_timeout = {}", target.retry.patience.as_millis()));
    if let Some(role) = &target.owner_role {
        sql.push_str(&format!(";\nSET LOCAL ROLE {role}"));
    }
    if let Some(path) = search_path(target, session) {
        // The path is a list of names, each quoted where it has to be.
        sql.push_str(&format!(";\nSET LOCAL search_path = {path}"));
    }
    session.flight(&sql).await.map_err(|failure| failure.error)?;
    Ok(())
}

async fn end(session: &Session) {
    // A session that is lost has told so before.
    let _ = session.flight("ROLLBACK").await;
}

/// Whether all of it can be read, and the catalog is of the same schema.
fn check(tables: &[Table], catalog: &Catalog, role: &str) -> Result<(), BackupError> {
    if tables.is_empty() {
        return Err(BackupError::NothingToSave);
    }
    let hidden: Vec<String> = tables.iter().filter(|it| !it.is_readable).map(|it| it.name.to_string()).collect();
    if !hidden.is_empty() {
        let role = Identifier::new(role).map_or_else(|_| role.to_owned(), |role| role.to_string());
        return Err(BackupError::NoPrivilege { role, tables: hidden });
    }
    match tables.iter().find(|it| !catalog.contains(&ObjectId::Table(it.name.clone()))) {
        Some(table) => Err(BackupError::ChangingSchema { table: table.name.to_string() }),
        None => Ok(()),
    }
}

/// A backup on its way.
struct Course<'a> {
    session: &'a Session,
    observer: &'a mut dyn FnMut(&BackupEvent),
    stop: &'a StopSignal,
    begun: Instant,
    contents: Contents,
    rows: u64,
    bytes: u64,
    told: Instant,
    remarks: Vec<String>,
}

impl Course<'_> {
    async fn archive(&mut self, tables: &[Table], catalog: &Catalog, file: &Path) -> Result<u64, BackupError> {
        let failed = |error| BackupError::NotWritable { path: file.to_owned(), error };
        let mut writer = ArchiveWriter::create(file).map_err(failed)?;
        self.hold(tables).await?;
        for table in tables {
            let (rows, bytes) = (self.rows, self.bytes);
            let mut block = writer.block().map_err(failed)?;
            self.rows_of(table, &mut |piece| block.write(piece).map_err(failed)).await?;
            let (next, block) = block.finish().map_err(failed)?;
            debug_assert_eq!(block.bytes, self.bytes - bytes, "all that came was written");
            writer = next;
            self.contents.tables.push(ArchivedTable {
                schema: table.name.schema.as_str().to_owned(),
                name: table.name.name.as_str().to_owned(),
                columns: table.archived_columns(),
                rows: self.rows - rows,
                block,
            });
        }
        self.sequences(tables).await?;
        let mut block = writer.block().map_err(failed)?;
        block.write(catalog.to_snapshot().as_bytes()).map_err(failed)?;
        let (writer, block) = block.finish().map_err(failed)?;
        self.contents.catalog = block;
        writer.finish(&self.contents).map_err(failed)
    }

    async fn plain(&mut self, tables: &[Table], file: &Path) -> Result<u64, BackupError> {
        let failed = |error| BackupError::NotWritable { path: file.to_owned(), error };
        let mut writer = PlainWriter::create(file).map_err(failed)?;
        self.hold(tables).await?;
        writer.begin(self.session, &self.contents, tables).await?.map_err(failed)?;
        for table in tables {
            writer.begin_table(table).map_err(failed)?;
            self.rows_of(table, &mut |piece| writer.rows(piece).map_err(failed)).await?;
            writer.end_table().map_err(failed)?;
        }
        self.sequences(tables).await?;
        writer.finish(&self.contents.sequences).map_err(failed)
    }

    /// Locks the tables and looks at the clock, by which the state is chosen that everything is read of.
    async fn hold(&mut self, tables: &[Table]) -> Result<(), BackupError> {
        let names: Vec<String> = tables.iter().map(|table| table.name.to_string()).collect();
        let lock = format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "));
        self.session.flight(&lock).await.map_err(|failure| failure.error)?;
        let oids: Vec<u32> = tables.iter().map(|table| table.oid).collect();
        let now = read(self.session, &oids).await?;
        if let Some(changed) = tables.iter().find(|table| !now.contains(table)) {
            return Err(BackupError::ChangingSchema { table: changed.name.to_string() });
        }
        let rows = self.session.query(MOMENT, &[]).await?;
        if let Some(row) = rows.first() {
            self.contents.taken_at = jiff::Timestamp::from_microsecond(row.get(0)).unwrap_or(self.contents.taken_at);
            self.contents.wal_position = row.get(1);
            self.contents.snapshot = row.get(2);
            if row.get(3) {
                self.remark("the database has large objects, which only a backup of the whole database holds");
            }
        }
        Ok(())
    }

    fn remark(&mut self, remark: &str) {
        self.remarks.push(remark.to_owned());
        (self.observer)(&BackupEvent::Remarked { remark: remark.to_owned() });
    }

    /// Passes the rows of a table on, as they come.
    async fn rows_of(
        &mut self,
        table: &Table,
        write: &mut dyn FnMut(&[u8]) -> Result<(), BackupError>,
    ) -> Result<(), BackupError> {
        let mut copy = self.session.copy_out(&table.copy_out()).await?;
        let passed = self.pass_on(table, &mut copy, write).await;
        if passed.is_err() {
            drop(copy);
            // The rest of the rows would be sent for nothing before the session can be used again.
            let _ = self.session.cancel().await;
        }
        passed
    }

    async fn pass_on(
        &mut self,
        table: &Table,
        copy: &mut CopyOut<'_>,
        write: &mut dyn FnMut(&[u8]) -> Result<(), BackupError>,
    ) -> Result<(), BackupError> {
        while let Some(piece) = copy.next().await {
            let piece = piece?;
            write(&piece)?;
            self.rows += lines(&piece);
            self.bytes += piece.len() as u64;
            if self.told.elapsed() >= TOLD_EVERY {
                self.told = Instant::now();
                (self.observer)(&BackupEvent::Progress {
                    table: Some(for_people(&table.name)),
                    tables_done: self.contents.tables.len(),
                    rows: self.rows,
                    bytes: self.bytes,
                    took: self.begun.elapsed(),
                });
                if self.stop.is_asked() {
                    return Err(BackupError::Stopped);
                }
                // Whoever listens for signals gets a turn.
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    /// Where sequences stand: not before the rows, since they do not go back.
    async fn sequences(&mut self, tables: &[Table]) -> Result<(), BackupError> {
        let oids: Vec<u32> = tables.iter().map(|table| table.oid).collect();
        let all = self.contents.scope == Scope::Database;
        let rows = self.session.query(SEQUENCES, &[(&oids, Type::OID_ARRAY), (&all, Type::BOOL)]).await?;
        let names: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let identifier = |text: &str| Identifier::new(text).ok();
        let question = |(schema, name): &(String, String)| {
            let qualified = format!("{}.{}", identifier(schema)?, identifier(name)?);
            let (schema, name) = (Literal(schema), Literal(name));
            Some(format!("SELECT {schema}::text, {name}::text, last_value, is_called FROM {qualified}"))
        };
        let questions: Vec<String> = names.iter().filter_map(question).collect();
        if questions.is_empty() {
            return Ok(());
        }
        let rows = self.session.query(&questions.join(" UNION ALL "), &[]).await?;
        let archived = |row: &limosa_postgres::Row| ArchivedSequence {
            schema: row.get(0),
            name: row.get(1),
            last_value: row.get(2),
            is_called: row.get(3),
        };
        self.contents.sequences = rows.iter().map(archived).collect();
        Ok(())
    }
}
