//! What a statement takes away, values and all; and the parts of an `ALTER TABLE` apart from each other.

use limosa_catalog::{Identifier, QualifiedName};

use crate::{BatchedChange, Command, Problem, RelationKind, Span, TableAction, Tokens, batched_statement, part_spans};

/// What a statement takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// `ALTER TABLE … DROP COLUMN`
    Columns {
        /// The table.
        table: QualifiedName,
        /// Its columns.
        columns: Vec<Identifier>,
    },
    /// `DROP TABLE`
    Tables(Vec<QualifiedName>),
    /// `TRUNCATE`
    Rows(Vec<QualifiedName>),
    /// `UPDATE`, whose values are new ones in the place of others.
    Values {
        /// The table.
        table: QualifiedName,
        /// Its columns.
        columns: Vec<Identifier>,
    },
}

impl Loss {
    /// The values that an `UPDATE` writes over; `None` for any other statement. [`Self::of`] does not name them: an
    /// update is meant to write over something.
    ///
    /// # Errors
    /// An `UPDATE` that cannot be given further assignments, see [`batched_statement`].
    pub fn of_update(text: &str, span: Span) -> Result<Option<Self>, Vec<Problem>> {
        if !Tokens::within(text, span).words().at(&["UPDATE"]) {
            return Ok(None);
        }
        let statement = batched_statement(text, span)?;
        let table = Tokens::within(text, statement.table).words().qualified_name();
        let BatchedChange::Update { assignments, .. } = statement.change else { return Ok(None) };
        let columns = assignments.into_iter().map(|assignment| assignment.column).collect();
        Ok(table.map(|table| Self::Values { table, columns }))
    }

    /// What a statement takes away, where its text says so: not from inside a `DO` block, a function or a schema.
    #[must_use]
    pub fn of(statement: &str) -> Option<Self> {
        // Few statements do, and the others need not be read for it.
        let says = |word: &str| {
            statement.as_bytes().windows(word.len()).any(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()))
        };
        if !says("drop") && !says("truncate") {
            return None;
        }
        match Command::of(statement) {
            Command::AlterTable { table, actions, view: false, .. } => {
                let column = |action| match action {
                    TableAction::DropColumn(column) => Some(column),
                    _ => None,
                };
                let columns: Vec<_> = actions.into_iter().filter_map(column).collect();
                (!columns.is_empty()).then_some(Self::Columns { table, columns })
            }
            Command::DropRelations { kind: RelationKind::Table, names, .. } => Some(Self::Tables(names)),
            Command::Truncate { tables, .. } => Some(Self::Rows(tables)),
            _ => None,
        }
    }
}

/// An `ALTER TABLE` as two, each with the actions that the other has not; `None` where that would have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// With the actions that were picked.
    pub picked: Option<String>,
    /// With all others.
    pub rest: Option<String>,
}

/// Parts an `ALTER TABLE` by its actions. Any other statement, and one in which there is nothing to part, is all of one
/// kind: `pick` is not asked for it.
#[must_use]
pub fn part_actions(statement: &str, pick: impl Fn(&TableAction) -> bool) -> Option<Parted> {
    let Command::AlterTable { actions, .. } = Command::of(statement) else { return None };
    let spans = part_spans(statement);
    let head = statement.get(..spans.first()?.start)?;
    if spans.len() != actions.len() {
        return None;
    }
    let texts = |wanted: bool| {
        let chosen = actions.iter().zip(&spans).filter(|(action, _)| pick(action) == wanted);
        let texts: Vec<&str> = chosen.map(|(_, span)| span.of(statement)).collect();
        // Each on a line of its own, in case one ends in a comment.
        (!texts.is_empty()).then(|| format!("{head}{}", texts.join("\n, ")))
    };
    Some(Parted { picked: texts(true), rest: texts(false) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_stands_in_the_text() {
        let told = |sql: &str| match Loss::of(sql) {
            Some(Loss::Columns { table, columns }) => format!("columns {columns:?} of {table}"),
            Some(Loss::Tables(names)) => format!("tables {names:?}"),
            Some(Loss::Rows(names)) => format!("rows of {names:?}"),
            None => "nothing".to_owned(),
        };
        assert_eq!(told("ALTER TABLE a.t DROP b, ADD c int, drop column if exists d cascade").matches('"').count(), 8);
        assert!(told("drop table if exists a, b cascade").starts_with("tables"));
        assert!(told("TRUNCATE TABLE ONLY a, b").starts_with("rows of"));
        for harmless in [
            "ALTER TABLE t DROP CONSTRAINT c, ALTER b DROP DEFAULT",
            "DROP VIEW v",
            "DROP INDEX i",
            "SELECT 'drop table t'",
            "ALTER TABLE t ADD drop_date date",
        ] {
            assert_eq!(told(harmless), "nothing", "{harmless}");
        }
    }

    #[test]
    fn an_alter_table_is_parted_by_its_actions() {
        let drops = |action: &TableAction| matches!(action, TableAction::DropColumn(_));
        let parted = part_actions("ALTER TABLE IF EXISTS t DROP a, ADD b int DEFAULT f(1, 2), DROP c CASCADE", drops);
        let parted = parted.unwrap();
        assert_eq!(parted.picked.as_deref(), Some("ALTER TABLE IF EXISTS t DROP a\n, DROP c CASCADE"));
        assert_eq!(parted.rest.as_deref(), Some("ALTER TABLE IF EXISTS t ADD b int DEFAULT f(1, 2)"));
        assert_eq!(part_actions("ALTER TABLE t DROP a", drops).unwrap().rest, None);
        assert_eq!(part_actions("DROP TABLE t", drops), None);
    }
}
