//! Sessions with real servers.
#![expect(clippy::unwrap_used, reason = "what a test unwraps is what it expects")]

mod connecting;
mod losing;
mod pooling;
mod running;
mod tls;

use limosa_postgres::{ClientContext, ConnectError, ConnectionSettings, Session};

fn settings(url: &str) -> ConnectionSettings {
    ConnectionSettings::resolve(url, &ClientContext::default()).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// A URL with further parameters.
fn with(url: &str, parameters: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameters}")
}

async fn connect(url: &str) -> Session {
    match Session::connect(&settings(url)).await {
        Ok(session) => session,
        Err(error) => panic!("{url}: {error}"),
    }
}

async fn refusal(url: &str) -> ConnectError {
    match Session::connect(&settings(url)).await {
        Ok(_) => panic!("{url}: the connection was expected to fail"),
        Err(error) => error,
    }
}

/// The first column of the first row, as text.
async fn value(session: &Session, sql: &str) -> String {
    let flight = session.flight(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    flight.rows[0][0].clone().unwrap_or_else(|| "NULL".to_owned())
}
