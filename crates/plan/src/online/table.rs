//! A table that an operation changes, and what is known of it.

use limosa_catalog::kind::column::Column;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{ColumnName, Entry, Identifier, Literal, Object, ObjectId, ObjectKind, ObjectName};

use super::expression::RowExpression;
use super::family;
use super::phases::{OnlineCheck, OnlineStep, Shown};
use super::refusal::Refusal;
use super::routines::names;
use super::situation::object_for_people;

/// A table and what is known of it.
pub(super) struct Table<'a> {
    pub(super) name: ObjectName,
    pub(super) entry: Entry<'a>,
    /// What open changes show.
    pub(super) earlier: &'a [Shown],
}

impl<'a> Table<'a> {
    /// Its columns in the order of their names.
    pub(super) fn columns(&self) -> Vec<Identifier> {
        let columns = self.entry.children().filter_map(|child| match child.id() {
            ObjectId::Column(column) => Some(column.name.clone()),
            _ => None,
        });
        columns.collect()
    }

    pub(super) fn column_name(&self, column: &Identifier) -> ColumnName {
        ColumnName { relation: self.name.clone(), name: column.clone() }
    }

    pub(super) fn column(&self, column: &Identifier) -> Result<(Entry<'a>, &'a Column), Refusal> {
        let entry = self.entry.catalog().entry(&ObjectId::Column(self.column_name(column)));
        match entry.map(|entry| (entry, entry.object())) {
            Some((entry, Object::Column(facts))) => Ok((entry, facts)),
            _ => Err(self.no_column(column)),
        }
    }

    fn no_column(&self, name: &Identifier) -> Refusal {
        let found = self.earlier.iter().find_map(|shown| match shown {
            Shown::Column { column, name: new } if column.relation == self.name && new == name => Some(&column.name),
            _ => None,
        });
        match found {
            Some(column) => waits(name, column),
            None => Refusal::new(
                format!("{} has no column {}", self.name.name.for_people(), name.for_people()),
                "check the name",
            ),
        }
    }

    /// The column's default, as it was printed.
    pub(super) fn default_of(&self, column: &Identifier) -> Option<(Entry<'a>, &'a str)> {
        let entry = self.entry.catalog().entry(&ObjectId::ColumnDefault(self.column_name(column)))?;
        match entry.object() {
            Object::ColumnDefault(default) => Some((entry, default.expression.as_str())),
            _ => None,
        }
    }

    /// That it is there, and these columns are, with the types that they have.
    pub(super) fn stands(&self, columns: &[&Identifier]) -> Vec<OnlineCheck> {
        let oid = format!("pg_catalog.to_regclass({})", Literal(&self.name.to_string()));
        let people = object_for_people(&self.name);
        let check = |query: String, found: String| {
            let help = "`limosa abort` takes back what is left of the change; or bring back what it was begun with";
            OnlineCheck { query, found, help: help.to_owned() }
        };
        let mut checks = vec![check(
            format!("SELECT 1 WHERE {oid} IS NULL"),
            format!("{people} was dropped, or got another name, by somebody else"),
        )];
        for column in columns {
            let Ok((_, facts)) = self.column(column) else { continue };
            let (data_type, name) = (facts.data_type.as_str(), column.for_people());
            // How a type is printed depends on the search path; which it is, and what stands in parentheses, does not.
            let said = data_type.find('(').and_then(|at| data_type.get(at..));
            let as_it_was = format!(
                "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {oid} AND attname = {} AND NOT attisdropped \
                 AND atttypid = coalesce(pg_catalog.to_regtype({}), atttypid) \
                 AND pg_catalog.substring(pg_catalog.format_type(atttypid, atttypmod), '[(].*') \
                 IS NOT DISTINCT FROM {}",
                Literal(column.as_str()),
                Literal(data_type),
                Literal::or_null(said)
            );
            checks.push(check(
                format!("SELECT 1 WHERE {oid} IS NOT NULL AND NOT EXISTS ({as_it_was})"),
                format!("{name} of {people} is no {data_type} any more, or is gone, by somebody else's doing"),
            ));
        }
        checks
    }

    /// What tells its rows apart: the columns of its primary key.
    pub(super) fn key(&self) -> Vec<Identifier> {
        let key = self.entry.children().find_map(|child| match child.object() {
            Object::Constraint(constraint) => match &constraint.rule {
                ConstraintRule::PrimaryKey(key) => Some(key.columns.clone()),
                _ => None,
            },
            _ => None,
        });
        key.unwrap_or_default()
    }

