//! Another client of the database, which holds what it was told to hold.

use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use tokio::runtime::Runtime;

/// A connection that stays open until it is dropped.
pub(crate) struct Neighbour {
    runtime: Runtime,
    session: Session,
}

impl Neighbour {
    /// Connects under a name that others can see.
    pub(crate) fn connect(url: &str, application: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let settings = ConnectionSettings::resolve(url, &ClientContext::default()).unwrap();
        let settings = settings.with_application_name(application);
        let session = runtime.block_on(Session::connect(&settings)).unwrap();
        Self { runtime, session }
    }

    /// Runs statements and keeps the session as they leave it, transaction open and all.
    pub(crate) fn run(&self, sql: &str) {
        self.runtime
            .block_on(self.session.flight(sql))
            .unwrap_or_else(|failure| panic!("{}\nin: {sql}", failure.error));
    }

    /// Runs statements that may fail; whether they did not.
    pub(crate) fn attempt(&self, sql: &str) -> bool {
        self.runtime.block_on(self.session.flight(sql)).is_ok()
    }
}
