//! What a live database has counted: no part of its schema, and never compared.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::{Identifier, ObjectName};

/// How the objects of a catalog are used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// For how long the server has counted scans in this database.
    pub counted: Duration,
    /// The indexes, those of keys included, as this server has used them; its replicas count for themselves.
    pub indexes: BTreeMap<ObjectName, IndexUsage>,
    /// The values that sequences gave last; those that gave none yet are left out.
    pub sequences: BTreeMap<ObjectName, i64>,
    /// The version of each installed extension that the server would install now.
    pub extensions: BTreeMap<Identifier, Box<str>>,
}

/// How an index is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexUsage {
    /// How many times it was read.
    pub scans: u64,
    /// How large it was when it was last vacuumed or analysed, in bytes.
    pub bytes: u64,
}
