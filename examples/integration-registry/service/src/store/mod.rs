//! What a version of the service reads and writes: its SQL.

mod connections;
mod lookup;
mod xero;

use serde_json::Value;
use tokio_postgres::Row;

use crate::database::Pool;
use crate::integration::IntegrationType;
use crate::release::Release;

/// The tables, as one version sees them.
#[derive(Clone)]
pub(crate) struct Store {
    release: Release,
    pool: Pool,
}

/// What could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the database: {0:?}")]
    Database(#[from] tokio_postgres::Error),
    #[error("there is no {0}")]
    Missing(&'static str),
    #[error("the connection is turned off")]
    TurnedOff,
    #[error("the row holds {0:?}, which no version knows")]
    Unknown(String),
}

impl Store {
    pub(crate) fn new(release: Release, pool: Pool) -> Self {
        Self { release, pool }
    }

    pub(crate) fn release(&self) -> Release {
        self.release
    }
}

/// A column with the kind of system.
fn kind(row: &Row, column: usize) -> Result<IntegrationType, StoreError> {
    let word: String = row.try_get(column)?;
    serde_json::from_value(Value::String(word.clone())).map_err(|_| StoreError::Unknown(word))
}
