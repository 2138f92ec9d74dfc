//! PostgreSQL's own client programs, and how they are told where the server is.

use std::path::PathBuf;
use std::process::Command;

use limosa_catalog::ServerVersion;

use crate::settings::{ClientCertificate, ConnectionSettings, Host, RootCertificates, TargetSessionAttributes};

/// A client program such as `pg_dump` that is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientProgram {
    /// Where it is.
    pub path: PathBuf,
    /// Its version.
    pub version: ServerVersion,
}

/// Variables that libpq reads and that would lead elsewhere than the settings do.
const FOREIGN: [&str; 5] = ["PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGPASSFILE", "PGREQUIRESSL"];

impl ConnectionSettings {
    /// Tells a client program where to connect and as whom. All of it goes through the program's environment, which
    /// only its user may read: the command line, which everybody may read, holds nothing of it.
    pub fn tell(&self, command: &mut Command) {
        FOREIGN.iter().for_each(|name| {
            command.env_remove(name);
        });
        let list =
            |one: &dyn Fn(&crate::Endpoint) -> String| self.endpoints().iter().map(one).collect::<Vec<_>>().join(",");
        let host = |endpoint: &crate::Endpoint| match &endpoint.host {
            Host::Name(name) => name.clone(),
            Host::SocketFolder(folder) => folder.to_string_lossy().into_owned(),
        };
        command.env("PGHOST", list(&host)).env("PGPORT", list(&|endpoint| endpoint.port.to_string()));
        if self.endpoints().iter().any(|endpoint| endpoint.address.is_some()) {
            let address = |endpoint: &crate::Endpoint| endpoint.address.map_or_else(String::new, |it| it.to_string());
            command.env("PGHOSTADDR", list(&address));
        }
        command.env("PGDATABASE", self.database()).env("PGUSER", self.user());
        command.env("PGAPPNAME", self.application_name().unwrap_or("limosa"));
        command.env("PGSSLMODE", self.ssl_mode().as_str());
        match self.endpoints().first().and_then(|endpoint| self.password_for(endpoint)) {
            Some(password) => command.env("PGPASSWORD", password.reveal()),
            None => command.env_remove("PGPASSWORD"),
        };
        match self.startup_options(None) {
            Some(options) => command.env("PGOPTIONS", options),
            None => command.env_remove("PGOPTIONS"),
        };
        match self.connect_timeout() {
            Some(timeout) => command.env("PGCONNECT_TIMEOUT", timeout.as_secs().max(1).to_string()),
            None => command.env_remove("PGCONNECT_TIMEOUT"),
        };
        if let TargetSessionAttributes::ReadWrite | TargetSessionAttributes::Primary = self.target_session_attributes()
        {
            command.env("PGTARGETSESSIONATTRS", "read-write");
        } else {
            command.env_remove("PGTARGETSESSIONATTRS");
        }
        match &self.tls().root {
            RootCertificates::File(path) => command.env("PGSSLROOTCERT", path),
            RootCertificates::System => command.env("PGSSLROOTCERT", "system"),
            RootCertificates::Default(_) => command.env_remove("PGSSLROOTCERT"),
        };
        match &self.tls().client {
            ClientCertificate::Files { certificate, key } => command.env("PGSSLCERT", certificate).env("PGSSLKEY", key),
            ClientCertificate::Default(_) => command.env_remove("PGSSLCERT").env_remove("PGSSLKEY"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientContext;

    #[test]
    fn a_program_is_told_by_its_environment_alone() {
        let url = "postgres://anna:s3cret@db.example:5433/clinic?sslmode=require&options=-c%20geqo%3Doff";
        let settings = ConnectionSettings::resolve(url, &ClientContext::default()).unwrap();
        let mut command = Command::new("pg_dump");
        settings.tell(&mut command);
        assert_eq!(command.get_args().count(), 0, "the command line can be read by everybody");
        let told = |name: &str| {
            let found = command.get_envs().find(|(key, _)| *key == name);
            found.and_then(|(_, value)| value).map(|value| value.to_string_lossy().into_owned())
        };
        for (name, value) in [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGDATABASE", "clinic"),
            ("PGUSER", "anna"),
            ("PGPASSWORD", "s3cret"),
            ("PGSSLMODE", "require"),
            ("PGOPTIONS", "-c geqo=off"),
        ] {
            assert_eq!(told(name).as_deref(), Some(value), "{name}");
        }
        assert_eq!(told("PGSERVICE"), None, "a service of this process's environment would lead elsewhere");
    }
}
