//! What goes on in a target right now.

use std::path::PathBuf;
use std::time::Duration;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::lock::LockMode;
use limosa_postgres::{Row, Session};

use crate::event::Blocker;
use crate::run_error::RunError;
use crate::target::{Target, connect};

const HELD_LOCKS: &str = include_str!("held_locks.sql");
const REPLICAS: &str = include_str!("replicas.sql");
/// Where the server keeps its data, for roles that may know. Reads a setting.
const DATA_FOLDER: &str = "\
SELECT CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
            THEN pg_catalog.current_setting('data_directory') END,
       pg_catalog.pg_is_in_recovery()";

/// What goes on in a target right now.
#[derive(Debug, Clone, PartialEq)]
pub struct Circumstances {
    /// The locks on relations that others hold, the oldest transactions first.
    pub locks: Vec<HeldLock>,
    /// The servers that follow it.
    pub replicas: Vec<Replica>,
    /// The server's data folder on the server's machine, where the role may know it.
    pub data_folder: Option<PathBuf>,
}

/// A lock that somebody holds.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldLock {
    /// On what.
    pub relation: QualifiedName,
    /// How.
    pub mode: LockMode,
    /// Who.
    pub holder: Blocker,
}

/// A server that follows the target's.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    /// Its application name, or address.
    pub name: String,
    /// `streaming`, `catchup` …
    pub state: String,
    /// The bytes of WAL that it has not replayed.
    pub behind: u64,
    /// The time that WAL takes until it is replayed there; zero where nothing is written.
    pub lag: Duration,
}

/// Looks at what goes on. Writes nothing, and waits for nobody.
///
/// # Errors
/// What keeps the target from being read.
pub async fn circumstances(target: &Target) -> Result<Circumstances, RunError> {
    let session = connect(target).await?;
    let result = read(&session).await;
    session.close().await;
    result
}

async fn read(session: &Session) -> Result<Circumstances, RunError> {
    let place = session.query(DATA_FOLDER, &[]).await?;
    let place = place.first();
    let follows = place.is_some_and(|row| row.get(1));
    let locks = session.query(HELD_LOCKS, &[]).await?;
    // A server that follows another has no WAL of its own to measure by.
    let replicas = if follows { Vec::new() } else { session.query(REPLICAS, &[]).await? };
    Ok(Circumstances {
        locks: locks.iter().filter_map(held).collect(),
        replicas: replicas.iter().map(replica).collect(),
        data_folder: place.and_then(|row| row.get::<_, Option<String>>(0)).map(PathBuf::from),
    })
}

fn held(row: &Row) -> Option<HeldLock> {
    let identifier = |at: usize| Identifier::new(row.get::<_, String>(at)).ok();
    let age: Option<f64> = row.get(8);
    Some(HeldLock {
        relation: QualifiedName { schema: Some(identifier(1)?), name: identifier(2)? },
        mode: LockMode::of_pg_locks(row.get(3))?,
        holder: Blocker {
            pid: row.get::<_, Option<i32>>(4).unwrap_or(0),
            user: row.get(5),
            application: row.get(6),
            state: row.get(7),
            age: Duration::from_secs_f64(age.unwrap_or(0.0).max(0.0)),
            query: row.get(9),
            holds: None,
        },
    })
}

fn replica(row: &Row) -> Replica {
    Replica {
        name: row.get(0),
        state: row.get::<_, Option<String>>(1).unwrap_or_default(),
        behind: u64::try_from(row.get::<_, i64>(2)).unwrap_or(0),
        lag: Duration::from_secs_f64(row.get::<_, f64>(3).max(0.0)),
    }
}
