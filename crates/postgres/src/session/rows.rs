//! Rows one by one, as they arrive.

use std::pin::Pin;

use futures_util::StreamExt;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, RowStream};

use super::Session;
use crate::server_error::ServerError;

/// The rows of an answer on their way.
pub(crate) struct Rows<'a> {
    session: &'a Session,
    stream: Pin<Box<RowStream>>,
}

impl Session {
    /// As [`Session::query`], for answers too long to be held at once.
    pub(crate) async fn query_rows(
        &self,
        sql: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Rows<'_>, ServerError> {
        let params = params.iter().map(|(value, kind)| (*value, kind.clone()));
        match self.client.query_typed_raw(sql, params).await {
            Ok(stream) => Ok(Rows { session: self, stream: Box::pin(stream) }),
            Err(error) => Err(self.server_error(&error)),
        }
    }
}

impl Rows<'_> {
    /// The next row.
    pub(crate) async fn next(&mut self) -> Option<Result<Row, ServerError>> {
        let row = self.stream.next().await?;
        Some(row.map_err(|error| self.session.server_error(&error)))
    }
}
