//! Asking a provider's server which databases it has, and creating those that are missing.

use std::collections::HashSet;
use std::thread;

use limosa_catalog::Identifier;
use tokio_postgres::error::SqlState;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::ProviderError;

/// The databases that are known to exist on one server.
///
/// They are listed once, on the first question. A database dropped by somebody else afterwards is not noticed; the
/// connection to it then fails with an error that says so.
#[derive(Debug, Default)]
pub(crate) struct KnownDatabases {
    names: Option<HashSet<String>>,
}

impl KnownDatabases {
    /// Makes sure that `database` exists on the server whose maintenance database is at `url`.
    pub(crate) fn ensure(&mut self, url: &str, database: &Identifier) -> Result<(), ProviderError> {
        if self.names.as_ref().is_some_and(|names| names.contains(database.as_str())) {
            return Ok(());
        }
        self.ask(url, database, true)
    }

    /// Whether `database` exists.
    pub(crate) fn holds(&mut self, url: &str, database: &Identifier) -> Result<bool, ProviderError> {
        if self.names.is_none() {
            self.ask(url, database, false)?;
        }
        Ok(self.names.as_ref().is_some_and(|names| names.contains(database.as_str())))
    }

    fn ask(&mut self, url: &str, database: &Identifier, create: bool) -> Result<(), ProviderError> {
        let names = list(url.to_owned(), database.clone(), create)
            .map_err(|message| ProviderError::Database { database: database.as_str().to_owned(), message })?;
        self.names = Some(names);
        Ok(())
    }
}

/// The database that every server has.
pub(crate) fn maintenance_database() -> Identifier {
    #[expect(clippy::unwrap_used, reason = "the constant is a valid identifier")]
    Identifier::new("postgres").unwrap()
}

/// Lists the databases and, where that is wanted, creates the one that is missing, over one connection.
///
/// It runs on a thread of its own, as the caller may be inside an asynchronous runtime, which cannot be entered twice.
fn list(url: String, database: Identifier, create: bool) -> Result<HashSet<String>, String> {
    let work = move || -> Result<HashSet<String>, String> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.map_err(|error| describe(&error))?;
            let connection = tokio::spawn(connection);
            let result = list_over(&client, &database, create).await.map_err(|error| describe(&error));
            drop(client);
            // The server that serves one connection at a time is free again only when this one is closed.
            let _ = connection.await;
            result
        })
    };
    thread::Builder::new()
        .name("limosa-databases".to_owned())
        .spawn(work)
        .map_err(|error| error.to_string())?
        .join()
        .unwrap_or_else(|_| Err("the thread that asked the server ended unexpectedly".to_owned()))
}

async fn list_over(
    client: &tokio_postgres::Client,
    database: &Identifier,
    create: bool,
) -> Result<HashSet<String>, tokio_postgres::Error> {
    let messages = client.simple_query("SELECT datname FROM pg_catalog.pg_database").await?;
    let mut names: HashSet<String> = messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect();
    if create && !names.contains(database.as_str()) {
        match client.batch_execute(&format!("CREATE DATABASE {database}")).await {
            Ok(()) => {}
            // Two processes at once: PostgreSQL reports the loser of the race with either code.
            Err(error) if matches!(error.code(), Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)) => {
            }
            Err(error) => return Err(error),
        }
        names.insert(database.as_str().to_owned());
    }
    Ok(names)
}

/// An error with its cause: tokio-postgres keeps what the server said one level down.
fn describe(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
