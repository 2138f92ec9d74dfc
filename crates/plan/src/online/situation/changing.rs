//! Columns that are another one until contract, and what must not hang on them.

use limosa_catalog::{ColumnName, Identifier, Object, ObjectId, ObjectName};

use super::super::family;
use super::super::fill::Fill;
use super::super::refusal::Refusal;
use super::Situation;

/// A column that a trigger computes from others.
#[derive(Clone)]
pub(in super::super) struct Filled {
    table: ObjectName,
    pub(in super::super) column: Identifier,
    sources: Vec<Identifier>,
    /// What the trigger does.
    pub(in super::super) body: String,
    /// Where it fires.
    pub(in super::super) when: String,
}

impl Situation<'_> {
    /// The table whose columns a partition has; a table that is none is its own.
    fn whole(&self, table: &ObjectName) -> ObjectName {
        family::whole(self.catalog, table)
    }

    /// Columns that the statements before have added to a table.
    pub(in super::super) fn added(&self, table: &ObjectName) -> Vec<Identifier> {
        let whole = self.whole(table);
        self.added.borrow().iter().filter(|column| column.relation == whole).map(|column| column.name.clone()).collect()
    }

    pub(in super::super) fn adds(&self, column: ColumnName) {
        self.added.borrow_mut().insert(column);
    }

    /// Notes a column that is another one until contract, and refuses a second change of it.
    pub(in super::super) fn changes(&self, column: ColumnName) -> Result<(), Refusal> {
        self.refuse_second_change(&column)?;
        self.refuse_open_change(&column)?;
        self.changing.borrow_mut().insert(column);
        Ok(())
    }

    /// Notes a column that has another name in views until contract, and refuses a second change of it. It stays the
    /// same column, so what hangs on it stays as well.
    pub(in super::super) fn renames(&self, column: ColumnName) -> Result<(), Refusal> {
        self.refuse_second_change(&column)?;
        self.renamed.borrow_mut().insert(column);
        Ok(())
    }

    fn refuse_second_change(&self, column: &ColumnName) -> Result<(), Refusal> {
        self.refuse_changing(&column.relation, std::slice::from_ref(&column.name))?;
        match self.renamed.borrow().contains(column) {
            true => Err(Refusal::new(
                format!("{} is renamed by a statement before", column.name.for_people()),
                "move this to a migration of its own, to be applied behind the contract of this one",
            )),
            false => Ok(()),
        }
    }

    /// Refuses a column that another online change, which is open, has a hand in.
    pub(in super::super) fn refuse_open_change(&self, column: &ColumnName) -> Result<(), Refusal> {
        let Some(entry) = self.catalog.entry(&ObjectId::Column(column.clone())) else { return Ok(()) };
        let is_kept_in_step = entry
            .dependents()
            .any(|(other, _)| matches!(other.object(), Object::Trigger(_)) && self.is_interim(other.id()));
        if is_kept_in_step || self.is_interim(entry.id()) {
            return Err(Refusal::new(
                format!("{} belongs to an online change that is open", column.name.for_people()),
                "contract that one first: `limosa contract`",
            ));
        }
        Ok(())
    }

    /// Refuses what would hang on a column that goes with contract.
    pub(in super::super) fn refuse_changing(&self, table: &ObjectName, columns: &[Identifier]) -> Result<(), Refusal> {
        let whole = self.whole(table);
        let is_it = |column: &&ColumnName| column.relation == whole && columns.contains(&column.name);
        match self.changing.borrow().iter().find(is_it) {
            Some(column) => Err(Refusal::new(
                format!(
                    "{} is changed by a statement before, and is another column until contract",
                    column.name.for_people()
                ),
                "move this to a migration of its own, to be applied behind the contract of this one",
            )),
            None => self.refuse_going(table, columns),
        }
    }

    /// Refuses what would hang on a table of which a column goes with contract.
    pub(in super::super) fn refuse_any_changing(&self, table: &ObjectName) -> Result<(), Refusal> {
        let changing = self.changing.borrow().iter().find(|column| column.relation == *table).cloned();
        match changing {
            Some(column) => self.refuse_changing(table, &[column.name]),
            None => self.refuse_any_going(table),
        }
    }

    /// Notes a column that a trigger computes from others.
    pub(in super::super) fn fills(&self, fill: &Fill<'_>) {
        let (body, when) = fill.words();
        let (table, column) = (fill.table.clone(), fill.column.clone());
        self.filled.borrow_mut().push(Filled { table, column, sources: fill.sources(), body, when });
    }

    /// The columns that triggers of the statements before compute from this one.
    pub(in super::super) fn filled_from(&self, column: &ColumnName) -> Vec<Filled> {
        let is_one = |it: &&Filled| it.table == column.relation && it.sources.contains(&column.name);
        self.filled.borrow().iter().filter(is_one).cloned().collect()
    }
}
