//! The tables of a schema as a version sees them.

use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectName};

use super::super::phases::Shown;
use super::super::situation::Situation;
use super::VersionView;

/// The tables of a schema as a version sees them, by their names.
pub(super) struct Picture<'a> {
    tables: Vec<SeenTable<'a>>,
}

/// A table as a version sees it.
pub(super) struct SeenTable<'a> {
    /// The table as it is called now.
    pub(super) table: ObjectName,
    /// What the version calls it.
    pub(super) name: Identifier,
    /// Its columns in their order; `None` where they are known only when it is there, and all are shown.
    pub(super) columns: Option<Vec<SeenColumn>>,
    /// What the catalog knows of it.
    pub(super) entry: Option<Entry<'a>>,
}

/// A column as a version sees it.
pub(super) struct SeenColumn {
    /// As it is called now.
    pub(super) column: Identifier,
    /// As the version calls it.
    pub(super) name: Identifier,
}

impl<'a> Picture<'a> {
    /// The tables of `schema` with what is shown otherwise, in this order, and with tables that the change itself
    /// makes.
    pub(super) fn of(situation: &Situation<'a>, schema: &Identifier, shows: &[&Shown], new: &[ObjectName]) -> Self {
        let mut tables: Vec<SeenTable<'a>> = situation
            .catalog
            .iter()
            .filter_map(|entry| Some((relation(entry).filter(|name| name.schema == *schema)?, entry)))
            .filter(|(_, entry)| !is_partition(*entry) && !is_granted_by_columns(*entry))
            .filter_map(|(table, entry)| seen(situation, table, entry, shows))
            .collect();
        let made = new.iter().map(|table| SeenTable {
            table: table.clone(),
            name: table.name.clone(),
            columns: None,
            entry: None,
        });
        tables.extend(made);
        Self { tables }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &SeenTable<'a>> {
        self.tables.iter()
    }

    /// The views that show it, in the order of their names.
    pub(super) fn views(&self) -> impl Iterator<Item = VersionView> {
        let mut views: Vec<VersionView> = self
            .tables
            .iter()
            .map(|table| VersionView {
                name: table.name.clone(),
                columns: table.columns.iter().flatten().map(|column| column.name.clone()).collect(),
            })
            .collect();
        views.sort_by(|one, other| one.name.cmp(&other.name));
        views.into_iter()
    }

    /// What the version calls its tables.
    pub(super) fn names(&self) -> impl Iterator<Item = &Identifier> {
        self.tables.iter().map(|table| &table.name)
    }
}

/// Which table is shown otherwise, or has a column that is.
pub(super) fn shown_table(shown: &Shown) -> &ObjectName {
    match shown {
        Shown::Column { column, .. } | Shown::Hidden(column) => &column.relation,
        Shown::Table { table, .. } | Shown::HiddenTable(table) => table,
    }
}

/// Views are not among them: they are found behind, in the schema itself, and can be made anew there at any time.
fn relation(entry: Entry<'_>) -> Option<ObjectName> {
    match entry.id() {
        ObjectId::Table(name) | ObjectId::ForeignTable(name) => Some(name.clone()),
        _ => None,
    }
}

/// Whether somebody has privileges on some columns only. Such a table is found behind, in the schema itself.
pub(super) fn is_granted_by_columns(table: Entry<'_>) -> bool {
    let is_grant = |entry: Entry<'_>| matches!(entry.id(), ObjectId::Grant(_));
    let mut columns = table.children().filter(|child| matches!(child.id(), ObjectId::Column(_)));
    columns.any(|column| column.children().any(is_grant))
}

/// Clients name the whole.
fn is_partition(entry: Entry<'_>) -> bool {
    match entry.object() {
        Object::Table(table) => table.partition_of.is_some(),
        Object::ForeignTable(table) => table.partition_of.is_some(),
        _ => false,
    }
}

fn seen<'a>(situation: &Situation<'a>, table: ObjectName, entry: Entry<'a>, shows: &[&Shown]) -> Option<SeenTable<'a>> {
    let mut name = table.name.clone();
    let mut slots = columns(situation, entry);
    for shown in shows.iter().filter(|shown| *shown_table(shown) == table) {
        match shown {
            Shown::HiddenTable(_) => return None,
            Shown::Table { name: new, .. } => name = new.clone(),
            Shown::Hidden(column) => {
                let hidden = slots.iter_mut().filter(|slot| slot.column == column.name);
                hidden.for_each(|slot| slot.name = None);
            }
            Shown::Column { column, name } => show(situation, &mut slots, &column.name, name),
        }
    }
    let columns = slots.into_iter().filter_map(|slot| Some(SeenColumn { column: slot.column, name: slot.name? }));
    Some(SeenTable { table, name, columns: Some(columns.collect()), entry: Some(entry) })
}

/// A column, and its name where it is shown.
struct Slot {
    column: Identifier,
    name: Option<Identifier>,
}

/// The columns of a table in their order, without those that Limosa keeps for itself.
fn columns(situation: &Situation<'_>, table: Entry<'_>) -> Vec<Slot> {
    let mut columns: Vec<(i16, &Identifier)> = table
        .children()
        .filter_map(|child| match (child.id(), child.object()) {
            (ObjectId::Column(name), Object::Column(column)) => Some((column.position, &name.name)),
            _ => None,
        })
        .collect();
    columns.sort_by_key(|(position, _)| *position);
    let is_shown = |column: &Identifier| !situation.is_kept(column);
    columns
        .into_iter()
        .map(|(_, column)| Slot { column: column.clone(), name: is_shown(column).then(|| column.clone()) })
        .collect()
}

/// Lets a column be seen by a name. An interim one takes the place of the column whose name it will have.
fn show(situation: &Situation<'_>, slots: &mut Vec<Slot>, column: &Identifier, name: &Identifier) {
    let at = slots.iter().position(|slot| slot.column == *column);
    let slot = Slot { column: column.clone(), name: Some(name.clone()) };
    let replaced = slots.iter().position(|slot| slot.column == *name).filter(|_| situation.is_kept(column));
    match (at, replaced) {
        (Some(at), Some(replaced)) => {
            slots.remove(at);
            slots.insert(if at < replaced { replaced - 1 } else { replaced }, slot);
        }
        (Some(at), None) => slots[at] = slot,
        (None, Some(replaced)) => slots.insert(replaced, slot),
        (None, None) => slots.push(slot),
    }
}
