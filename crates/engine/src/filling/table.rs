//! What the rows of a table have to satisfy, as far as the catalog says.

use std::collections::BTreeMap;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::candidate::{Wanted, candidates};
use super::data_type::{Typed, resolve};
use super::form::{Form, Turn};
use super::mined::{Mined, mentions};
use super::reference::Reference;

/// A table that can hold rows of its own, or a partitioned one with its partitions.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: ObjectName,
    pub(super) columns: Vec<Column>,
    pub(super) keys: Vec<Reference>,
    /// The expressions of its check constraints.
    pub(super) checks: Vec<String>,
    pub(super) is_partitioned: bool,
}

/// A column that is given values.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: Identifier,
    /// As the server prints it.
    pub(super) written_type: String,
    pub(super) typed: Typed,
    pub(super) nullable: bool,
    /// What it takes by itself.
    pub(super) default: Option<String>,
}

/// Columns that constraints tie together, with the expressions that do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Their places among the table's columns.
    pub(super) columns: Vec<usize>,
    pub(super) expressions: Vec<String>,
}

impl Table {
    /// Every table of a catalog that can be given rows: no partitions, which get theirs from the whole.
    pub(super) fn all(catalog: &Catalog) -> Vec<Self> {
        catalog.of_kind(ObjectKind::Table).filter_map(|entry| Self::of(catalog, entry)).collect()
    }

