//! The form in which the history keeps what has to hold before contract.

use std::collections::BTreeMap;

use limosa_catalog::{ColumnName, Identifier, InvalidIdentifier, ObjectId, ObjectName, Rename};
use limosa_plan::{
    Carry, Made, OldName, OnlineChange, OnlineCheck, Quarantine, SchemaVersion, Shown, Twins, VersionChange,
    VersionSchema,
};
use serde::{Deserialize, Serialize};

/// The column `terms`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TermsJson {
    pub(super) operations: Vec<String>,
    #[serde(default)]
    pub(super) standing: Vec<CheckJson>,
    pub(super) remaining: Vec<CheckJson>,
    /// That nobody receives, or sends, what is another one when the old goes.
    #[serde(default)]
    pub(super) sent_at_end: Vec<CheckJson>,
    pub(super) watched: Vec<ColumnJson>,
    pub(super) reliance: BTreeMap<String, String>,
    /// What of that the contract needs, or would bring back, with the statements that make it again; none where an
    /// older Limosa began the change, which looked at less.
    #[serde(default)]
    pub(super) needed: Option<BTreeMap<String, String>>,
    /// The names in what the change itself grants, revokes and comments.
    #[serde(default)]
    pub(super) said: Vec<String>,
    /// Whether what is said of the copies of renamed columns is among what it found.
    #[serde(default)]
    pub(super) knows_copies: bool,
    /// Columns that get another type in their place.
    #[serde(default)]
    pub(super) reshaped: Vec<ColumnJson>,
    pub(super) passing: Vec<ColumnJson>,
    pub(super) renames: Vec<RenameJson>,
    /// What only the old version names.
    pub(super) old_names: Vec<OldNameJson>,
    /// What the new version sees otherwise.
    #[serde(default)]
    pub(super) shows: Vec<ShownJson>,
    /// What becomes of schemas of views, where versions have them.
    #[serde(default)]
    pub(super) versions: Option<VersionsJson>,
    /// Columns that hold the same.
    #[serde(default)]
    pub(super) twins: Vec<TwinsJson>,
    /// Rows that may be left without a value.
    #[serde(default)]
    pub(super) quarantine: Vec<QuarantineJson>,
    /// What another change's contract has changed in `reliance`, and that is still to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) followed: Option<FollowedJson>,
    /// The names of maps of old and new ids that it fills or reads.
    #[serde(default)]
    pub(super) maps: Vec<String>,
    /// Maps that come from other services' databases.
    #[serde(default)]
    pub(super) carries: Vec<CarryJson>,
    /// What is done right before the old goes.
    #[serde(default)]
    pub(super) ready: ReadyJson,
    /// Triggers of others rest while rows are filled.
    #[serde(default)]
    pub(super) triggers_rest: bool,
    /// The migration itself.
    pub(super) migration: MigrationJson,
}

