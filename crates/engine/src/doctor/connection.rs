//! Is there a connection, and is it encrypted?

use std::net::IpAddr;

use limosa_postgres::{ConnectError, ServerError, Session};

use super::Check;
use super::finding::{CheckName, Finding};
use super::subject::Subject;

const NAME: CheckName = CheckName::new("connection");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

/// One row: this session's own entry.
const SQL: &str = "\
SELECT ssl, version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()";

/// How the session is carried.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Transport {
    /// Without leaving this machine.
    Local,
    /// Over a network, in the clear.
    Clear,
    /// With this version of TLS.
    Tls(String),
    /// Through a pooler, whose own connection to the server is all that the server knows of.
    Pooled,
}

/// No connection at all.
pub(super) fn failed(error: &ConnectError) -> Finding {
    NAME.bad(error.to_string()).with_hint(error.hint().unwrap_or("see what the server's log says of it"))
}

/// The connection was there and ended.
pub(super) fn lost(error: &ServerError) -> Finding {
    NAME.bad(error.to_string()).with_hint("look into the server's log, then run `limosa doctor` again")
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let rows = session.query(SQL, &[]).await?;
    let tls = rows.first().filter(|row| row.get::<_, Option<bool>>(0) == Some(true));
    let transport = match tls {
        _ if subject.is_pooled() => Transport::Pooled,
        Some(row) => Transport::Tls(row.get::<_, Option<String>>(1).unwrap_or_else(|| "TLS".to_owned())),
        None if subject.target.single_connection || is_on_this_machine(session.server()) => Transport::Local,
        None => Transport::Clear,
    };
    Ok(Some(decide(&subject.target.database(), session.server(), &transport)))
}

/// Whether nothing leaves the machine on the way to `host:port` or `folder:port`. It is asked of the address as it was
/// given: what the server says of its own may be that of a container, or lie behind a tunnel.
fn is_on_this_machine(server: &str) -> bool {
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    host.starts_with('/') || host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
}

fn decide(database: &str, server: &str, transport: &Transport) -> Finding {
    match transport {
        Transport::Local | Transport::Pooled => NAME.good(format!("connected to {database}")),
        Transport::Tls(version) => NAME.good(format!("connected to {database} over {version}")),
        Transport::Clear => NAME
            .warning(format!("connected to {database}; what goes to {server} is not encrypted"))
            .with_hint("turn ssl on at the server, and put sslmode=verify-full into the URL"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn only_clear_text_over_a_network_is_worth_a_warning() {
        let state = |transport| decide("ada@db:5432/clinic", "db:5432", &transport);
        assert_eq!(state(Transport::Local).state, FindingState::Good);
        assert_eq!(state(Transport::Tls("TLSv1.3".to_owned())).says, "connected to ada@db:5432/clinic over TLSv1.3");
        let clear = state(Transport::Clear);
        assert_eq!(clear.state, FindingState::Warning);
        assert!(clear.hint.unwrap().contains("sslmode=verify-full"));
    }

    #[test]
    fn sockets_and_loopback_addresses_are_on_this_machine() {
        for server in ["localhost:5432", "127.0.0.1:5432", "127.8.0.1:5432", "[::1]:5432", "/var/run/postgresql:5432"] {
            assert!(is_on_this_machine(server), "{server}");
        }
        for server in ["db.example:5432", "10.0.0.7:5432", "[2001:db8::1]:5432", "localhost.example:5432"] {
            assert!(!is_on_this_machine(server), "{server}");
        }
    }

    #[test]
    fn a_refused_connection_says_what_to_do() {
        let error = ConnectError::UnknownDatabase { server: "db:5432".into(), database: "clinic".into() };
        let finding = failed(&error);
        assert_eq!((finding.state, finding.says.as_str()), (FindingState::Bad, "db:5432 has no database clinic"));
        assert!(finding.hint.unwrap().contains("CREATE DATABASE"));
    }
}
