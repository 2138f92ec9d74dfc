//! A database of one test.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use limosa_catalog::Identifier;

use crate::server::Server;
use crate::sql::{Rows, SqlFailure, execute, query};

/// An empty database that is dropped with this value, whoever is still connected to it.
#[derive(Debug)]
pub struct Database {
    name: Identifier,
    url: String,
    server: Server,
}

impl Database {
    pub(crate) fn create(server: &Server) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        // Process id and counter: many test processes share one server.
        let name = format!("test_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let name = Identifier::new(name).expect("letters and digits are a valid name");
        execute(server.url(), &format!("DROP DATABASE IF EXISTS {name}"));
        execute(server.url(), &format!("CREATE DATABASE {name}"));
        Self { url: server.database_url(&name), name, server: server.clone() }
    }

    /// The superuser's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Identifier {
        &self.name
    }

    /// The server that it is on.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Runs statements and returns their rows.
    ///
    /// # Panics
    /// One of them fails.
    pub fn execute(&self, sql: &str) -> Rows {
        execute(&self.url, sql)
    }

    /// Runs statements that may fail.
    ///
    /// # Errors
    /// One of them fails.
    pub fn query(&self, sql: &str) -> Result<Rows, SqlFailure> {
        query(&self.url, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that the test has killed has no database left to drop.
        let _ = query(self.server.url(), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
