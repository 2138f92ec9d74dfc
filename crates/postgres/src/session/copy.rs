//! `COPY … FROM stdin`.

use std::pin::pin;

use bytes::Bytes;
use futures_util::SinkExt;

use super::Session;
use crate::server_error::ServerError;

/// Large enough that the message headers do not count, small enough that the whole is never held twice.
const CHUNK_BYTES: usize = 64 * 1024;

impl Session {
    /// Runs a `COPY … FROM stdin` with its data, in chunks, and returns the number of rows. An end marker (`\.`) does
    /// not belong to the data.
    ///
    /// The statement is prepared first, so this takes three round trips, and behind a transaction pooler it must stand
    /// in a transaction.
    ///
    /// # Errors
    /// The server refuses the statement or a row (the context then names the line), or the connection is lost.
    pub async fn copy_in(&self, statement: &str, data: &[u8]) -> Result<u64, ServerError> {
        let failed = |error: tokio_postgres::Error| self.server_error(&error);
        let mut sink = pin!(self.client.copy_in::<_, Bytes>(statement).await.map_err(failed)?);
        for chunk in data.chunks(CHUNK_BYTES) {
            sink.feed(Bytes::copy_from_slice(chunk)).await.map_err(failed)?;
        }
        sink.finish().await.map_err(failed)
    }
}
