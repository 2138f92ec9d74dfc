//! A column that gets other values: the key, or what refers to it.

use limosa_catalog::kind::column::Column;
use limosa_catalog::{ColumnName, Entry, Identifier, ObjectName};

use super::super::expression::RowExpression;
use super::super::family;
use super::super::phases::Shown;
use super::super::sync::unequal;
use super::super::table::Table;
use super::form::{Form, takes_any};
use super::map::{Map, translator};

/// A column that gets other values.
pub(super) struct Member<'a> {
    pub(super) table: Table<'a>,
    pub(super) column: Identifier,
    pub(super) entry: Entry<'a>,
    pub(super) facts: &'a Column,
    /// The type that it gets.
    pub(super) new_type: String,
    /// What it is called at the end.
    pub(super) final_name: Identifier,
    /// What it is called while both versions live.
    pub(super) interim: Identifier,
    pub(super) form: Form,
    /// No foreign key says that its values are ids.
    pub(super) is_loose: bool,
    /// True for the rows that refer to the key; all where there is none.
    pub(super) condition: Option<RowExpression>,
}

impl Member<'_> {
    pub(super) fn name(&self) -> ColumnName {
        self.table.column_name(&self.column)
    }

    /// How the new version sees it, where each has views of its own.
    pub(super) fn shown(&self) -> [Shown; 2] {
        let interim = self.table.column_name(&self.interim);
        [Shown::Column { column: interim, name: self.final_name.clone() }, Shown::Hidden(self.name())]
    }

    /// The tables that hold its rows: its partitions, where it has any.
    pub(super) fn leaves(&self) -> Vec<ObjectName> {
        match self.table.is_partitioned() {
            true => family::leaves(self.table.entry).map(|(name, _)| name).collect(),
            false => vec![self.table.name.clone()],
        }
    }

    pub(super) fn old_type(&self) -> &str {
        self.facts.data_type.as_str()
    }

    /// The names of all columns that expressions of its rows may name.
    fn columns(&self) -> Vec<Identifier> {
        self.table.columns()
    }

    /// Whether a row refers to the key, where only some do.
    pub(super) fn refers(&self, row: &str) -> Option<String> {
        let condition = self.condition.as_ref()?;
        Some(format!("(({}) IS TRUE)", condition.of_row(row, &self.columns(), Clone::clone)))
    }

    /// The columns that decide whether a row refers to the key.
    pub(super) fn deciding(&self) -> Vec<Identifier> {
        let named = self.condition.as_ref().map(|condition| condition.names(&self.columns())).unwrap_or_default();
        named.into_iter().filter(|name| *name != self.column).collect()
    }

    /// The value that it gets, over a row.
    pub(super) fn forward(&self, map: &Map, row: &str) -> String {
        let functions = map.forward();
        let by = translator(&functions, [&map.from.data_type, &map.to.data_type]);
        let value = format!("{row}.{}", self.column);
        let is_text = self.asks_for_texts(&map.from.data_type);
        let translated = self.form.translated(&value, is_text, &self.new_type, by);
        self.where_it_refers(row, &translated, &format!("{value}::{}", self.new_type))
    }

    /// The value that it had, over a row.
    pub(super) fn back(&self, map: &Map, row: &str) -> String {
        let functions = map.backward();
        let by = translator(&functions, [&map.to.data_type, &map.from.data_type]);
        let value = format!("{row}.{}", self.interim);
        let is_text = self.asks_for_new_texts(&map.to.data_type);
        let translated = self.form.translated(&value, is_text, self.old_type(), by);
        self.where_it_refers(row, &translated, &format!("{value}::{}", self.old_type()))
    }

    /// Whether the map is asked for texts of old ids.
    pub(super) fn asks_for_texts(&self, key_type: &str) -> bool {
        self.form.asks_for_texts(self.old_type(), key_type, self.may_hold_others())
    }

    /// Whether it is asked for texts of new ones.
    pub(super) fn asks_for_new_texts(&self, key_type: &str) -> bool {
        self.form.asks_for_texts(&self.new_type, key_type, self.may_hold_others())
    }

    /// Whether it may hold what is no id: a text on both sides, which no foreign key keeps out.
    fn may_hold_others(&self) -> bool {
        let holds_texts = |data_type: &str| takes_any(data_type.trim_end_matches("[]"));
        self.is_loose && holds_texts(self.old_type()) && holds_texts(&self.new_type)
    }

    fn where_it_refers(&self, row: &str, translated: &str, otherwise: &str) -> String {
        match self.refers(row) {
            Some(refers) => format!("CASE WHEN {refers} THEN {translated} ELSE {otherwise} END"),
            None => translated.to_owned(),
        }
    }

    /// Whether its old value, and whether its new one, was changed by an `UPDATE`.
    pub(super) fn changed(&self) -> [String; 2] {
        [&self.column, &self.interim].map(|name| unequal(&format!("NEW.{name}"), &format!("OLD.{name}")))
    }
}