/// What a change found on its columns.
pub(super) struct FoundJson {
    /// Each with the hash of what it says.
    pub(super) reliance: BTreeMap<String, String>,
    /// What its contract needs of that.
    pub(super) needed: BTreeMap<String, String>,
    /// The names in what it says itself of some of that.
    pub(super) said: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ReadyJson {
    /// The statements of each transaction.
    pub(super) transactions: Vec<Vec<String>>,
    /// Takes away what they make.
    pub(super) left: Vec<String>,
    /// What is filled by them, as people name it.
    pub(super) filled: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FollowedJson {
    /// What was as the change found it when the contract began.
    pub(super) objects: Vec<String>,
    /// How all that hangs on the columns stood when it committed.
    pub(super) stands: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CarryJson {
    service: String,
    map: String,
    types: [String; 2],
    back: bool,
    schema: String,
    arrived: String,
    prepare: Vec<String>,
    sift: Vec<String>,
    take: Vec<String>,
    writers: Vec<String>,
    late: String,
    mend: String,
    unknown: String,
    clear: Vec<String>,
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

/// What the new version sees otherwise, as the tables are called before contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "shown", rename_all = "kebab-case")]
pub(super) enum ShownJson {
    Column { column: ColumnJson, name: String },
    Hidden { column: ColumnJson },
    Table { schema: String, table: String, name: String },
    HiddenTable { schema: String, table: String },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct VersionsJson {
    pub(super) made: Vec<VersionSchemaJson>,
    /// The schemas that go with contract.
    pub(super) gone: Vec<String>,
    /// What the old version does not have.
    pub(super) added: Vec<ShownJson>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct VersionSchemaJson {
    pub(super) name: String,
    base: String,
    /// The version; none where it is the newest, whichever that is.
    version: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct QuarantineJson {
    /// The table as people name it.
    pub(super) table: String,
    /// A query of the rows' keys.
    pub(super) rows: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TwinsJson {
    schema: String,
    table: String,
    old: String,
    new: String,
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
    pub(super) fn of(change: &OnlineChange, found: FoundJson, migration: MigrationJson) -> Self {
        let operations = &change.operations;
        Self {
            operations: operations.iter().map(|phases| phases.about.clone()).collect(),
            standing: operations.iter().flat_map(|phases| &phases.standing).map(CheckJson::of).collect(),
            remaining: operations.iter().flat_map(|phases| &phases.remaining).map(CheckJson::of).collect(),
            sent_at_end: operations.iter().flat_map(|phases| &phases.sent_at_end).map(CheckJson::of).collect(),
            watched: operations.iter().flat_map(|phases| &phases.watched).map(ColumnJson::of).collect(),
            reliance: found.reliance,
            needed: Some(found.needed),
            said: found.said,
            knows_copies: true,
            reshaped: operations.iter().flat_map(|phases| &phases.reshaped).map(ColumnJson::of).collect(),
            passing: operations.iter().flat_map(|phases| &phases.passing).map(ColumnJson::of).collect(),
            renames: operations.iter().flat_map(|phases| &phases.renames).filter_map(RenameJson::of).collect(),
            old_names: operations.iter().flat_map(|phases| &phases.old_names).map(OldNameJson::of).collect(),
            shows: operations.iter().flat_map(|phases| &phases.shows).map(ShownJson::of).collect(),
            versions: change.versions.as_ref().map(VersionsJson::of),
            twins: operations.iter().flat_map(|phases| &phases.twins).map(TwinsJson::of).collect(),
            quarantine: operations.iter().flat_map(|phases| &phases.quarantine).map(QuarantineJson::of).collect(),
            followed: None,
            maps: operations.iter().flat_map(|phases| &phases.maps).map(|map| map.name.as_str().to_owned()).collect(),
            carries: operations.iter().flat_map(|phases| &phases.carries).map(CarryJson::of).collect(),
            ready: ReadyJson::of(change),
            triggers_rest: false,
            migration,
        }
    }
}

impl ReadyJson {
    fn of(change: &OnlineChange) -> Self {
        let filled = change.operations.iter().flat_map(|phases| &phases.ahead).filter(|ahead| ahead.fill.is_some());
        let name = |made: &Made| format!("{}.{}", made.name.schema.for_people(), made.name.name.for_people());
        Self {
            transactions: change.ready.transactions.clone(),
            left: change.ready.left.clone(),
            filled: filled.filter_map(|ahead| ahead.makes.as_ref()).map(name).collect(),
        }
    }
}

impl CarryJson {
    fn of(carry: &Carry) -> Self {
        let text = |name: &Identifier| name.as_str().to_owned();
        Self {
            service: carry.service.clone(),
            map: text(&carry.map),
            types: carry.types.clone(),
            back: carry.back,
            schema: text(&carry.arrived.schema),
            arrived: text(&carry.arrived.name),
            prepare: carry.prepare.clone(),
            sift: carry.sift.clone(),
            take: carry.take.clone(),
            writers: carry.writers.clone(),
            late: carry.late.clone(),
            mend: carry.mend.clone(),
            unknown: carry.unknown.clone(),
            clear: carry.clear.clone(),
        }
    }

    pub(super) fn read(&self) -> Result<Carry, InvalidIdentifier> {
        Ok(Carry {
            service: self.service.clone(),
            map: Identifier::new(self.map.as_str())?,
            types: self.types.clone(),
            back: self.back,
            arrived: object(&self.schema, &self.arrived)?,
            prepare: self.prepare.clone(),
            sift: self.sift.clone(),
            take: self.take.clone(),
            writers: self.writers.clone(),
            late: self.late.clone(),
            mend: self.mend.clone(),
            unknown: self.unknown.clone(),
            clear: self.clear.clone(),
        })
    }
}

impl ShownJson {
    fn of(shown: &Shown) -> Self {
        let text = |name: &Identifier| name.as_str().to_owned();
        match shown {
            Shown::Column { column, name } => Self::Column { column: ColumnJson::of(column), name: text(name) },
            Shown::Hidden(column) => Self::Hidden { column: ColumnJson::of(column) },
            Shown::Table { table, name } => {
                Self::Table { schema: text(&table.schema), table: text(&table.name), name: text(name) }
            }
            Shown::HiddenTable(table) => Self::HiddenTable { schema: text(&table.schema), table: text(&table.name) },
        }
    }

    pub(super) fn read(&self) -> Result<Shown, InvalidIdentifier> {
        Ok(match self {
            Self::Column { column, name } => {
                Shown::Column { column: column.read()?, name: Identifier::new(name.as_str())? }
            }
            Self::Hidden { column } => Shown::Hidden(column.read()?),
            Self::Table { schema, table, name } => {
                Shown::Table { table: object(schema, table)?, name: Identifier::new(name.as_str())? }
            }
            Self::HiddenTable { schema, table } => Shown::HiddenTable(object(schema, table)?),
        })
    }
}

impl VersionsJson {
    fn of(change: &VersionChange) -> Self {
        Self {
            made: change.made.iter().map(VersionSchemaJson::of).collect(),
            gone: change.gone.iter().map(|name| name.as_str().to_owned()).collect(),
            added: change.added.iter().map(ShownJson::of).collect(),
        }
    }
}

impl VersionSchemaJson {
    fn of(schema: &VersionSchema) -> Self {
        Self {
            name: schema.name.as_str().to_owned(),
            base: schema.base.as_str().to_owned(),
            version: match &schema.version {
                SchemaVersion::Of(version) => Some(version.clone()),
                SchemaVersion::Current => None,
            },
        }
    }

    /// The schema; its views are not on record.
    pub(super) fn read(&self) -> Result<VersionSchema, InvalidIdentifier> {
        Ok(VersionSchema {
            name: Identifier::new(self.name.as_str())?,
            base: Identifier::new(self.base.as_str())?,
            version: self.version.clone().map_or(SchemaVersion::Current, SchemaVersion::Of),
            views: Vec::new(),
        })
    }
}

impl QuarantineJson {
    fn of(quarantine: &Quarantine) -> Self {
        let (schema, name) = (quarantine.table.schema.for_people(), quarantine.table.name.for_people());
        Self { table: format!("{schema}.{name}"), rows: quarantine.rows.clone() }
    }
}

impl TwinsJson {
    fn of(twins: &Twins) -> Self {
        let text = |name: &Identifier| name.as_str().to_owned();
        Self {
            schema: text(&twins.table.schema),
            table: text(&twins.table.name),
            old: text(&twins.old),
            new: text(&twins.new),
        }
    }

    pub(super) fn read(&self) -> Result<Twins, InvalidIdentifier> {
        Ok(Twins {
            table: object(&self.schema, &self.table)?,
            old: Identifier::new(self.old.as_str())?,
            new: Identifier::new(self.new.as_str())?,
        })
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

    /// The table as SQL names it.
    pub(super) fn table(&self) -> String {
        object(&self.schema, &self.table).map(|table| table.to_string()).unwrap_or_default()
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
