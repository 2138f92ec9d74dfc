//! Many databases or schemas that get the same migrations.

use std::path::PathBuf;

/// What one tenant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantKind {
    /// A schema of the service's database.
    Schema,
    /// A database of its own.
    Database,
}

/// Where the list of tenants comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantSource {
    /// A query whose first column is the name (`sql:select …`).
    Query(String),
    /// A file with one name per line (`file:tenants.txt`), relative to the project's root.
    File(PathBuf),
    /// A command that prints one name per line (`command:…`).
    Command(String),
}

/// The `[tenants]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenants {
    /// Where the names come from.
    pub from: TenantSource,
    /// What each of them is.
    pub kind: TenantKind,
}
