//! Many statements in one message of the simple protocol.

use std::pin::pin;

use futures_util::TryStreamExt;
use tokio_postgres::SimpleQueryMessage;

use super::Session;
use crate::server_error::ServerError;

/// Rows kept of a flight's last result. A flight is for statements that change something; a `SELECT` of a million rows
/// that stands in a file must not fill the memory.
const ROWS_KEPT: usize = 1_000;

/// What a flight did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flight {
    /// How many statements completed. An empty text counts as one, as the server answers it.
    pub completed: usize,
    /// The names of the columns of `rows`.
    pub columns: Vec<String>,
    /// The rows of the last statement that returns rows, as text; at most the first 1,000.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Why a flight ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct FlightError {
    /// How many statements completed before the failing one, which is also the index of the failing one from 0. Those
    /// within the failed transaction are undone nevertheless.
    pub completed: usize,
    /// What went wrong; a position in it counts from the beginning of the flight's text.
    #[source]
    pub error: ServerError,
}

impl Session {
    /// Sends statements, separated by semicolons, as one message and waits for all answers: one round trip.
    ///
    /// PostgreSQL runs them as one transaction unless they hold transaction control of their own; `CREATE INDEX
    /// CONCURRENTLY` and its like must therefore travel alone. The first failing statement ends the flight, and an
    /// explicit transaction stays open in its failed state.
    ///
    /// # Errors
    /// The error of the statement that failed and its index. A `COPY` from or to the client is
    /// [`ServerError::CopyInFlight`] and costs the session.
    pub async fn flight(&self, sql: &str) -> Result<Flight, FlightError> {
        let mut flight = Flight::default();
        match self.run_flight(sql, &mut flight).await {
            Ok(()) => Ok(flight),
            Err(error) => Err(FlightError { completed: flight.completed, error }),
        }
    }

    async fn run_flight(&self, sql: &str, flight: &mut Flight) -> Result<(), ServerError> {
        let answers = self.client.simple_query_raw(sql).await.map_err(|error| self.server_error(&error))?;
        let mut answers = pin!(answers);
        loop {
            match answers.try_next().await {
                Ok(Some(SimpleQueryMessage::RowDescription(columns))) => {
                    flight.columns = columns.iter().map(|column| column.name().to_owned()).collect();
                    flight.rows.clear();
                }
                Ok(Some(SimpleQueryMessage::Row(row))) if flight.rows.len() < ROWS_KEPT => {
                    flight.rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
                }
                Ok(Some(SimpleQueryMessage::CommandComplete(_))) => flight.completed += 1,
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                // In a flight, only the answers that begin a copy are unexpected, and the server now waits for data.
                Err(error) if error.to_string() == "unexpected message from server" => {
                    self.cut();
                    return Err(ServerError::CopyInFlight);
                }
                Err(error) => return Err(self.server_error(&error)),
            }
        }
    }
}
