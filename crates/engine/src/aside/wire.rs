//! The form in which the history keeps what was set aside.

use limosa_catalog::{ColumnName, Identifier, InvalidIdentifier, ObjectName};
use limosa_plan::{KeptColumn, KeptSequence, KeptTable, KeptType, KeptValue, KeptValues, RestoreStep};
use serde::{Deserialize, Serialize};

/// The column `kept`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptJson {
    pub(super) columns: Vec<ColumnJson>,
    pub(super) tables: Vec<NameJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) types: Vec<NameJson>,
    pub(super) dropped: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<ValuesJson>,
    /// The checksum of the migration whose `down` it was that set this aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) taken_back: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ValuesJson {
    table: NameJson,
    mark: String,
    /// Columns with those that keep their old values.
    columns: Vec<(String, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ColumnJson {
    table: NameJson,
    column: String,
    aside: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sequence: Option<SequenceJson>,
    demands_value: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct SequenceJson {
    sequence: NameJson,
    aside: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NameJson {
    schema: String,
    name: String,
}

/// An element of the column `restore`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RestoreJson {
    about: String,
    sql: Vec<String>,
}

impl NameJson {
    fn of(name: &ObjectName) -> Self {
        Self { schema: name.schema.as_str().to_owned(), name: name.name.as_str().to_owned() }
    }

    fn read(self) -> Result<ObjectName, InvalidIdentifier> {
        Ok(ObjectName { schema: Identifier::new(self.schema)?, name: Identifier::new(self.name)? })
    }

    pub(super) fn of_table(table: &KeptTable) -> Self {
        Self::of(&table.name)
    }

    pub(super) fn of_type(kept: &KeptType) -> Self {
        Self::of(&kept.name)
    }

    pub(super) fn into_type(self) -> Result<KeptType, InvalidIdentifier> {
        self.read().map(|name| KeptType { name })
    }

    pub(super) fn into_table(self) -> Result<KeptTable, InvalidIdentifier> {
        self.read().map(|name| KeptTable { name })
    }
}

impl ColumnJson {
    pub(super) fn of(kept: &KeptColumn) -> Self {
        let sequence =
            |it: &KeptSequence| SequenceJson { sequence: NameJson::of(&it.name), aside: it.aside.as_str().to_owned() };
        Self {
            table: NameJson::of(&kept.column.relation),
            column: kept.column.name.as_str().to_owned(),
            aside: kept.aside.as_str().to_owned(),
            sequence: kept.sequence.as_ref().map(sequence),
            demands_value: kept.demands_value,
        }
    }

    pub(super) fn read(self) -> Result<KeptColumn, InvalidIdentifier> {
        let sequence = |it: SequenceJson| {
            Ok::<_, InvalidIdentifier>(KeptSequence { name: it.sequence.read()?, aside: Identifier::new(it.aside)? })
        };
        Ok(KeptColumn {
            column: ColumnName { relation: self.table.read()?, name: Identifier::new(self.column)? },
            aside: Identifier::new(self.aside)?,
            sequence: self.sequence.map(sequence).transpose()?,
            demands_value: self.demands_value,
        })
    }
}

impl ValuesJson {
    pub(super) fn of(kept: &KeptValues) -> Self {
        let pair = |it: &KeptValue| (it.column.as_str().to_owned(), it.aside.as_str().to_owned());
        Self {
            table: NameJson::of(&kept.table),
            mark: kept.mark.as_str().to_owned(),
            columns: kept.columns.iter().map(pair).collect(),
        }
    }

    pub(super) fn read(self) -> Result<KeptValues, InvalidIdentifier> {
        let pair = |(column, aside)| {
            Ok::<_, InvalidIdentifier>(KeptValue { column: Identifier::new(column)?, aside: Identifier::new(aside)? })
        };
        Ok(KeptValues {
            table: self.table.read()?,
            mark: Identifier::new(self.mark)?,
            columns: self.columns.into_iter().map(pair).collect::<Result<_, _>>()?,
        })
    }
}

impl RestoreJson {
    pub(super) fn of(step: &RestoreStep) -> Self {
        Self { about: step.about.clone(), sql: step.sql.clone() }
    }

    pub(super) fn read(self) -> RestoreStep {
        RestoreStep { about: self.about, sql: self.sql }
    }
}
