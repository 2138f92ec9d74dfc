//! Putting a whole database back: always into a new one, which then takes the place of the old.

use std::path::Path;
use std::time::{Duration, Instant};

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::Session;
use serde::Serialize;

use super::program::{choose, run};
use super::record::is_custom;
use super::{ClientPrograms, DumpRecord};
use crate::backup::error::BackupError;
use crate::event::milliseconds;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, connect};

/// Where a database goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the target, which must not be there yet or have no tables.
    Fresh,
    /// In place of the target, which is kept under another name.
    InPlaceOf,
}

/// A database that was put back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DatabaseRestored {
    /// The database.
    pub database: String,
    /// The name under which the old one is kept.
    pub old: Option<String>,
    /// Wall time.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: Duration,
}

const TABLES: &str = "\
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')";

/// Puts a dump back. `owners` says whether owners and privileges are those of the dump; its roles must be there then.
///
/// # Errors
/// See [`BackupError`]. The old database is as it was, unless the error says otherwise.
pub async fn restore_database(
    target: &Target,
    file: &Path,
    programs: &ClientPrograms,
    place: Place,
    owners: bool,
    stop: &StopSignal,
) -> Result<DatabaseRestored, BackupError> {
    let begun = Instant::now();
    let unreadable = |error| BackupError::Unreadable { path: file.to_owned(), error };
    let record = DumpRecord::read(file);
    if !is_custom(file) {
        return Err(BackupError::CannotRestore {
            what: format!("`{}` is SQL, which `psql` loads", file.display()),
            help: format!("psql -v ON_ERROR_STOP=1 -f {} \"$DATABASE_URL\"", file.display()),
        });
    }
    if record.is_some() {
        super::verify_dump(file, programs, stop).await?;
    } else {
        std::fs::metadata(file).map_err(|error| unreadable(error.into()))?;
    }
    let name = identifier(target.settings.database())?;
    let maintenance = maintenance(target).await?;
    let result = async {
        let major = maintenance.facts().await.map_err(RunError::from)?.version.major();
        let writer = record.as_ref().map_or(major, DumpRecord::program_major).max(major);
        let program = choose("pg_restore", &programs.restore, writer)?;
        let (into, made) = match place {
            Place::Fresh => (name.clone(), make_or_find_empty(&maintenance, target, &name).await?),
            Place::InPlaceOf => {
                let new = beside(&name, "restored")?;
                make_like(&maintenance, &new, &name).await?;
                (new, true)
            }
        };
        let loaded = load(target, &program.path, file, &into, owners, stop).await;
        if loaded.is_err() && made {
            // Nothing of use is in it.
            let _ = maintenance.flight(&format!("DROP DATABASE {into}")).await;
        }
        loaded?;
        match place {
            Place::Fresh => Ok(None),
            Place::InPlaceOf => exchange(&maintenance, &name, &into).await.map(Some),
        }
    }
    .await;
    maintenance.close().await;
    let old = result?.map(|old| old.as_str().to_owned());
    Ok(DatabaseRestored { database: name.as_str().to_owned(), old, took: begun.elapsed() })
}

async fn load(
    target: &Target,
    program: &Path,
    file: &Path,
    into: &Identifier,
    owners: bool,
    stop: &StopSignal,
) -> Result<(), BackupError> {
    let mut command = std::process::Command::new(program);
    command.args(["--no-password", "--exit-on-error", "--single-transaction"]);
    if !owners {
        command.args(["--no-owner", "--no-privileges"]);
    }
    if let Some(role) = &target.owner_role {
        command.arg(format!("--role={}", role.as_str()));
    }
    let settings = target.settings.with_database(into);
    // The name alone: the rest is in the environment. As a connection string it is taken apart, so it has to be quoted.
    let quoted = into.as_str().replace('\\', "\\\\").replace('\'', "\\'");
    command.arg(format!("--dbname=dbname='{quoted}'")).arg(file);
    settings.tell(&mut command);
    run("pg_restore", command, &mut || {}, stop).await
}

/// A session with a database that is always there.
async fn maintenance(target: &Target) -> Result<Session, BackupError> {
    let mut last = None;
    for name in ["postgres", "template1"] {
        let settings = target.settings.with_database(&identifier(name)?);
        match connect(&Target { settings, ..target.clone() }).await {
            Ok(session) => return Ok(session),
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        Some(error) => error.into(),
        None => BackupError::NothingToSave,
    })
}

