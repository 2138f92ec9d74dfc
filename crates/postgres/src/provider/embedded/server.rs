//! The embedded server's thread and the socket that it is reached by.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use limosa_catalog::Identifier;
use pglite_oxide::PgliteProxy;

use super::super::ProviderError;
use super::listener::Listener;
use super::lock::DataFolderLock;
use super::{EmbeddedSettings, extensions};

/// The server's native stack. WebAssembly code runs on it, and PostgreSQL's recursion with it.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// How long the server is given to end after its client has left.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A running embedded server. It serves one connection after another.
#[derive(Debug)]
pub(super) struct EmbeddedServer {
    listener: Arc<Listener>,
    stopping: Arc<AtomicBool>,
    ended: Receiver<()>,
    folder: PathBuf,
}

impl EmbeddedServer {
    /// Starts the server's thread, which takes the lock with it and keeps it until it ends.
    pub(super) fn start(
        folder: &Path,
        settings: &EmbeddedSettings,
        lock: DataFolderLock,
    ) -> Result<Self, ProviderError> {
        extensions::unpack(folder)?;
        let needed = settings.extensions.clone().on_record(folder)?;
        let listener = Arc::new(Listener::bind(folder, &settings.temporary)?);
        let stopping = Arc::new(AtomicBool::new(false));
        let (sender, ended) = channel();
        let thread_listener = Arc::clone(&listener);
        let thread_stopping = Arc::clone(&stopping);
        let proxy = PgliteProxy::new(folder);
        thread::Builder::new()
            .name("limosa-embedded".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // The order of drops: the lock is given up before the end is announced.
                let sender = sender;
                let _lock = lock;
                let mut loading = needed.load();
                while !thread_stopping.load(Ordering::SeqCst) {
                    // An error belongs to one connection, whose client has got it or is gone; the next one begins anew.
                    let _ = thread_listener.serve_one(&proxy);
                    // The first connection is the provider's own, which looks for a database and uses no extension.
                    if let Some(loading) = loading.take() {
                        let _ = loading.join();
                    }
                }
                drop(_lock);
                let _ = sender.send(());
            })
            .map_err(|source| ProviderError::Embedded {
                doing: "starting its thread",
                message: source.to_string(),
                hint: None,
            })?;
        Ok(Self { listener, stopping, ended, folder: folder.to_owned() })
    }

    /// The URL of one of its databases.
    pub(super) fn url(&self, database: &Identifier) -> String {
        self.listener.url(database)
    }

    /// Whether its thread has ended.
    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.ended.try_recv(), Err(TryRecvError::Empty))
    }

    /// Stops the server, once its client has left.
    pub(super) fn stop(self) -> Result<(), ProviderError> {
        self.ask_to_stop();
        match self.ended.recv_timeout(STOP_PATIENCE) {
            Err(RecvTimeoutError::Timeout) => Err(ProviderError::Embedded {
                doing: "stopping",
                message: format!("a connection to {} is still open", self.folder.display()),
                hint: Some("close it first".to_owned()),
            }),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }

    fn ask_to_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.listener.wake();
    }
}

impl Drop for EmbeddedServer {
    fn drop(&mut self) {
        self.ask_to_stop();
    }
}
