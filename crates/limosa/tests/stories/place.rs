//! Where a story plays: a database of its own on a server, or the PostgreSQL inside the program.

use std::env;
use std::time::Duration;

use limosa_catalog::Identifier;
use limosa_postgres::provider::Provider as _;
use limosa_postgres::provider::embedded::{BundledExtensions, EmbeddedProvider, EmbeddedSettings};
use limosa_testkit::{Database, Rows, execute, servers};

use crate::project::Project;

/// A place to play a story in.
#[derive(Debug)]
pub(crate) enum Place {
    Server(Database),
    Embedded,
}

/// Plays a story on every server and on the embedded one.
pub(crate) fn everywhere(story: impl Fn(&Place)) {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        story(&Place::Server(server.fresh_database()));
    }
    println!("on the embedded PostgreSQL");
    story(&Place::Embedded);
}

/// Plays a story on every server.
pub(crate) fn on_servers(story: impl Fn(&Database)) {
    for server in servers() {
        println!("on PostgreSQL {}", server.major());
        story(&server.fresh_database());
    }
}

impl Place {
    /// The rows of a query here; where the server is the embedded one, in its database of this name. No program may be
    /// running there.
    pub(crate) fn query(&self, project: &Project, database: &str, sql: &str) -> Rows {
        match self {
            Self::Server(database) => database.execute(sql),
            Self::Embedded => EmbeddedServer::of(project).query_each([database], sql).concat(),
        }
    }
}

/// The PostgreSQL inside the program with a project's data, between two runs of the program.
pub(crate) struct EmbeddedServer(Box<EmbeddedProvider>);

impl EmbeddedServer {
    pub(crate) fn of(project: &Project) -> Self {
        let settings = EmbeddedSettings {
            data: Some(project.path().join(format!(".limosa/pg{}", EmbeddedProvider::major()))),
            temporary: env::temp_dir(),
            patience: Duration::from_secs(60),
            host: None,
            extensions: BundledExtensions::default(),
        };
        Self(Box::new(EmbeddedProvider::open(settings).unwrap()))
    }

    /// The rows of a query in each of these databases, which must exist.
    pub(crate) fn query_each<'a>(mut self, databases: impl IntoIterator<Item = &'a str>, sql: &str) -> Vec<Rows> {
        let ask = |name: &str| {
            let url = self.0.find_database(&Identifier::new(name).unwrap()).unwrap();
            execute(&url.unwrap_or_else(|| panic!("there is no database {name}")), sql)
        };
        let rows = databases.into_iter().map(ask).collect();
        self.0.stop().unwrap();
        rows
    }
}

/// Rows as psql shows them unaligned, `NULL` for what has no value.
pub(crate) fn lines(rows: &Rows) -> Vec<String> {
    let text = |row: &Vec<Option<String>>| {
        row.iter().map(|value| value.clone().unwrap_or_else(|| "NULL".to_owned())).collect::<Vec<_>>().join("|")
    };
    rows.iter().map(text).collect()
}

/// What a query gives.
pub(crate) fn rows(database: &Database, sql: &str) -> Vec<String> {
    lines(&database.execute(sql))
}
