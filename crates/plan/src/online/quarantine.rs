//! `-- limosa: quarantine`: rows for which an expression fails stay as they are until contract, and are kept then.

use limosa_catalog::{Identifier, Literal, ObjectName};

use super::expression::RowExpression;
use super::phases::Quarantine;
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;
use crate::null::{is_not_null, is_null};

/// An expression that gives null where it fails.
pub(super) struct Tried<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) data_type: &'a str,
    pub(super) value: &'a RowExpression,
    /// Its columns with their types.
    sources: Vec<(Identifier, String)>,
    function: ObjectName,
    search_path: &'a str,
}

impl<'a> Tried<'a> {
    pub(super) fn new(
        situation: &'a Situation<'_>,
        table: &'a Table<'a>,
        (column, data_type): (&Identifier, &'a str),
        value: &'a RowExpression,
        place: usize,
    ) -> Result<Self, Refusal> {
        let mut sources = Vec::new();
        for source in value.names(&table.columns()) {
            let (_, facts) = table.column(&source)?;
            sources.push((source, facts.data_type.as_str().to_owned()));
        }
        // Clients call it from a trigger, and may use the table's schema.
        let function = ObjectName { schema: table.name.schema.clone(), name: situation.interim(column, place + 2) };
        Ok(Self { table, data_type, value, sources, function, search_path: &situation.search_path })
    }

    fn names(&self) -> Vec<Identifier> {
        self.sources.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Makes the function that tries.
    pub(super) fn create(&self) -> String {
        let names = self.names();
        let types: Vec<&str> = self.sources.iter().map(|(_, data_type)| data_type.as_str()).collect();
        let argument = |column: &Identifier| names.iter().position(|name| name == column).map_or(0, |at| at + 1);
        let value = self.value.computed(&names, |column| format!("${}", argument(column)));
        let data_type = self.data_type;
        format!(
            "CREATE FUNCTION {}({}) RETURNS {data_type} LANGUAGE plpgsql STABLE\nSET search_path = {} AS $limosa$\n\
             DECLARE\n  limosa_value {data_type};\nBEGIN\n  limosa_value := {value};\n  RETURN limosa_value;\n\
             EXCEPTION WHEN OTHERS THEN\n  RETURN NULL;\nEND\n$limosa$",
            self.function,
            types.join(", "),
            self.search_path
        )
    }

    /// Takes it away, whether it is there or not.
    pub(super) fn drop(&self) -> String {
        let types: Vec<&str> = self.sources.iter().map(|(_, data_type)| data_type.as_str()).collect();
        format!("DROP FUNCTION IF EXISTS {}({})", self.function, types.join(", "))
    }

    /// A call of it, over the table's columns.
    pub(super) fn call(&self) -> RowExpression {
        let names: Vec<String> = self.names().iter().map(Identifier::to_string).collect();
        RowExpression::said(&format!("{}({})", self.function, names.join(", ")))
    }

    /// The rows that are left, and what keeps them for later. `new` is the column without values, beside `column`.
    pub(super) fn left(&self, situation: &Situation<'_>, column: &Identifier, new: &Identifier) -> Quarantine {
        let table = &self.table.name;
        let mut names = self.names();
        let there: Vec<String> = names.iter().map(is_not_null).collect();
        let there = if there.is_empty() { "true".to_owned() } else { there.join(" AND ") };
        if !names.contains(column) {
            names.push(column.clone());
        }
        let pairs: Vec<String> = names.iter().map(|name| format!("{}, {name}", Literal(name.as_str()))).collect();
        let row = self.row_key(&Identifier::to_string);
        let rows = format!("FROM {table} WHERE {} AND {there}", is_null(new));
        let history = situation.settings.history_schema;
        Quarantine {
            table: table.clone(),
            rows: format!("SELECT {row} {rows}"),
            keep: format!(
                "INSERT INTO {history}.quarantine (online, relation, row_key, old_values) SELECT {}, {}, {row}, \
                 pg_catalog.jsonb_build_object({}) {rows}",
                situation.settings.number,
                Literal(&table.to_string()),
                pairs.join(", ")
            ),
        }
    }

    /// Gives rows back what they held in a column, when that has its old type again and nobody has given them anything
    /// else. They are found by their keys; without one, nobody knows any more which row it was.
    pub(super) fn give_back(&self, situation: &Situation<'_>, column: &Identifier) -> Option<String> {
        let table = &self.table.name;
        let is_row = match self.table.key().as_slice() {
            [] => return None,
            // By the index of the key.
            [only] => {
                let (_, facts) = self.table.column(only).ok()?;
                format!("limosa_row.{only} = limosa_kept.row_key::{}", facts.data_type)
            }
            _ => format!("{} = limosa_kept.row_key", self.row_key(&|name| format!("limosa_row.{name}"))),
        };
        let history = situation.settings.history_schema;
        let name = Literal(column.as_str());
        Some(format!(
            "UPDATE {table} AS limosa_row\nSET {column} = (pg_catalog.jsonb_populate_record(NULL::{table}, \
             pg_catalog.jsonb_build_object({name}, limosa_kept.old_values -> {name}))).{column}\n\
             FROM {history}.quarantine AS limosa_kept\nWHERE limosa_kept.online = {} AND limosa_kept.relation = {} \
             AND {is_row}\n  AND {};",
            situation.settings.number,
            Literal(&table.to_string()),
            is_null(format!("limosa_row.{column}")),
        ))
    }

    /// What tells a row from others, as text.
    fn row_key(&self, said: &dyn Fn(&Identifier) -> String) -> String {
        match self.table.key().as_slice() {
            [] => "ctid::text".to_owned(),
            [only] => format!("{}::text", said(only)),
            several => format!("ROW({})::text", several.iter().map(said).collect::<Vec<_>>().join(", ")),
        }
    }
}
