//! A PostgreSQL server as a thing: who to connect to, sessions, and providers of servers.
//!
//! [`ConnectionSettings`] says where a database is and who asks, read as libpq reads it; [`Session`] is one connection,
//! built so that whatever can travel in one round trip does; [`provider`] makes servers where there is none. Nothing
//! here knows of migrations, prints, or reads the environment: variables and folders come in as a [`ClientContext`].

pub mod provider;

mod client_program;
mod facts;
mod introspect;
mod pooler;
mod server_error;
mod session;
mod settings;
mod shadow;
mod tls;

pub use client_program::ClientProgram;
pub use facts::{FACTS_SQL, FactsError, ServerFacts};
pub use introspect::IntrospectError;
pub use pooler::is_transaction_pooled;
pub use server_error::{DatabaseError, InternalPosition, ServerError, Severity};
pub use session::{
    Canceller, ConnectError, CopyInError, CopyOut, DescribedColumn, Description, Flight, FlightError, Notice, Session,
};
pub use settings::{
    ChannelBinding, ClientContext, ConnectionSettings, Endpoint, Host, SettingsError, SettingsWarning, SslMode,
    TargetSessionAttributes,
};
pub use shadow::{Shadow, ShadowIdentity};
pub use tls::TlsError;
pub use tokio_postgres::Row;
pub use tokio_postgres::error::SqlState;
pub use tokio_postgres::types::{FromSql, ToSql, Type};
