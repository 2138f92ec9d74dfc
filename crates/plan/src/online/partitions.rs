//! What is built on a partitioned table: on each partition while that is in use, and then on the whole, which takes
//! what it finds.

use std::fmt::Display;

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{Entry, Identifier, Object, ObjectKind, ObjectName};

use super::expression::RowExpression;
use super::phases::OnlineStep;
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;

/// A partition, or one of a partition.
pub(super) struct Part<'a> {
    pub(super) table: Table<'a>,
    /// The table that it is a partition of.
    parent: ObjectName,
}

/// All partitions of a table, each behind its parent.
pub(super) fn parts<'a>(table: &Table<'a>) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut waiting = vec![table.name.clone()];
    while let Some(parent) = waiting.pop() {
        let is_part = |entry: &Entry<'_>| match entry.object() {
            Object::Table(own) => own.partition_of.as_ref().is_some_and(|it| it.parent == parent),
            _ => false,
        };
        for entry in table.entry.catalog().of_kind(ObjectKind::Table).filter(is_part) {
            if let limosa_catalog::ObjectId::Table(name) = entry.id() {
                waiting.push(name.clone());
                parts.push(Part { table: Table { name: name.clone(), entry, earlier: &[] }, parent: parent.clone() });
            }
        }
    }
    parts
}

/// Refuses a key that does not name all columns by which the rows are in partitions, of the table and of partitions of
/// it: the server tells rows apart within one partition only.
pub(super) fn refuse_across_partitions(table: &Table<'_>, key: &[Identifier]) -> Result<(), Refusal> {
    let own = Table { name: table.name.clone(), entry: table.entry, earlier: table.earlier };
    let columns = table.columns();
    for whole in std::iter::once(own).chain(parts(table).into_iter().map(|part| part.table)) {
        let Object::Table(facts) = whole.entry.object() else { continue };
        let Some(by) = facts.partition_by.as_ref().map(|by| by.as_str()) else { continue };
        let whole = whole.name.name.for_people();
        if by.matches('(').count() > 1 {
            return Err(Refusal::new(
                format!("{whole} is partitioned by an expression ({by}), over which PostgreSQL has no unique key"),
                "build it on the partitions alone",
            ));
        }
        if let Some(column) = RowExpression::said(by).names(&columns).iter().find(|column| !key.contains(column)) {
            let column = column.for_people();
            return Err(Refusal::new(
                format!("{whole} is partitioned by {column}, which the key does not name"),
                format!("name {column} in the key, too: PostgreSQL tells rows apart within one partition only"),
            ));
        }
    }
    Ok(())
}

/// Lets a partitioned table take over the foreign keys of its partitions by `add`. With each of them the server drops
/// triggers of the table that they refer to, for which it wants the strongest lock there (15 to 18) while it holds a
/// weaker one: whoever writes meanwhile would be in a deadlock with it. So the strongest lock comes first.
pub(super) fn take_over_foreign_keys(references: impl Display, add: String) -> OnlineStep {
    OnlineStep::Together(vec![format!("LOCK TABLE {references} IN ACCESS EXCLUSIVE MODE"), add])
}

/// An index of the whole, and of each partition, that is built on the partitions one by one.
pub(super) struct IndexOfParts<'a> {
    pub(super) situation: &'a Situation<'a>,
    pub(super) table: &'a Table<'a>,
    /// The name of the whole's.
    pub(super) name: &'a Identifier,
    /// The words between the tables' names and those that the server makes up for the indexes of partitions.
    pub(super) label: (Option<&'a str>, &'a str),
}

/// The statements that make an index, or a key, of one table by a name.
pub(super) struct Made {
    /// Of a table with partitions: of it alone.
    pub(super) whole: Vec<String>,
    /// Of a table with rows: while it is in use.
    pub(super) part: Vec<String>,
    /// Takes it away, whether it is there or not.
    pub(super) undo: Vec<String>,
}

impl IndexOfParts<'_> {
    /// The steps, and what takes back what they have come to.
    pub(super) fn plan(&self, make: impl Fn(&ObjectName, &Identifier) -> Made) -> (Vec<OnlineStep>, Vec<String>) {
        let Made { whole, undo: mut abort, .. } = make(&self.table.name, self.name);
        let mut steps: Vec<OnlineStep> = whole.into_iter().map(OnlineStep::Alone).collect();
        let mut names = vec![(self.table.name.clone(), self.name.clone())];
        for part in parts(self.table) {
            let name = self.made_up(&part.table.name);
            let Made { whole, part: alone, undo } = make(&part.table.name, &name);
            steps.extend(if part.table.is_partitioned() { whole } else { alone }.into_iter().map(OnlineStep::Alone));
            abort.extend(undo);
            if let Some((_, of)) = names.iter().find(|(table, _)| *table == part.parent) {
                let schema = part.parent.schema.clone();
                let of = ObjectName { schema, name: of.clone() };
                let own = ObjectName { schema: part.table.name.schema.clone(), name: name.clone() };
                steps.push(OnlineStep::Alone(format!("ALTER INDEX {of} ATTACH PARTITION {own}")));
            }
            names.push((part.table.name.clone(), name));
        }
        (steps, abort)
    }

    /// The first of the names that the server tries which is free.
    fn made_up(&self, table: &ObjectName) -> Identifier {
        let (columns, label) = self.label;
        let is_free = |name: &Identifier| {
            let in_schema = |entry: Entry<'_>| entry.id().schema() == Some(&table.schema);
            let is_it = |entry: Entry<'_>| entry.id().own_name() == Some(name) && in_schema(entry);
            !self.situation.catalog.iter().any(is_it)
        };
        let label = |at: usize| if at == 0 { label.to_owned() } else { format!("{label}{at}") };
        let mut tries = (0..100).filter_map(|at| {
            Identifier::new(made_up_name(table.name.as_str(), columns, &label(at))).ok().filter(is_free)
        });
        tries.next().unwrap_or_else(|| self.name.clone())
    }
}
