//! Rows that are copied out, as they arrive.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::StreamExt;
use tokio_postgres::CopyOutStream;

use super::Session;
use crate::server_error::ServerError;

/// The data of a `COPY … TO stdout` on its way. What is not asked for waits at the server, so that memory stays bounded
/// however much there is.
pub struct CopyOut<'a> {
    session: &'a Session,
    stream: Pin<Box<CopyOutStream>>,
}

impl Session {
    /// Begins a `COPY … TO stdout`. The statement is prepared first, so this takes two round trips.
    ///
    /// # Errors
    /// The server refuses the statement, or the connection is lost.
    pub async fn copy_out(&self, statement: &str) -> Result<CopyOut<'_>, ServerError> {
        match self.client.copy_out(statement).await {
            Ok(stream) => Ok(CopyOut { session: self, stream: Box::pin(stream) }),
            Err(error) => Err(self.server_error(&error)),
        }
    }
}

impl CopyOut<'_> {
    /// The next piece; `None` when all has come. Where pieces are cut is the server's business.
    pub async fn next(&mut self) -> Option<Result<Bytes, ServerError>> {
        let piece = self.stream.next().await?;
        Some(piece.map_err(|error| self.session.server_error(&error)))
    }
}
