//! `COPY … FROM stdin`.

use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{SinkExt, TryStreamExt};
use tokio_postgres::SimpleQueryMessage;

use super::Session;
use crate::server_error::ServerError;

/// Large enough that the message headers do not count, small enough that the whole is never held twice.
const CHUNK_BYTES: usize = 64 * 1024;

/// Why data that comes in pieces did not arrive.
#[derive(Debug)]
pub enum CopyInError<E> {
    /// The server refuses it, or is gone.
    Server(ServerError),
    /// A piece could not be had.
    Source(E),
}

impl Session {
    /// Runs a `COPY … FROM stdin` with its data, in chunks, and returns the number of rows. An end marker (`\.`) does
    /// not belong to the data.
    ///
    /// The statement is prepared first, so this takes three round trips, and behind a transaction pooler it must stand
    /// in a transaction.
    ///
    /// # Errors
    /// The server refuses the statement or a row (the context then names the line), or the connection is lost. A
    /// statement that is refused before its first row (no such table, no privilege, a statement trigger) costs the
    /// session, which [`Session::is_closed`] tells; a row that is refused does not.
    pub async fn copy_in(&self, statement: &str, data: &[u8]) -> Result<u64, ServerError> {
        self.copy_pieces(statement, &mut data.chunks(CHUNK_BYTES).map(Bytes::copy_from_slice)).await
    }

    /// The same with data that is made while it is sent: memory stays bounded however much there is. Pieces may end
    /// anywhere, and should be of some 64 KiB.
    ///
    /// # Errors
    /// As [`Session::copy_in`]. Pieces that were not asked for yet are not made any more.
    pub async fn copy_pieces(
        &self,
        statement: &str,
        pieces: &mut (dyn Iterator<Item = Bytes> + Send),
    ) -> Result<u64, ServerError> {
        match self.try_copy_pieces(statement, &mut pieces.map(Ok::<_, Infallible>)).await {
            Ok(rows) => Ok(rows),
            Err(CopyInError::Server(error)) => Err(error),
            Err(CopyInError::Source(never)) => match never {},
        }
    }

    /// The same with pieces of which one may not be had: that ends the copy, and nothing of it is in the table.
    ///
    /// # Errors
    /// As [`Session::copy_in`], and what kept a piece from being had.
    pub async fn try_copy_pieces<E>(
        &self,
        statement: &str,
        pieces: &mut (dyn Iterator<Item = Result<Bytes, E>> + Send),
    ) -> Result<u64, CopyInError<E>> {
        match self.send_pieces(statement, pieces).await {
            Ok(sent) => sent.map_err(CopyInError::Source),
            Err(error) => {
                let error = self.server_error(&error);
                if !error.is_connection_lost() && !self.is_in_step().await {
                    self.cut();
                }
                Err(CopyInError::Server(error))
            }
        }
    }

    /// The same with pieces for which one has to wait, such as those that another session copies out: what the server
    /// here does not take in yet is not asked for there.
    ///
    /// # Errors
    /// As [`Session::try_copy_pieces`].
    pub async fn copy_as_it_comes<E>(
        &self,
        statement: &str,
        next: impl AsyncFnMut() -> Option<Result<Bytes, E>>,
    ) -> Result<u64, CopyInError<E>> {
        match self.send_as_it_comes(statement, next).await {
            Ok(sent) => sent.map_err(CopyInError::Source),
            Err(error) => {
                let error = self.server_error(&error);
                if !error.is_connection_lost() && !self.is_in_step().await {
                    self.cut();
                }
                Err(CopyInError::Server(error))
            }
        }
    }

    async fn send_as_it_comes<E>(
        &self,
        statement: &str,
        mut next: impl AsyncFnMut() -> Option<Result<Bytes, E>>,
    ) -> Result<Result<u64, E>, tokio_postgres::Error> {
        let mut sink = pin!(self.client.copy_in::<_, Bytes>(statement).await?);
        while let Some(piece) = next().await {
            match piece {
                Ok(piece) => sink.feed(piece).await?,
                // A sink that is dropped tells the server that the copy failed.
                Err(error) => return Ok(Err(error)),
            }
        }
        sink.finish().await.map(Ok)
    }

    async fn send_pieces<E>(
        &self,
        statement: &str,
        pieces: &mut (dyn Iterator<Item = Result<Bytes, E>> + Send),
    ) -> Result<Result<u64, E>, tokio_postgres::Error> {
        let mut sink = pin!(self.client.copy_in::<_, Bytes>(statement).await?);
        for piece in pieces {
            match piece {
                Ok(piece) => sink.feed(piece).await?,
                // A sink that is dropped tells the server that the copy failed.
                Err(error) => return Ok(Err(error)),
            }
        }
        sink.finish().await.map(Ok)
    }

    /// Whether answers still go to the requests that they belong to.
    ///
    /// The client library sends a `Sync` before and after the data. A server that has begun to read data passes over
    /// the first; one that refused before answers both, and from then on each request is given the answer of the one
    /// before it.
    async fn is_in_step(&self) -> bool {
        let Ok(answers) = self.client.simple_query_raw("SELECT 1").await else { return false };
        let mut answers = pin!(answers);
        loop {
            match answers.try_next().await {
                Ok(Some(SimpleQueryMessage::CommandComplete(_))) => return true,
                Ok(Some(_)) => {}
                Ok(None) => return false,
                // In a failed transaction, the refusal of the question is its answer.
                Err(error) => return error.as_db_error().is_some(),
            }
        }
    }
}
