//! Connections to the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::{Client, Config, Error, NoTls};

/// Where the database is.
#[derive(Debug, Clone)]
pub(crate) struct Server(Config);

/// Connections that are used in turn.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Slots>);

struct Slots {
    config: Config,
    clients: Vec<Mutex<Client>>,
    turn: AtomicUsize,
}

/// So many connections does a service have.
const CONNECTIONS: usize = 6;

impl Server {
    /// The server that libpq's variables name.
    #[expect(clippy::disallowed_methods, reason = "the program's own environment")]
    pub(crate) fn of_environment(database: String) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut config = Config::new();
        config.dbname(database);
        config.host(variable("PGHOST").as_deref().unwrap_or("localhost"));
        config.user(variable("PGUSER").as_deref().unwrap_or("postgres"));
        if let Some(port) = variable("PGPORT").and_then(|port| port.parse().ok()) {
            config.port(port);
        }
        if let Some(password) = variable("PGPASSWORD") {
            config.password(password);
        }
        Self(config)
    }

    /// Opens connections that bear this name in `pg_stat_activity`.
    pub(crate) async fn pool(&self, name: &str) -> Result<Pool, Error> {
        let mut config = self.0.clone();
        config.application_name(name);
        let mut clients = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            clients.push(Mutex::new(connect(&config).await?));
        }
        Ok(Pool(Arc::new(Slots { config, clients, turn: AtomicUsize::new(0) })))
    }
}

impl Pool {
    /// A connection of one's own; waits while all are in use.
    pub(crate) async fn connection(&self) -> Result<MutexGuard<'_, Client>, Error> {
        let free = self.0.clients.iter().find_map(|client| client.try_lock().ok());
        let mut client = match free {
            Some(client) => client,
            None => self.0.clients[self.0.turn.fetch_add(1, Ordering::Relaxed) % CONNECTIONS].lock().await,
        };
        if client.is_closed() {
            *client = connect(&self.0.config).await?;
        }
        Ok(client)
    }
}

async fn connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
