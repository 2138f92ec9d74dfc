//! Catalogs of real databases.
#![expect(clippy::unwrap_used, reason = "what a test unwraps is what it expects")]

mod fixtures;
mod text;

use std::path::{Path, PathBuf};

use limosa_catalog::{Catalog, Identifier};
use limosa_postgres::{ClientContext, ConnectionSettings, Session};
use limosa_testkit::{Database, Server};

/// Where the schemas to read are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/catalog")
}

async fn session(database: &Database) -> Session {
    let settings = ConnectionSettings::resolve(database.url(), &ClientContext::default()).unwrap();
    Session::connect(&settings).await.unwrap()
}

async fn catalog(database: &Database) -> Catalog {
    let history = Identifier::new("limosa").unwrap();
    match session(database).await.catalog(&[history]).await {
        Ok(catalog) => catalog,
        Err(error) => panic!("PostgreSQL {}: {error}", database.server().major()),
    }
}

/// A database with what a script makes.
fn database(server: &Server, sql: &str) -> Database {
    let database = server.fresh_database();
    database.execute(sql);
    database
}
