//! The order in which tables are given rows, so that what they refer to is there.

use std::collections::BTreeSet;

use limosa_catalog::ObjectName;

use super::table::Table;

/// One step of filling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// The table's place.
    pub(super) table: usize,
    /// The foreign keys that lead to a table whose turn has not come, or to itself. They are left null, and set when
    /// all tables have rows.
    pub(super) later: Vec<usize>,
}

/// The turns of the tables, and those for which there is none, since their foreign keys lead around to themselves and
/// none of them may be null.
pub(super) fn turns(tables: &[Table]) -> (Vec<Turn>, Vec<usize>) {
    let mut filled: BTreeSet<&ObjectName> = BTreeSet::new();
    let mut waiting: Vec<usize> = (0..tables.len()).collect();
    let mut turns = Vec::new();
    let here: BTreeSet<&ObjectName> = tables.iter().map(|table| &table.name).collect();
    while !waiting.is_empty() {
        // The keys that lead to a table which is yet to be filled; those to what gets no rows here wait for nothing.
        let open = |index: usize, filled: &BTreeSet<&ObjectName>| {
            let table = tables.get(index);
            let keys = table.into_iter().flat_map(|table| table.keys.iter().enumerate());
            let open = keys.filter(|(_, key)| here.contains(&key.to) && !filled.contains(&key.to));
            open.map(|(place, _)| place).collect::<Vec<usize>>()
        };
        let may_wait = |index: usize, keys: &[usize]| {
            let table = tables.get(index);
            table.is_some_and(|table| {
                keys.iter().all(|key| table.keys.get(*key).is_some_and(|key| table.can_be_null(key)))
            })
        };
        let free = waiting.iter().copied().find(|index| open(*index, &filled).is_empty());
        let next = free.or_else(|| waiting.iter().copied().find(|index| may_wait(*index, &open(*index, &filled))));
        let Some(next) = next else { break };
        turns.push(Turn { table: next, later: open(next, &filled) });
        filled.extend(tables.get(next).map(|table| &table.name));
        waiting.retain(|index| *index != next);
    }
    (turns, waiting)
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::super::data_type::{DataType, Typed};
    use super::super::reference::Reference;
    use super::super::table::Column;
    use super::*;

    fn name(text: &str) -> ObjectName {
        ObjectName { schema: Identifier::new("public").unwrap(), name: Identifier::new(text).unwrap() }
    }

    /// `a?b` may refer to `b`, `a!b` has to.
    fn tables(names: &str, keys: &str) -> Vec<Table> {
        let typed = Typed { data_type: DataType::Boolean, checks: Vec::new(), not_null: false, is_domain: false };
        let mut tables: Vec<Table> = names
            .split(' ')
            .map(|it| Table {
                name: name(it),
                columns: Vec::new(),
                keys: Vec::new(),
                checks: Vec::new(),
                is_partitioned: false,
            })
            .collect();
        for key in keys.split_whitespace() {
            let (from, to) = key.split_once(['?', '!']).unwrap();
            let table = tables.iter_mut().find(|table| table.name == name(from)).unwrap();
            let column = Identifier::new(to).unwrap();
            table.columns.push(Column {
                name: column.clone(),
                written_type: String::new(),
                typed: typed.clone(),
                nullable: key.contains('?'),
                default: None,
            });
            table.keys.push(Reference { columns: vec![column], to: name(to), to_columns: Vec::new() });
        }
        tables
    }

    fn order(names: &str, keys: &str) -> (Vec<(usize, Vec<usize>)>, Vec<usize>) {
        let (turns, left) = turns(&tables(names, keys));
        (turns.into_iter().map(|turn| (turn.table, turn.later)).collect(), left)
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        assert_eq!(order("a b c", "a!b b!c"), (vec![(2, vec![]), (1, vec![]), (0, vec![])], vec![]));
        assert_eq!(order("a", "a!elsewhere"), (vec![(0, vec![])], vec![]));
    }

    #[test]
    fn a_circle_opens_where_null_is_allowed() {
        assert_eq!(order("a b", "a!b b?a"), (vec![(1, vec![0]), (0, vec![])], vec![]));
        assert_eq!(order("a", "a?a"), (vec![(0, vec![0])], vec![]));
        assert_eq!(order("a b c", "a!b b!a c!a"), (vec![], vec![0, 1, 2]));
    }
}
