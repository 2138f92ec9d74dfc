//! Catalogs of real databases.
#![expect(clippy::unwrap_used, reason = "what a test unwraps is what it expects")]

mod changes;
mod circumstances;
mod fixtures;
mod text;

use std::ops::Deref;
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
struct Loaded(Database);

impl Loaded {
    fn new(server: &Server, sql: &str) -> Self {
        let loaded = Self(server.fresh_database());
        loaded.execute(sql);
        loaded
    }
}

impl Deref for Loaded {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.0
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // A database with a subscription cannot be dropped, and one with a slot asks the other server first.
        let sql = "DO $$DECLARE name text;
                   BEGIN
                     FOR name IN SELECT quote_ident(subname) FROM pg_subscription JOIN pg_database d ON d.oid = subdbid
                                 WHERE datname = current_database() LOOP
                       EXECUTE 'ALTER SUBSCRIPTION ' || name || ' DISABLE';
                       EXECUTE 'ALTER SUBSCRIPTION ' || name || ' SET (slot_name = NONE)';
                       EXECUTE 'DROP SUBSCRIPTION ' || name;
                     END LOOP;
                   END$$";
        let _ = self.0.query(sql);
    }
}