    fn of(catalog: &Catalog, entry: Entry<'_>) -> Option<Self> {
        let (ObjectId::Table(name), Object::Table(table)) = (entry.id(), entry.object()) else { return None };
        if table.partition_of.is_some() {
            return None;
        }
        let (mut columns, mut keys, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        for child in entry.children() {
            match (child.id(), child.object()) {
                (ObjectId::Column(id), Object::Column(column)) => {
                    // They fill themselves.
                    if column.generated.is_some() || column.identity.is_some() {
                        continue;
                    }
                    let typed = resolve(catalog, &column.data_type);
                    let default = child.children().find_map(|child| match child.object() {
                        Object::ColumnDefault(default) => Some(default.expression.to_string()),
                        _ => None,
                    });
                    if default.as_ref().is_some_and(|default| default.contains("nextval(")) {
                        continue;
                    }
                    columns.push((
                        column.position,
                        Column {
                            name: id.name.clone(),
                            written_type: column.data_type.to_string(),
                            nullable: column.not_null.is_none() && !typed.not_null,
                            typed,
                            default,
                        },
                    ));
                }
                (_, Object::Constraint(constraint)) if !constraint.not_enforced => match &constraint.rule {
                    ConstraintRule::Check(check) => checks.push(check.expression.to_string()),
                    ConstraintRule::ForeignKey(key) => keys.push(Reference::from(key)),
                    _ => {}
                },
                _ => {}
            }
        }
        columns.sort_by_key(|(position, _)| *position);
        let primary = primary_key(entry);
        let mut columns: Vec<Column> = columns.into_iter().map(|(_, column)| column).collect();
        for column in columns.iter_mut().filter(|column| primary.contains(&column.name)) {
            column.nullable = false;
        }
        let is_partitioned = table.partition_by.is_some();
        Some(Self { name: name.clone(), columns, keys, checks, is_partitioned })
    }

    /// Whether a foreign key can be left without a reference.
    pub(super) fn can_be_null(&self, key: &Reference) -> bool {
        key.columns.iter().any(|column| self.columns.iter().any(|it| it.name == *column && it.nullable))
    }

    /// The columns in groups that nothing ties to each other. Groups without an expression need no judge.
    pub(super) fn groups(&self, more_checks: &[String]) -> Vec<Group> {
        let expressions: Vec<(&String, Vec<usize>)> = self
            .checks
            .iter()
            .chain(more_checks)
            .map(|expression| {
                let mentioned = |(_, column): &(usize, &Column)| mentions(expression, column.name.as_str());
                (expression, self.columns.iter().enumerate().filter(mentioned).map(|(place, _)| place).collect())
            })
            .collect();
        let mut group_of: Vec<usize> = (0..self.columns.len()).collect();
        for (_, mentioned) in &expressions {
            let Some(least) = mentioned.iter().filter_map(|place| group_of.get(*place)).min().copied() else {
                continue;
            };
            let tied: Vec<usize> = mentioned.iter().filter_map(|place| group_of.get(*place).copied()).collect();
            for group in group_of.iter_mut().filter(|group| tied.contains(group)) {
                *group = least;
            }
        }
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for (place, group) in group_of.iter().enumerate() {
            let of = groups.entry(*group).or_insert_with(|| Group { columns: Vec::new(), expressions: Vec::new() });
            of.columns.push(place);
        }
        for (expression, mentioned) in &expressions {
            let group =
                mentioned.first().and_then(|place| group_of.get(*place)).and_then(|group| groups.get_mut(group));
            if let Some(group) = group {
                group.expressions.push((*expression).clone());
            }
        }
        groups.into_values().collect()
    }

    /// The forms that a column's values may take. `left_null` are foreign keys that get no reference for now.
    pub(super) fn forms(&self, place: usize, group: &Group, left_null: &[usize]) -> Vec<Form> {
        let Some(column) = self.columns.get(place) else { return Vec::new() };
        for (key, reference) in self.keys.iter().enumerate() {
            let Some(of_key) = reference.columns.iter().position(|it| *it == column.name) else { continue };
            if left_null.contains(&key) {
                if column.nullable {
                    return vec![Form::Null];
                }
                continue;
            }
            let null = column.nullable.then_some(Form::Null);
            let turns = [Turn::Each, Turn::ButTheLast, Turn::ButTheFirst];
            // The columns of one key have to take the same turn.
            let turns = if reference.columns.len() == 1 { turns.as_slice() } else { &turns[..1] };
            let referenced = turns.iter().map(|turn| Form::Referenced { key, column: of_key, turn: *turn });
            return referenced.chain(null).collect();
        }
        let mined = group.expressions.iter().chain(&column.typed.checks).map(|it| Mined::of(it));
        let mined = mined.fold(Mined::default(), Mined::and);
        candidates(&Wanted {
            name: column.name.as_str(),
            data_type: &column.typed.data_type,
            mined: &mined,
            nullable: column.nullable,
            has_default: column.default.is_some(),
        })
    }
}

fn primary_key(table: Entry<'_>) -> Vec<Identifier> {
    let key = table.children().find_map(|child| match child.object() {
        Object::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) => Some(key.columns.clone()),
            _ => None,
        },
        _ => None,
    });
    key.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::data_type::DataType;
    use super::*;

    fn table(columns: &[&str], checks: &[&str]) -> Table {
        let identifier = |name: &str| Identifier::new(name).unwrap();
        let typed = Typed { data_type: DataType::Boolean, checks: Vec::new(), not_null: false, is_domain: false };
        let column = |name: &&str| Column {
            name: identifier(name),
            written_type: "boolean".to_owned(),
            typed: typed.clone(),
            nullable: true,
            default: None,
        };
        Table {
            name: ObjectName { schema: identifier("public"), name: identifier("t") },
            columns: columns.iter().map(column).collect(),
            keys: Vec::new(),
            checks: checks.iter().map(|check| (*check).to_owned()).collect(),
            is_partitioned: false,
        }
    }

    #[test]
    fn constraints_tie_columns_together() {
        let table = table(&["a", "b", "c", "d", "e"], &["(a > b)", "(d > c)", "(c > b)", "(e > 0)", "(1 > 0)"]);
        let groups: Vec<(Vec<usize>, usize)> =
            table.groups(&[]).into_iter().map(|group| (group.columns, group.expressions.len())).collect();
        assert_eq!(groups, [(vec![0, 1, 2, 3], 3), (vec![4], 1)]);
        let groups = table.groups(&["((e IS NOT NULL) AND (a = 1))".to_owned()]);
        assert_eq!(groups.len(), 1);
    }
}
