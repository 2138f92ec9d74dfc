//! Tables as SQL that `psql` loads: in one transaction, rows in place of those that are there.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::Session;
use tempfile::NamedTempFile;

use super::archive::{ArchivedSequence, Contents, Unreadable, keep, temporary_beside};
use super::error::BackupError;
use super::guards::Guards;
use super::table::{Table, listed};

/// The first line.
pub(super) const FIRST_LINE: &str = "-- limosa-backup plain 1";
/// The last one.
const LAST_LINE: &str = "-- limosa-backup end";

/// A file that is being written. Dropped before its end it is removed.
pub(super) struct PlainWriter {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
    guards: Guards,
}

impl PlainWriter {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 18, temporary_beside(path)?);
        Ok(Self { out, path: path.to_owned(), guards: Guards::default() })
    }

    /// Writes what comes before the rows. The outer error is the server's.
    pub(super) async fn begin(
        &mut self,
        session: &Session,
        contents: &Contents,
        tables: &[Table],
    ) -> Result<io::Result<()>, BackupError> {
        let oids: Vec<u32> = tables.iter().map(|table| table.oid).collect();
        self.guards = Guards::of(session, &oids).await?;
        let rows = session.query("SELECT pg_catalog.current_setting('search_path')", &[]).await?;
        let path: String = rows.first().map(|row| row.get(0)).unwrap_or_default();
        Ok(self.head(contents, tables, &path))
    }

    fn head(&mut self, contents: &Contents, tables: &[Table], search_path: &str) -> io::Result<()> {
        let out = &mut self.out;
        let said = serde_json::json!({
            "limosa": contents.limosa, "service": contents.service, "environment": contents.environment,
            "database": contents.database, "server": contents.server, "taken_at": contents.taken_at,
            "before": contents.before, "tables": tables.len(),
        });
        writeln!(out, "{FIRST_LINE}\n-- {said}")?;
        writeln!(out, "-- The rows of these tables take the place of those that are there:")?;
        writeln!(out, "--   psql -f THIS_FILE \"$DATABASE_URL\"\n\n\\set ON_ERROR_STOP on\nBEGIN;")?;
        writeln!(out, "SET LOCAL client_encoding = 'UTF8';\nSET LOCAL row_security = off;")?;
        writeln!(out, "SET LOCAL datestyle = 'ISO, YMD';\nSET LOCAL intervalstyle = 'postgres';")?;
        writeln!(out, "SET LOCAL timezone = 'UTC';\nSET LOCAL lc_monetary = 'C';")?;
        writeln!(out, "SELECT pg_catalog.set_config('search_path', {}, true);\n", Literal(search_path))?;
        for statement in self.guards.lift() {
            writeln!(out, "{statement};")?;
        }
        for table in tables {
            writeln!(out, "DELETE FROM {};", table.alone())?;
        }
        Ok(())
    }

    pub(super) fn begin_table(&mut self, table: &Table) -> io::Result<()> {
        let columns = listed(table.columns.iter().map(|column| &column.name));
        let columns = if columns.is_empty() { columns } else { format!(" ({columns})") };
        writeln!(self.out, "\nCOPY {}{columns} FROM stdin;", table.name)
    }

    pub(super) fn rows(&mut self, rows: &[u8]) -> io::Result<()> {
        self.out.write_all(rows)
    }

    pub(super) fn end_table(&mut self) -> io::Result<()> {
        writeln!(self.out, "\\.")
    }

    /// Writes what comes behind the rows, and gives the file its name. Returns its length.
    pub(super) fn finish(mut self, sequences: &[ArchivedSequence]) -> io::Result<u64> {
        writeln!(self.out)?;
        for ArchivedSequence { schema, name, last_value, is_called } in sequences {
            let (Ok(schema), Ok(name)) = (Identifier::new(schema.as_str()), Identifier::new(name.as_str())) else {
                continue;
            };
            let qualified = format!("{schema}.{name}");
            let literal = Literal(&qualified);
            writeln!(self.out, "SELECT pg_catalog.setval({literal}, {last_value}, {is_called});")?;
        }
        for statement in self.guards.lay_on() {
            writeln!(self.out, "{statement};")?;
        }
        writeln!(self.out, "COMMIT;\n{LAST_LINE}")?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.as_file().metadata()?.len();
        keep(file, &self.path)?;
        Ok(bytes)
    }
}

/// What the second line of such a file says; `None` where it is none.
pub(super) fn said(path: &Path) -> Option<serde_json::Value> {
    let mut lines = BufReader::new(File::open(path).ok()?).lines();
    if lines.next()?.ok()? != FIRST_LINE {
        return None;
    }
    serde_json::from_str(lines.next()?.ok()?.strip_prefix("-- ")?).ok()
}

/// Looks whether a file of SQL has its end.
///
/// # Errors
/// It is no such file, or was cut off.
pub fn verify(path: &Path) -> Result<(), Unreadable> {
    use std::io::{Read as _, Seek as _, SeekFrom};

    said(path).ok_or(Unreadable::NoArchive)?;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let end = format!("\nCOMMIT;\n{LAST_LINE}\n");
    file.seek(SeekFrom::Start(length.saturating_sub(end.len() as u64)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    if tail == end.as_bytes() { Ok(()) } else { Err(Unreadable::CutOff) }
}
