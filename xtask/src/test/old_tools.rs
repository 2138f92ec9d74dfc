//! The tools from which databases are taken over. In the tests they write their histories themselves.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_testkit::FETCHED_OLD_TOOLS;

use super::{command, node, python};

/// Drizzle's two generations and Liquibase's two kinds of checksums stand side by side.
const NODE_PACKAGES: [&str; 16] = [
    "pg@8.23.1",
    "sequelize@6.37.8",
    "sequelize-cli@6.6.5",
    "knex@3.3.0",
    "drizzle-orm@0.45.1",
    "drizzle-next@npm:drizzle-orm@1.0.0-rc.5",
    "node-pg-migrate@8.0.4",
    "dbmate@2.36.0",
    "prisma@6.19.3",
    "@prisma/adapter-pg@6.19.3",
    "typeorm@1.1.1",
    "reflect-metadata@0.2.2",
    "graphile-migrate@1.4.1",
    "liquibase@4.28.1",
    "liquibase-8@npm:liquibase@4.4.0",
    "supabase@3.1.0",
];

const PYTHON_PACKAGES: [&str; 4] = ["alembic==1.20.1", "SQLAlchemy==2.1.9", "Django==5.2.19", "psycopg[binary]==3.3.9"];

/// Programs that are built here, which takes minutes: packages with the words that build no more than is needed.
const RUST_PACKAGES: [(&str, &str); 3] = [
    ("sqlx-cli@0.9.0", "--no-default-features --features postgres"),
    ("refinery_cli@0.10.0", "--no-default-features --features postgresql"),
    ("diesel_cli@2.3.14", "--no-default-features --features postgres"),
];

/// Set to `1` where the programs in Rust are to be built as well.
const RUST_VARIABLE: &str = "LIMOSA_TEST_RUST_TOOLS";

/// A folder in the cache that has the tools, filled as far as this machine can, with a word about what it cannot.
pub(super) fn ensure(cache: &Path) -> PathBuf {
    let home = cache.join(FETCHED_OLD_TOOLS);
    if let Err(error) = node::fetch(&home.join("node"), &NODE_PACKAGES) {
        eprintln!("xtask: without {}; no history of theirs is taken over ({error})", NODE_PACKAGES.join(", "));
    }
    if let Err(error) = python::make(&home.join("python"), &PYTHON_PACKAGES) {
        eprintln!("xtask: without {}; no history of theirs is taken over ({error})", PYTHON_PACKAGES.join(", "));
    }
    build(&home.join("rust"));
    home
}

/// Builds the programs in Rust that are not there yet, where that is wanted.
fn build(home: &Path) {
    let is_wanted = env::var(RUST_VARIABLE).is_ok_and(|value| value == "1");
    for (package, words) in RUST_PACKAGES {
        let receipt = home.join(format!("{package}.built"));
        if receipt.exists() {
            continue;
        }
        if !is_wanted {
            eprintln!("xtask: without {package}; {RUST_VARIABLE}=1 builds it, which takes minutes");
            continue;
        }
        eprintln!("xtask: building {package}");
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "--quiet", "--locked", "--debug", package, "--root"]).arg(home);
        cargo.args(words.split(' ')).env("CARGO_TARGET_DIR", home.join("build"));
        let built = command::run(&mut cargo)
            .and_then(|_| std::fs::write(&receipt, "").map_err(|error| format!("{}: {error}", receipt.display())));
        if let Err(error) = built {
            let end = error.lines().last().unwrap_or_default();
            eprintln!("xtask: without {package}; no history of its is taken over ({end})");
        }
    }
}
