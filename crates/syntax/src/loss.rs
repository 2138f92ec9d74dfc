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
    /// `DROP SCHEMA … CASCADE`
    Schemas(Vec<Identifier>),
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

    /// What a statement takes away, where its text says so: not from inside a `DO` block or a function.
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
            Command::DropSchema { names, cascade: true } => Some(Self::Schemas(names)),
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
    use crate::update_with;

    #[test]
    fn what_is_taken_away_stands_in_the_text() {
        let told = |sql: &str| match Loss::of(sql) {
            Some(Loss::Columns { table, columns }) => format!("columns {columns:?} of {table}"),
            Some(Loss::Tables(names)) => format!("tables {names:?}"),
            Some(Loss::Rows(names)) => format!("rows of {names:?}"),
            Some(Loss::Schemas(names)) => format!("schemas {names:?}"),
            Some(Loss::Values { .. }) => "values".to_owned(),
            None => "nothing".to_owned(),
        };
        assert_eq!(told("ALTER TABLE a.t DROP b, ADD c int, drop column if exists d cascade").matches('"').count(), 8);
        assert!(told("drop table if exists a, b cascade").starts_with("tables"));
        assert!(told("TRUNCATE TABLE ONLY a, b").starts_with("rows of"));
        assert!(told("DROP SCHEMA IF EXISTS a, b CASCADE").starts_with("schemas"));
        for harmless in [
            "UPDATE t SET a = 'drop'",
            "DROP SCHEMA a",
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
    fn an_update_tells_what_it_writes_over_and_takes_more() {
        for (sql, columns, with_more) in [
            (
                "UPDATE a.t SET b = 1, (\"C\", d) = (2, 3) WHERE b = 2",
                "b C d",
                "UPDATE a.t SET \"x\" = \"t\".y, b = 1,",
            ),
            (
                "update t as u set b=lower(b) from v where v.id = u.id",
                "b",
                "update t as u set \"x\" = \"u\".y, b=lower(b) from",
            ),
            ("UPDATE \"T\" -- all\n SET b = DEFAULT", "b", "UPDATE \"T\" -- all\n SET \"x\" = \"T\".y, b = DEFAULT"),
        ] {
            let whole = Span::new(0, sql.len());
            let Ok(Some(Loss::Values { columns: found, .. })) = Loss::of_update(sql, whole) else { panic!("{sql}") };
            assert_eq!(found.iter().map(Identifier::as_str).collect::<Vec<_>>().join(" "), columns, "{sql}");
            let more = |row: &Identifier| vec![(Identifier::new("x").unwrap(), format!("{row}.y"))];
            let update = update_with(sql, more).unwrap();
            assert!(update.starts_with(with_more), "{update}");
        }
        assert!(matches!(Loss::of_update("SELECT 1", Span::new(0, 8)), Ok(None)));
        assert!(Loss::of_update("UPDATE t SET a = 1 RETURNING a", Span::new(0, 30)).is_err());
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
