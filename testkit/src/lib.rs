//! Real PostgreSQL servers for the tests, and what stands between a client and a server.
//!
//! - [`servers`] are shared by all tests of a process (or of a whole run, see [`SERVERS_VARIABLE`]); a test takes a
//!   [`Database`] of its own from one of them.
//! - a [`PrivateServer`] belongs to one test, which may kill it or change its configuration.
//! - [`Traffic`] is what the clients of an application do to a table while it is changed.
//! - a [`Proxy`] delays, counts and cuts what flows between a client and a server; [`PgBouncer`] pools it.
//! - [`limosa_binary`] is the program under test.
//!
//! Nothing here is a mock. Everything that is started ends with the process that started it, even if that is killed.

mod binary;
mod connection;
mod database;
mod environment;
mod pgbouncer;
mod private_server;
mod proxy;
mod schema_dump;
mod server;
mod sql;
mod traffic;

pub use binary::limosa_binary;
pub use connection::Connection;
pub use database::Database;
pub use environment::{
    BINARIES_VARIABLE, BINARY_VARIABLE, FETCHED_NODE, FETCHED_OLD_TOOLS, FETCHED_PG_DUMP, NODE_VARIABLE,
    OLD_TOOLS_VARIABLE, PG_DUMP_VARIABLE, PYTHON_VARIABLE, SERVERS_VARIABLE, THOROUGH_VARIABLE, binary_search,
    node_packages, old_tools, pg_dump, python, thorough,
};
pub use pgbouncer::{PgBouncer, PoolMode};
pub use private_server::{PrivateServer, PrivateServerOptions};
pub use proxy::{Proxy, ProxyCounts};
pub use schema_dump::schema_dump;
pub use server::{Server, server, servers};
pub use sql::{Rows, SqlFailure, execute, query, query_each};
pub use traffic::{Dialect, Traffic, TrafficReport};
