//! Cancelling from another connection.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect_error::{Circumstances, ConnectError};
use super::place::Place;

/// Cancels what a session is running. It can be cloned and sent to other threads and outlives the session, when it does
/// nothing.
#[derive(Clone)]
pub struct Canceller {
    pub(super) token: CancelToken,
    pub(super) place: Place,
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
        match self.timeout {
            Some(limit) => match tokio::time::timeout(limit, self.deliver()).await {
                Ok(outcome) => outcome,
                Err(_) => Err(self.circumstances.timeout(limit)),
            },
            None => self.deliver().await,
        }
    }

    async fn deliver(&self) -> Result<(), ConnectError> {
        let unreachable = |error: io::Error| ConnectError::Unreachable {
            server: self.circumstances.server.clone(),
            reason: error.to_string(),
        };
        match &self.place {
            Place::Address { host, address, port } => {
                let stream = TcpStream::connect((*address, *port)).await.map_err(unreachable)?;
                let stream = stream.into_std().map_err(unreachable)?;
                let kept = TcpStream::from_std(stream.try_clone().map_err(unreachable)?).map_err(unreachable)?;
                let stream = TcpStream::from_std(stream).map_err(unreachable)?;
                match &self.tls {
                    Some(tls) => self.send(stream, kept, tls.clone(), host).await,
                    None => self.send(stream, kept, NoTls, host).await,
                }
            }
            #[cfg(unix)]
            Place::Socket(path) => {
                let stream = UnixStream::connect(path).await.map_err(unreachable)?;
                let stream = stream.into_std().map_err(unreachable)?;
                let kept = UnixStream::from_std(stream.try_clone().map_err(unreachable)?).map_err(unreachable)?;
                let stream = UnixStream::from_std(stream).map_err(unreachable)?;
                self.send(stream, kept, NoTls, "").await
            }
        }
    }

    /// Sends the request over one handle of a socket and waits on the other until the server hangs up, which it does
    /// once it has acted on it. Hanging up first would make a pooler drop a request that it has not passed on yet.
    async fn send<S, T>(&self, stream: S, mut kept: S, mut tls: T, host: &str) -> Result<(), ConnectError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: MakeTlsConnect<KeptOpen<S>>,
    {
        let tls = tls
            .make_tls_connect(host)
            .map_err(|error| self.circumstances.tls(crate::tls::TlsError::Handshake(error.into().to_string())))?;
        let sent = self.token.cancel_query_raw(KeptOpen(stream), tls).await;
        sent.map_err(|error| self.circumstances.classify(&error))?;
        let mut farewell = [0; 256];
        // A reset is as good as an orderly end.
        while kept.read(&mut farewell).await.is_ok_and(|bytes| bytes > 0) {}
        Ok(())
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token holds the key with which the session can be cancelled.
        f.debug_struct("Canceller").field("server", &self.circumstances.server).finish_non_exhaustive()
    }
}

/// A stream that the client library cannot shut down.
struct KeptOpen<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for KeptOpen<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for KeptOpen<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }
}
