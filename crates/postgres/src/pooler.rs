//! Telling a transaction pooler from a server.

use crate::server_error::ServerError;
use crate::session::Session;

/// Whether two open sessions to the same database go through a transaction pooler, such as PgBouncer with
/// `pool_mode = transaction`.
///
/// A session that got its mark through to the server has a server process of its own: one round trip tells. Where a
/// pooler stands between, it is made to show its mode. In transaction mode a server process is lent out for one
/// transaction and then given to whoever asks next; so the two sessions open and end transactions in an order that
/// makes them change places, whether the pooler hands out first what it got back last, or what it got back first. That
/// takes a handful of round trips, and some dozens to be sure of the contrary; no waiting.
///
/// # Errors
/// A session cannot be asked.
pub async fn is_transaction_pooled(a: &Session, b: &Session) -> Result<bool, ServerError> {
    let (a_is_own, b_is_own) = tokio::join!(a.is_own(), b.is_own());
    if a_is_own? && b_is_own? {
        return Ok(false);
    }
    let first = (begin(a).await?, begin(b).await?);
    for round in 0..ROUNDS {
        let (before, after) = if round % 2 == 0 { (a, b) } else { (b, a) };
        commit(before).await?;
        commit(after).await?;
        if first != (begin(a).await?, begin(b).await?) {
            commit(a).await?;
            commit(b).await?;
            return Ok(true);
        }
    }
    commit(a).await?;
    commit(b).await?;
    Ok(false)
}

/// Two are enough where nobody else asks the pooler for anything meanwhile. Others can undo an exchange by chance.
const ROUNDS: u32 = 12;

async fn begin(session: &Session) -> Result<i32, ServerError> {
    session.flight("BEGIN").await.map_err(|failure| failure.error)?;
    backend(session).await
}

async fn commit(session: &Session) -> Result<(), ServerError> {
    session.flight("COMMIT").await.map(|_| ()).map_err(|failure| failure.error)
}

async fn backend(session: &Session) -> Result<i32, ServerError> {
    let rows = session.query("SELECT pg_catalog.pg_backend_pid()", &[]).await?;
    let pid = rows.first().map(|row| row.try_get(0)).transpose();
    pid.ok().flatten().ok_or_else(|| ServerError::Protocol {
        server: session.server().to_owned(),
        reason: "no row with the server's process id".to_owned(),
    })
}
