//! The form in which the history keeps what has to hold before contract.

use std::collections::BTreeMap;

use limosa_catalog::{ColumnName, Identifier, InvalidIdentifier, ObjectId, ObjectName, Rename};
use limosa_plan::{OldName, OnlineChange, OnlineCheck};
use serde::{Deserialize, Serialize};

/// The column `terms`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TermsJson {
    pub(super) operations: Vec<String>,
    pub(super) remaining: Vec<CheckJson>,
    pub(super) watched: Vec<ColumnJson>,
    pub(super) reliance: BTreeMap<String, String>,
    pub(super) passing: Vec<ColumnJson>,
    pub(super) renames: Vec<RenameJson>,
    /// What only the old version names.
    pub(super) old_names: Vec<OldNameJson>,
    /// The migration itself.
    pub(super) migration: MigrationJson,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CheckJson {
    pub(super) query: String,
    pub(super) found: String,
    pub(super) help: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ColumnJson {
    schema: String,
    table: String,
    column: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "lowercase")]
pub(super) enum RenameJson {
    Column { schema: String, table: String, from: String, to: String },
    Table { schema: String, from: String, to: String },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OldNameJson {
    pub(super) table: String,
    pub(super) column: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MigrationJson {
    pub(super) name: String,
    pub(super) checksum: String,
    pub(super) up: String,
    pub(super) down: Option<String>,
    pub(super) path: String,
}

impl TermsJson {
    pub(super) fn of(change: &OnlineChange, reliance: BTreeMap<String, String>, migration: MigrationJson) -> Self {
        let operations = &change.operations;
        Self {
            operations: operations.iter().map(|phases| phases.about.clone()).collect(),
            remaining: operations.iter().flat_map(|phases| &phases.remaining).map(CheckJson::of).collect(),
            watched: operations.iter().flat_map(|phases| &phases.watched).map(ColumnJson::of).collect(),
            reliance,
            passing: operations.iter().flat_map(|phases| &phases.passing).map(ColumnJson::of).collect(),
            renames: operations.iter().flat_map(|phases| &phases.renames).filter_map(RenameJson::of).collect(),
            old_names: operations.iter().flat_map(|phases| &phases.old_names).map(OldNameJson::of).collect(),
            migration,
        }
    }
}

impl OldNameJson {
    fn of(name: &OldName) -> Self {
        Self {
            table: name.table.as_str().to_owned(),
            column: name.column.as_ref().map(|column| column.as_str().to_owned()),
        }
    }
}

impl CheckJson {
    fn of(check: &OnlineCheck) -> Self {
        Self { query: check.query.clone(), found: check.found.clone(), help: check.help.clone() }
    }

    pub(super) fn read(&self) -> OnlineCheck {
        OnlineCheck { query: self.query.clone(), found: self.found.clone(), help: self.help.clone() }
    }
}

impl ColumnJson {
    fn of(column: &ColumnName) -> Self {
        Self {
            schema: column.relation.schema.as_str().to_owned(),
            table: column.relation.name.as_str().to_owned(),
            column: column.name.as_str().to_owned(),
        }
    }

    pub(super) fn read(&self) -> Result<ColumnName, InvalidIdentifier> {
        Ok(ColumnName { relation: object(&self.schema, &self.table)?, name: Identifier::new(self.column.as_str())? })
    }
}

impl RenameJson {
    fn of(rename: &Rename) -> Option<Self> {
        let text = |name: &Identifier| name.as_str().to_owned();
        match rename {
            Rename::Column { of: ObjectId::Table(table), from, to } => {
                let (schema, table) = (text(&table.schema), text(&table.name));
                Some(Self::Column { schema, table, from: text(from), to: text(to) })
            }
            Rename::Object { from: ObjectId::Table(table), to } => {
                Some(Self::Table { schema: text(&table.schema), from: text(&table.name), to: text(to) })
            }
            _ => None,
        }
    }

    pub(super) fn read(&self) -> Result<Rename, InvalidIdentifier> {
        Ok(match self {
            Self::Column { schema, table, from, to } => Rename::Column {
                of: ObjectId::Table(object(schema, table)?),
                from: Identifier::new(from.as_str())?,
                to: Identifier::new(to.as_str())?,
            },
            Self::Table { schema, from, to } => {
                Rename::Object { from: ObjectId::Table(object(schema, from)?), to: Identifier::new(to.as_str())? }
            }
        })
    }
}

fn object(schema: &str, name: &str) -> Result<ObjectName, InvalidIdentifier> {
    Ok(ObjectName { schema: Identifier::new(schema)?, name: Identifier::new(name)? })
}
