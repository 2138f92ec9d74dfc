//! Telling a transaction pooler from a server.

use crate::server_error::ServerError;
use crate::session::Session;

/// Whether two open sessions to the same database go through a transaction pooler, such as PgBouncer with
/// `pool_mode = transaction`.
///
/// Behind one, a server process is lent out for a transaction and then given to whoever asks next. So two sessions that
/// are asked in turn name the same process, or one session names another process the second time; a real session, or
/// one behind a session pooler, keeps a process of its own for life. Four round trips, no waiting.
///
/// # Errors
/// A session cannot be asked.
pub async fn is_transaction_pooled(a: &Session, b: &Session) -> Result<bool, ServerError> {
    let first = (backend(a).await?, backend(b).await?);
    if first.0 == first.1 {
        return Ok(true);
    }
    Ok(first != (backend(a).await?, backend(b).await?))
}

async fn backend(session: &Session) -> Result<i32, ServerError> {
    let rows = session.query("SELECT pg_catalog.pg_backend_pid()", &[]).await?;
    let pid = rows.first().map(|row| row.try_get(0)).transpose();
    pid.ok().flatten().ok_or_else(|| ServerError::Protocol {
        server: session.server().to_owned(),
        reason: "no row with the server's process id".to_owned(),
    })
}