/// Makes the target's database where it is not there yet.
///
/// # Errors
/// See [`BackupError`].
pub async fn make_database(target: &Target) -> Result<(), BackupError> {
    let maintenance = maintenance(target).await?;
    let made = async {
        let name = identifier(target.settings.database())?;
        if !is_there(&maintenance, &name).await? {
            maintenance.flight(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.map_err(|it| it.error)?;
        }
        Ok(())
    }
    .await;
    maintenance.close().await;
    made
}

/// Makes the database, or finds one without tables. Whether it was made.
async fn make_or_find_empty(maintenance: &Session, target: &Target, name: &Identifier) -> Result<bool, BackupError> {
    if !is_there(maintenance, name).await? {
        make_database(target).await?;
        return Ok(true);
    }
    let session = connect(target).await?;
    let rows = session.query(TABLES, &[]).await;
    session.close().await;
    if rows?.first().is_some_and(|row| row.get(0)) {
        return Err(BackupError::CannotRestore {
            what: format!("database {name} has tables"),
            help: "name one with --into that is not there yet, or leave --into out to replace the target's".to_owned(),
        });
    }
    Ok(false)
}

async fn is_there(maintenance: &Session, name: &Identifier) -> Result<bool, BackupError> {
    let sql = format!("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = {})", Literal(name.as_str()));
    Ok(maintenance.query(&sql, &[]).await?.first().is_some_and(|row| row.get(0)))
}

/// Makes a database with the encoding and the locale of another.
async fn make_like(maintenance: &Session, new: &Identifier, like: &Identifier) -> Result<(), BackupError> {
    let sql = format!(
        "SELECT pg_catalog.pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text \
         FROM pg_catalog.pg_database WHERE datname = {}",
        Literal(like.as_str())
    );
    let rows = maintenance.query(&sql, &[]).await?;
    let row = rows.first().ok_or_else(|| BackupError::CannotRestore {
        what: format!("there is no database {like} to replace"),
        help: "name it with --into, and it is made".to_owned(),
    })?;
    let text = |at: usize| row.get::<_, String>(at);
    let sql = format!(
        "CREATE DATABASE {new} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        Literal(&text(0)),
        Literal(&text(1)),
        Literal(&text(2))
    );
    maintenance.flight(&sql).await.map_err(|failure| failure.error)?;
    Ok(())
}

/// Puts the old database aside and the new one into its place. Returns the old one's name.
async fn exchange(maintenance: &Session, name: &Identifier, new: &Identifier) -> Result<Identifier, BackupError> {
    let old = beside(name, "before_restore")?;
    let in_the_way = |error: &limosa_postgres::ServerError, what: String| BackupError::CannotRestore {
        what: format!("{what}: {error}"),
        help: format!(
            "end the sessions of {name}, then run: ALTER DATABASE {name} RENAME TO {old}; \
             ALTER DATABASE {new} RENAME TO {name}; the backup is in {new}"
        ),
    };
    maintenance
        .flight(&format!("ALTER DATABASE {name} RENAME TO {old}"))
        .await
        .map_err(|it| in_the_way(&it.error, format!("{name} cannot be put aside")))?;
    maintenance
        .flight(&format!("ALTER DATABASE {new} RENAME TO {name}"))
        .await
        .map_err(|it| in_the_way(&it.error, format!("{new} cannot take the place of {name}")))?;
    Ok(old)
}

/// A name for a database beside another.
fn beside(name: &Identifier, word: &str) -> Result<Identifier, BackupError> {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S").to_string();
    let mut stem = name.as_str().to_owned();
    // PostgreSQL keeps 63 bytes.
    while stem.len() + word.len() + stamp.len() + 2 > 63 {
        stem.pop();
    }
    identifier(&format!("{stem}_{word}_{stamp}"))
}

fn identifier(text: &str) -> Result<Identifier, BackupError> {
    Identifier::new(text).map_err(|error| BackupError::CannotRestore {
        what: format!("`{text}` cannot be a database: {error}"),
        help: "name another with --into".to_owned(),
    })
}
