//! The trigger that gives a column its value where a client of the other version does not know of it.
//!
//! A column that the statement itself changed is left. Otherwise it is computed anew when one of the columns changed
//! that it is computed from, and where it is null in a new row. So a column that is split into others, and others that
//! are merged into one, need nothing but one such trigger for each column.

use limosa_catalog::{Identifier, ObjectName};

use super::expression::RowExpression;
use super::refusal::Refusal;
use super::sync::{create_trigger, drop_trigger, unequal};
use crate::null::is_null;

/// A column that is computed from others, or stands in for one, while clients know only one of both.
pub(super) struct Fill<'a> {
    pub(super) table: &'a ObjectName,
    /// All columns of the table.
    pub(super) columns: &'a [Identifier],
    pub(super) column: &'a Identifier,
    /// The column's type.
    pub(super) data_type: &'a str,
    pub(super) value: &'a RowExpression,
    pub(super) function: ObjectName,
    pub(super) trigger: &'a Identifier,
    pub(super) search_path: Option<&'a str>,
    /// The default that was taken away from the column meanwhile, so that it is seen where no value was written.
    pub(super) default: Option<&'a str>,
    /// Only null is replaced; a value stays when what it was computed from changes.
    pub(super) only_null: bool,
}

impl Fill<'_> {
    /// The function and the trigger.
    pub(super) fn create(&self) -> Vec<String> {
        let (body, when) = self.words();
        create_trigger(self.table, self.trigger, &self.function, self.search_path, &body, &when)
    }

    /// Refuses a query where the trigger asks by the value whether it has anything to do.
    pub(super) fn refuse_query(&self, directive: &str) -> Result<(), Refusal> {
        if self.is_only_for_null() { Ok(()) } else { self.value.refuse_query(directive) }
    }

    /// Whether nothing but null in the column itself tells that it has to be computed.
    fn is_only_for_null(&self) -> bool {
        self.only_null || self.sources().iter().all(|source| source == self.column)
    }

    /// What the trigger does, and where.
    pub(super) fn words(&self) -> (String, String) {
        let column = self.column;
        let value = self.value.of_row("NEW", self.columns, Clone::clone);
        let sources: Vec<Identifier> =
            self.value.names(self.columns).into_iter().filter(|source| source != column).collect();
        let changed = |column: &Identifier| unequal(&format!("NEW.{column}"), &format!("OLD.{column}"));
        let only_null = self.is_only_for_null();
        let own = is_null(format!("NEW.{column}"));
        let recomputed = if only_null {
            own.clone()
        } else {
            let any = sources.iter().map(changed).collect::<Vec<_>>().join(" OR ");
            format!("{own} OR NOT ({}) AND ({any})", changed(column))
        };
        let first = self.default.map_or_else(|| value.clone(), |default| format!("coalesce({value}, {default})"));
        let body = format!(
            "BEGIN\n  IF TG_OP = 'INSERT' THEN\n    IF {own} THEN\n      NEW.{column} := {first};\n    \
             END IF;\n  ELSIF {recomputed} THEN\n    NEW.{column} := {value};\n  END IF;\n  RETURN NEW;\nEND\n"
        );
        let differs = unequal(&format!("({value})::{}", self.data_type), &format!("NEW.{column}"));
        let when = match (only_null, self.default) {
            (true, _) => own,
            (false, Some(_)) => format!("{own} OR {differs}"),
            (false, None) => differs,
        };
        (body, when)
    }

    /// The columns that the value is computed from.
    pub(super) fn sources(&self) -> Vec<Identifier> {
        self.value.names(self.columns)
    }

    /// What takes both away, whether they are there or not.
    pub(super) fn drop(&self) -> Vec<String> {
        drop_trigger(self.table, self.trigger, &self.function)
    }
}
