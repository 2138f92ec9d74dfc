//! A table as the server describes it, and the columns by which a tool's history is known.

use limosa_catalog::{Identifier, QualifiedName};

/// A table outside the server's own schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenTable {
    /// Its schema and name.
    pub name: QualifiedName,
    /// Its columns, in their order.
    pub columns: Vec<SeenColumn>,
    /// Whether the role that looks may read it.
    pub readable: bool,
    /// What it is called itself while a guard has put a view in its place.
    pub behind: Option<Identifier>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenColumn {
    /// Its name.
    pub name: String,
    /// Its type, as `format_type` spells it.
    pub data_type: String,
}

/// What a column holds, whatever its exact type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    /// Also `numeric`, in which some drivers keep numbers.
    Number,
    Boolean,
    Time,
    Bytes,
    Texts,
    Json,
}

impl SeenColumn {
    fn holds(&self) -> Option<Holds> {
        // `character varying(255)`, `timestamp(6) with time zone`.
        let plain = match self.data_type.split_once('(') {
            Some((before, after)) => format!("{before}{}", after.split_once(')').map_or("", |(_, rest)| rest)),
            None => self.data_type.clone(),
        };
        Some(match plain.as_str() {
            "text" | "character varying" | "character" => Holds::Text,
            "smallint" | "integer" | "bigint" | "numeric" => Holds::Number,
            "boolean" => Holds::Boolean,
            "timestamp with time zone" | "timestamp without time zone" => Holds::Time,
            "bytea" => Holds::Bytes,
            "text[]" | "character varying[]" => Holds::Texts,
            "json" | "jsonb" => Holds::Json,
            _ => return None,
        })
    }

    /// Whether its values are times that do not say of which zone.
    #[must_use]
    pub fn is_without_zone(&self) -> bool {
        self.data_type.starts_with("timestamp") && self.data_type.ends_with("without time zone")
    }
}

/// The columns of a tool's history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Those that are always there.
    pub(crate) required: &'static [(&'static str, Holds)],
    /// Those that some versions or settings of the tool have.
    pub(crate) optional: &'static [(&'static str, Holds)],
}

/// How a table fits a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShapeFit {
    /// Columns that the shape does not know.
    pub(crate) unknown: Vec<String>,
}

impl Shape {
    /// `None` where a column lacks or holds something else.
    pub(crate) fn fit(&self, table: &SeenTable) -> Option<ShapeFit> {
        let known = |column: &SeenColumn| {
            let mut all = self.required.iter().chain(self.optional);
            all.find(|(name, _)| column.name.eq_ignore_ascii_case(name)).map(|(_, holds)| *holds)
        };
        let mut unknown = Vec::new();
        let mut met = 0;
        for column in &table.columns {
            match known(column) {
                Some(expected) if column.holds() != Some(expected) => return None,
                Some(_) => {
                    met += usize::from(self.required.iter().any(|(name, _)| column.name.eq_ignore_ascii_case(name)));
                }
                None => unknown.push(column.name.clone()),
            }
        }
        (met == self.required.len()).then_some(ShapeFit { unknown })
    }
}

impl SeenTable {
    /// Whether it has a column of this name.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|own| own.name == column)
    }

    /// Its name without the schema.
    pub(crate) fn plain(&self) -> &str {
        self.name.name.as_str()
    }

    /// Whether another table lies in the same schema.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.name.schema == other.name.schema && self.name != other.name
    }

    /// Where its rows are.
    #[must_use]
    pub fn rows(&self) -> QualifiedName {
        let name = self.behind.as_ref().unwrap_or(&self.name.name);
        QualifiedName { schema: self.name.schema.clone(), name: name.clone() }
    }

    /// As people write it: the schema, a dot, and the name.
    #[must_use]
    pub fn shown(&self) -> String {
        let schema = self.name.schema.as_ref().map(|schema| format!("{}.", schema.as_str())).unwrap_or_default();
        format!("{schema}{}", self.plain())
    }
}
