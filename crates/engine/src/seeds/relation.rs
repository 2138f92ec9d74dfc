//! A table as the catalog describes it, as far as seeds have to know it.

use limosa_catalog::{Identifier, Literal, QualifiedName};
use limosa_project::ColumnForm;
use serde::Deserialize;

/// What is asked of the catalog.
const SQL: &str = include_str!("relation.sql");

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relation {
    pub(super) oid: u32,
    pub(super) name: QualifiedName,
    /// `r` table, `p` partitioned table, `v` view …
    kind: String,
    pub(super) columns: Vec<Column>,
    /// Without those that are partial, over expressions or invalid; the primary key first.
    pub(super) uniques: Vec<Unique>,
    pub(super) foreign_keys: Vec<ForeignKey>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Column {
    name: String,
    /// As `format_type` spells it.
    pub(super) data_type: String,
    /// The name of its type, below any domain.
    base: String,
    /// The category of that type; `A` is an array.
    category: String,
    /// Whether its values can be equal and yet not the same.
    pub(super) loose: bool,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    /// `GENERATED ALWAYS AS IDENTITY`.
    pub(super) identity_always: bool,
    /// Computed from others.
    pub(super) generated: bool,
    /// From which its default takes values.
    pub(super) sequences: Vec<Sequence>,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Sequence {
    schema: String,
    name: String,
    /// Below zero where it counts down.
    pub(super) increment: i64,
    pub(super) least: i64,
    pub(super) most: i64,
}

/// Columns that are unique together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Unique {
    pub(super) primary: bool,
    pub(super) columns: Vec<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ForeignKey {
    pub(super) name: String,
    /// The table it refers to.
    pub(super) to: u32,
    pub(super) deferrable: bool,
    pub(super) columns: Vec<String>,
    pub(super) to_columns: Vec<String>,
}

impl Relation {
    /// The question about several tables.
    pub(super) fn question(names: &[QualifiedName]) -> String {
        let names: Vec<String> = names.iter().map(|name| Literal(&name.to_string()).to_string()).collect();
        SQL.replace("{names}", &names.join(", "))
    }

    /// One row of the answer; `None` for a table that is not there.
    pub(super) fn decode(row: &[Option<String>]) -> Option<Self> {
        let text = |index: usize| row.get(index).and_then(Option::as_deref);
        fn json<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Vec<T> {
            text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        }
        Some(Self {
            oid: text(0)?.parse().ok()?,
            name: QualifiedName {
                schema: Some(Identifier::new(text(1)?).ok()?),
                name: Identifier::new(text(2)?).ok()?,
            },
            kind: text(3)?.to_owned(),
            columns: json(text(4)),
            uniques: json(text(5)),
            foreign_keys: json(text(6)),
        })
    }

    /// Whether rows are stored in it, or in its partitions.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind.as_str(), "r" | "p")
    }

    pub(super) fn column(&self, name: &Identifier) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name.as_str())
    }

    /// The columns of the primary key; empty where there is none.
    pub(super) fn primary_key(&self) -> &[String] {
        self.uniques.iter().find(|unique| unique.primary).map_or(&[], |unique| &unique.columns)
    }

    /// Whether an index keeps these columns unique, in any order.
    pub(super) fn is_unique(&self, columns: &[Identifier]) -> bool {
        self.uniques.iter().any(|unique| {
            unique.columns.len() == columns.len()
                && unique.columns.iter().all(|name| columns.iter().any(|column| column.as_str() == name))
        })
    }
}

impl Column {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its name in SQL.
    pub(super) fn identifier(&self) -> Option<String> {
        Identifier::new(self.name.as_str()).ok().map(|name| name.to_string())
    }

    /// Whether the database numbers rows by it.
    pub(super) fn is_numbered(&self) -> bool {
        self.identity_always || !self.sequences.is_empty()
    }

    /// Whether its values are texts that a collation orders.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.base.as_str(), "text" | "varchar" | "bpchar" | "citext")
    }

    /// Whether JSON has a form for its values that keeps them as they are. Numbers with a fraction are texts there,
    /// since NaN is none of its numbers.
    pub(super) fn is_json_value(&self) -> bool {
        matches!(self.base.as_str(), "bool" | "int2" | "int4" | "int8")
    }

    /// What it takes of JSON and YAML.
    pub(super) fn form(&self) -> ColumnForm {
        match (self.base.as_str(), self.category.as_str()) {
            ("json" | "jsonb", _) => ColumnForm::Json,
            (_, "A") => ColumnForm::Array,
            _ => ColumnForm::Single,
        }
    }
}

impl Sequence {
    /// Its name in SQL.
    pub(super) fn qualified(&self) -> Option<QualifiedName> {
        let schema = Identifier::new(self.schema.as_str()).ok()?;
        Some(QualifiedName { schema: Some(schema), name: Identifier::new(self.name.as_str()).ok()? })
    }
}
