//! Is there a connection, and is it encrypted?

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
    /// In this process, or over a Unix socket.
    Local,
    /// Over TCP, in the clear.
    Clear {
        /// Whether it does not leave the machine.
        loopback: bool,
    },
    /// Over TCP, with this version of TLS.
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
    let transport = match (&subject.facts.server_address, tls) {
        _ if subject.is_pooled() => Transport::Pooled,
        (_, Some(row)) => Transport::Tls(row.get::<_, Option<String>>(1).unwrap_or_else(|| "TLS".to_owned())),
        (Some(address), None) if !subject.target.single_connection => {
            Transport::Clear { loopback: address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback()) }
        }
        _ => Transport::Local,
    };
    Ok(Some(decide(&subject.target.database(), session.server(), &transport)))
}

fn decide(database: &str, server: &str, transport: &Transport) -> Finding {
    match transport {
        Transport::Local | Transport::Pooled => NAME.good(format!("connected to {database}")),
        Transport::Clear { loopback: true } => NAME.good(format!("connected to {database} on this machine")),
        Transport::Tls(version) => NAME.good(format!("connected to {database} over {version}")),
        Transport::Clear { loopback: false } => NAME
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
        assert_eq!(state(Transport::Clear { loopback: true }).state, FindingState::Good);
        assert_eq!(state(Transport::Tls("TLSv1.3".to_owned())).says, "connected to ada@db:5432/clinic over TLSv1.3");
        let clear = state(Transport::Clear { loopback: false });
        assert_eq!(clear.state, FindingState::Warning);
        assert!(clear.hint.unwrap().contains("sslmode=verify-full"));
    }

    #[test]
    fn a_refused_connection_says_what_to_do() {
        let error = ConnectError::UnknownDatabase { server: "db:5432".into(), database: "clinic".into() };
        let finding = failed(&error);
        assert_eq!((finding.state, finding.says.as_str()), (FindingState::Bad, "db:5432 has no database clinic"));
        assert!(finding.hint.unwrap().contains("CREATE DATABASE"));
    }
}