    /// Whether its rows are in partitions.
    pub(super) fn is_partitioned(&self) -> bool {
        matches!(self.entry.object(), Object::Table(table) if table.partition_by.is_some())
    }

    /// A change of its rows in batches. `statement` says it for a table's name and alias. Rows of partitions have no
    /// order of the whole where there is no key: then each partition is a change of its own.
    pub(super) fn in_batches(&self, statement: impl Fn(&str) -> String) -> Vec<OnlineStep> {
        let targets = match self.is_partitioned() && self.key().is_empty() {
            true => family::leaves(self.entry).map(|(leaf, _)| format!("{leaf} AS {}", self.name.name)).collect(),
            false => vec![self.name.to_string()],
        };
        let batches = |target: String| OnlineStep::Batches { sql: statement(&target), words: String::new() };
        targets.into_iter().map(batches).collect()
    }

    /// Refuses a table that shares its columns with others.
    pub(super) fn refuse_family(&self) -> Result<(), Refusal> {
        let Object::Table(own) = self.entry.object() else { return Ok(()) };
        let is_child = |object: &Object| match object {
            Object::Table(other) => other.inherits.contains(&self.name),
            _ => false,
        };
        let of = own.partition_of.as_ref().map(|partition| partition.parent.clone());
        if let Some(parent) = of.or_else(|| own.inherits.first().cloned()) {
            return Err(Refusal::new(
                format!("the columns of {} are those of {}", self.name.name.for_people(), parent.name.for_people()),
                "change the table that it belongs to",
            ));
        }
        match self.entry.catalog().of_kind(ObjectKind::Table).find(|entry| is_child(entry.object())) {
            Some(child) => Err(Refusal::new(
                format!("{} inherits from it", child.id()),
                "take `-- limosa: online` away, or end the inheritance in a migration before",
            )),
            None => Ok(()),
        }
    }

    /// Refuses a column by which its rows, or those of one of its partitions, are in partitions.
    pub(super) fn refuse_partition_key(&self, column: &Identifier, help: &str) -> Result<(), Refusal> {
        let own = (self.name.clone(), self.entry);
        let whole = std::iter::once(own).chain(family::partitions(self.entry)).find(|(_, table)| {
            let Object::Table(facts) = table.object() else { return false };
            let by = facts.partition_by.as_ref().map(|by| RowExpression::said(by.as_str()));
            by.is_some_and(|by| !by.names(std::slice::from_ref(column)).is_empty())
        });
        let Some((whole, _)) = whole else { return Ok(()) };
        let what = match whole == self.name {
            true => "the table is".to_owned(),
            false => format!("its partition {} is", whole.name.for_people()),
        };
        Err(Refusal::new(format!("{} is what {what} partitioned by", column.for_people()), help))
    }

    /// Refuses a column that a trigger of the user's own writes, or reads before ours has filled it in.
    pub(super) fn refuse_own_triggers(&self, column: &Identifier) -> Result<(), Refusal> {
        for trigger in self.entry.children() {
            let Object::Trigger(facts) = trigger.object() else { continue };
            let definition = facts.definition.as_str();
            if !definition.contains(" BEFORE ") || !definition.contains("FOR EACH ROW") {
                continue;
            }
            let body = self.entry.catalog().of_kind(ObjectKind::Function).find_map(|entry| match entry.id() {
                ObjectId::Function(name)
                    if name.schema == facts.function.schema && name.name == facts.function.name =>
                {
                    match entry.object() {
                        Object::Function(function) => Some(function.body.source.to_string()),
                        _ => None,
                    }
                }
                _ => None,
            });
            if body.is_some_and(|body| names(&body, column)) {
                return Err(Refusal::new(
                    format!("{} reads or writes it before a row is stored", trigger.id()),
                    "drop the trigger in a migration before, or let it know of both columns and make it AFTER",
                ));
            }
        }
        Ok(())
    }
}

/// A name that only views have so far.
pub(super) fn waits(name: &Identifier, now: &Identifier) -> Refusal {
    Refusal::new(
        format!("until contract, {} is called {}", name.for_people(), now.for_people()),
        "contract the change that renames it first: `limosa contract`",
    )
}
