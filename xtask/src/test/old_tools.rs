//! The tools from which databases are taken over. In the tests they write their histories themselves.

use std::path::{Path, PathBuf};

use limosa_testkit::FETCHED_OLD_TOOLS;

use super::{node, python};

const NODE_PACKAGES: [&str; 7] = [
    "pg@8.23.1",
    "sequelize@6.37.8",
    "sequelize-cli@6.6.5",
    "knex@3.3.0",
    "drizzle-orm@0.45.1",
    "node-pg-migrate@8.0.4",
    "dbmate@2.36.0",
];

const PYTHON_PACKAGES: [&str; 4] = ["alembic==1.20.1", "SQLAlchemy==2.1.9", "Django==5.2.19", "psycopg[binary]==3.3.9"];

/// A folder in the cache that has the tools, filled as far as this machine can, with a word about what it cannot.
pub(super) fn ensure(cache: &Path) -> PathBuf {
    let home = cache.join(FETCHED_OLD_TOOLS);
    if let Err(error) = node::fetch(&home.join("node"), &NODE_PACKAGES) {
        eprintln!("xtask: without {}; no history of theirs is taken over ({error})", NODE_PACKAGES.join(", "));
    }
    if let Err(error) = python::make(&home.join("python"), &PYTHON_PACKAGES) {
        eprintln!("xtask: without {}; no history of theirs is taken over ({error})", PYTHON_PACKAGES.join(", "));
    }
    home
}
