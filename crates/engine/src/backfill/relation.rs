//! The table as it is when a job begins.

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, Literal, QualifiedName};

use super::definition::{Assignment, BackfillDefinition};
use super::error::BackfillError;

/// What is asked of the catalog.
const SQL: &str = include_str!("relation.sql");

/// A table, its key and its size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Relation {
    pub(crate) oid: u32,
    pub(crate) name: QualifiedName,
    /// What the definition calls its rows.
    pub(crate) alias: Option<Identifier>,
    /// Whether its rows are spread over several tables.
    pub(crate) is_partitioned: bool,
    /// Rows by the server's estimate; `None` where it was never analysed.
    pub(crate) rows: Option<f64>,
    pub(crate) pages: u64,
    /// The columns of the primary key, or of another unique index without nulls; empty where there is none.
    pub(crate) key: Vec<KeyColumn>,
    /// The types of its columns, as `format_type` spells them.
    pub(crate) columns: BTreeMap<String, String>,
}

/// A column of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyColumn {
    pub(crate) name: Identifier,
    /// As `format_type` spells it.
    pub(crate) data_type: String,
}

impl Relation {
    /// The question about the table of a name, as SQL spells it.
    pub(crate) fn question(table: &str) -> String {
        SQL.replace("{name}", &Literal(table).to_string())
    }

    /// The answer for the table that a definition changes.
    ///
    /// # Errors
    /// There is no such table, it is none of the kind whose rows can be changed, a policy hides rows of it, or it lacks
    /// a column.
    pub(crate) fn decode(definition: &BackfillDefinition, rows: &[Vec<Option<String>>]) -> Result<Self, BackfillError> {
        let relation = Self { alias: definition.alias.clone(), ..Self::named(&definition.table, rows)? };
        let text = |index: usize| rows.first().and_then(|row| row.get(index)).and_then(Option::as_deref);
        if text(9) == Some("t") {
            let role = text(10).unwrap_or_default().to_owned();
            return Err(BackfillError::RowsHidden { table: relation.name, role });
        }
        let lacks = |column: &&Identifier| !relation.columns.contains_key(column.as_str());
        if let Some(missing) = definition.columns().into_iter().find(lacks) {
            let (table, columns) = (definition.table.clone(), relation.columns.into_keys().collect());
            return Err(BackfillError::NoColumn { table, column: missing.clone(), columns });
        }
        Ok(relation)
    }

    /// The answer for any table.
    pub(crate) fn named(table: &str, rows: &[Vec<Option<String>>]) -> Result<Self, BackfillError> {
        let no_table = || BackfillError::NoTable { table: table.to_owned() };
        let row = rows.first().ok_or_else(no_table)?;
        let text = |index: usize| row.get(index).and_then(Option::as_deref).unwrap_or_default();
        let kind = text(3);
        if !matches!(kind, "r" | "p") {
            return Err(BackfillError::NotATable { table: table.to_owned() });
        }
        let name = |text: &str| Identifier::new(text).map_err(|_| no_table());
        let json = |index: usize| serde_json::from_str::<serde_json::Value>(text(index)).unwrap_or_default();
        let columns: BTreeMap<String, String> = serde_json::from_value(json(7)).unwrap_or_default();
        let key: Vec<(String, String)> = serde_json::from_value(json(6)).unwrap_or_default();
        let key = key.into_iter().map(|(column, data_type)| Ok(KeyColumn { name: name(&column)?, data_type }));
        Ok(Self {
            oid: text(0).parse().unwrap_or_default(),
            name: QualifiedName { schema: Some(name(text(1))?), name: name(text(2))? },
            alias: None,
            is_partitioned: kind == "p" || text(8) == "t",
            rows: text(4).parse().ok().filter(|rows| *rows >= 0.0),
            pages: text(5).parse().unwrap_or_default(),
            key: key.collect::<Result<_, BackfillError>>()?,
            columns,
        })
    }

    /// The table and what its rows are called, for `UPDATE`, `DELETE FROM` and `FROM`.
    pub(crate) fn table(&self) -> String {
        self.alias.as_ref().map_or_else(|| self.name.to_string(), |alias| format!("{} AS {alias}", self.name))
    }

    /// What stands before the name of a column.
    pub(crate) fn row(&self) -> String {
        self.alias.as_ref().map_or_else(|| self.name.to_string(), ToString::to_string)
    }

    /// The columns of the key and their types, as JSON.
    pub(crate) fn key_json(&self) -> String {
        let key: Vec<_> = self.key.iter().map(|column| (column.name.as_str(), &column.data_type)).collect();
        serde_json::to_string(&key).unwrap_or_default()
    }

    /// Rows on a page, at least one.
    pub(crate) fn rows_per_page(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "pages are fewer than 2^32")]
        let pages = self.pages.max(1) as f64;
        self.rows.map_or(USUAL_ROWS_PER_PAGE, |rows| (rows / pages).max(1.0))
    }
}

/// Before a table was ever analysed.
const USUAL_ROWS_PER_PAGE: f64 = 50.0;

/// The key of the table into which rows are copied: what tells whether a row is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetKey {
    name: QualifiedName,
    key: Vec<KeyColumn>,
}

impl TargetKey {
    /// The key of a table; `None` where it has none.
    pub(crate) fn of(target: Relation) -> Option<Self> {
        (!target.key.is_empty()).then_some(Self { name: target.name, key: target.key })
    }

    /// True where the table lacks the row that these values make; `None` where they leave the key to a default.
    pub(crate) fn missing(&self, values: &[Assignment]) -> Option<String> {
        let equal = |column: &KeyColumn| {
            let value = values.iter().find(|value| value.column == column.name)?;
            let (name, expression, data_type) = (&column.name, &value.expression, &column.data_type);
            Some(format!("limosa_target.{name} = (({expression}\n)::{data_type})"))
        };
        let equal = self.key.iter().map(equal).collect::<Option<Vec<_>>>()?;
        Some(format!("NOT EXISTS (SELECT FROM {} limosa_target WHERE {})", self.name, equal.join(" AND ")))
    }
}
