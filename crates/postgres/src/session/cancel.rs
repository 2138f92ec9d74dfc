//! Cancelling from another connection.

use std::fmt;
use std::time::Duration;

use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect_error::{Circumstances, ConnectError};

/// Cancels what a session is running. It can be cloned and sent to other threads and outlives the session, when it does
/// nothing.
#[derive(Clone)]
pub struct Canceller {
    pub(super) token: CancelToken,
    /// `None` where the session has no TLS either.
    pub(super) tls: Option<MakeRustlsConnect>,
    pub(super) timeout: Option<Duration>,
    pub(super) circumstances: Circumstances,
}

impl Canceller {
    /// See [`Session::cancel`](super::Session::cancel).
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn cancel(&self) -> Result<(), ConnectError> {
        let attempt = async {
            match &self.tls {
                Some(tls) => self.token.cancel_query(tls.clone()).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        let outcome = match self.timeout {
            Some(timeout) => tokio::time::timeout(timeout, attempt).await.map_err(|_| timeout),
            None => Ok(attempt.await),
        };
        match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.circumstances.classify(&error)),
            Err(after) => Err(self.circumstances.timeout(after)),
        }
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token holds the key with which the session can be cancelled.
        f.debug_struct("Canceller").field("server", &self.circumstances.server).finish_non_exhaustive()
    }
}
