//! Where a history is, and under which role it is reached.

use std::future::Future;

use limosa_catalog::Identifier;
use limosa_postgres::{Row, ServerError, Session, ToSql, Type};

use crate::server_words::{code, is_forbidden};

/// The history of one service. It belongs to the service's owner role where one is set, and the role that logs in need
/// not have that role's rights without taking it (`NOINHERIT`, `GRANT … WITH INHERIT FALSE`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistoryPlace<'a> {
    /// The history schema.
    pub(crate) schema: &'a Identifier,
    /// The service.
    pub(crate) service: &'a str,
    /// The role that owns what is in it, where it is not the one that logs in.
    pub(crate) owner: Option<&'a Identifier>,
}

impl HistoryPlace<'_> {
    /// Makes requests as the owner, in a transaction that travels with them: it costs no round trip and leaves nothing
    /// behind in a session that a pooler may give to others. The requests must all be sent when the future is first
    /// polled, as those of a [`Session`] are, alone or joined.
    ///
    /// # Errors
    /// The role cannot be taken, or the transaction cannot commit; requests that fail say so themselves.
    pub(crate) async fn as_owner<T>(
        self,
        session: &Session,
        requests: impl Future<Output = T>,
    ) -> Result<T, ServerError> {
        let Some(owner) = self.owner else { return Ok(requests.await) };
        let begin = format!("BEGIN;\nSET LOCAL ROLE {owner}");
        // Polled in this order, and so sent in this order.
        let (begun, answer, ended) = tokio::join!(biased; session.flight(&begin), requests, session.flight("COMMIT"));
        begun.and(ended).map_err(|failure| failure.error)?;
        Ok(answer)
    }

    /// Makes one request as the owner, or else as the role that logged in.
    ///
    /// # Errors
    /// What the server says.
    pub(crate) async fn query(
        self,
        session: &Session,
        sql: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, ServerError> {
        match self.as_owner(session, session.query(sql, params)).await {
            Ok(Err(error)) | Err(error) if self.may_differ_for_login(&error) => session.query(sql, params).await,
            answer => answer?,
        }
    }

    /// Whether the role that logged in may be able to do what failed for the owner: reach a history from before there
    /// was an owner, or one whose owner's role it cannot take. The latter is said when something is to be made as the
    /// owner.
    pub(crate) fn may_differ_for_login(self, error: &ServerError) -> bool {
        let no_such_role = code(error) == Some("22023");
        self.owner.is_some() && (is_forbidden(error) || no_such_role)
    }
}
