//! Values that a statement writes over, kept beside the new ones.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, ObjectName};

use super::kept::free;
use super::{AsideError, AsideName, SetAside};

/// The old values of a table's columns, in columns beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptValues {
    /// The table.
    pub table: ObjectName,
    /// The column that tells which rows were written over.
    pub mark: Identifier,
    /// The columns whose values are kept.
    pub columns: Vec<KeptValue>,
}

/// A column and the one that keeps what it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptValue {
    /// The column.
    pub column: Identifier,
    /// Where its old values are.
    pub aside: Identifier,
}

impl KeptValues {
    /// Chooses the names.
    ///
    /// # Errors
    /// See [`AsideError::Name`].
    pub fn new(table: ObjectName, columns: &[Identifier], name: &AsideName) -> Result<Self, AsideError> {
        let mark = name.schema().clone();
        let mut taken = BTreeSet::from([mark.clone()]);
        let keep =
            |column: &Identifier| Ok(KeptValue { column: column.clone(), aside: free(name, column, &mut taken)? });
        let columns = columns.iter().map(keep).collect::<Result<_, AsideError>>()?;
        Ok(Self { table, mark, columns })
    }

    /// What is set aside, with the statement that makes room for it. Columns without a default are added without a
    /// rewrite (since PostgreSQL 11). `types` has a type for each column.
    #[must_use]
    pub fn into_set_aside(self, types: &[String]) -> SetAside {
        let columns = self.columns.iter().zip(types).map(|(kept, kind)| format!("ADD COLUMN {} {kind}", kept.aside));
        let actions: Vec<String> = columns.chain([format!("ADD COLUMN {} boolean", self.mark)]).collect();
        let steps = vec![format!("ALTER TABLE {} {}", self.table, actions.join(", "))];
        SetAside { steps, values: Some(self), ..SetAside::default() }
    }

    /// What an `UPDATE` has to assign besides, over a row of the table: its old values.
    #[must_use]
    pub fn assignments(&self, row: &str) -> Vec<(Identifier, String)> {
        let values = self.columns.iter().map(|kept| (kept.aside.clone(), format!("{row}.{}", kept.column)));
        values.chain([(self.mark.clone(), "true".to_owned())]).collect()
    }

    /// The columns that are there meanwhile.
    pub fn names(&self) -> impl Iterator<Item = &Identifier> {
        self.columns.iter().map(|kept| &kept.aside).chain([&self.mark])
    }

    /// What gives the rows their old values again, in the table under the name that it has by then.
    #[must_use]
    pub fn back(&self, table: &ObjectName) -> Vec<String> {
        let values = self.columns.iter().map(|kept| format!("{} = {}", kept.column, kept.aside));
        let values: Vec<String> = values.collect();
        vec![format!("UPDATE {table} SET {} WHERE {}", values.join(", "), self.mark), self.gone(table)]
    }

    /// What removes them.
    #[must_use]
    pub fn gone(&self, table: &ObjectName) -> String {
        let columns: Vec<String> = self.names().map(|name| format!("DROP COLUMN {name}")).collect();
        format!("ALTER TABLE {table} {}", columns.join(", "))
    }
}
