//! What a statement of a down script means where the things that it makes are kept.

use limosa_catalog::{ObjectName, QualifiedName};
use limosa_syntax::{Command, Parted, TableAction, TableRule, Tokens, part_actions};

use super::AsideRecord;

/// What stands in the place of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Instead {
    /// What these records keep (by their ids) comes back; then the rest of the statement runs.
    Back { records: Vec<i64>, rest: Option<String> },
    /// It makes something in a table that comes back with all that was in it; it runs if that is not there.
    IfMissing(Made),
    /// This runs in its place.
    Other(String),
    /// Nothing does: what it wrote came back.
    Nothing,
}

/// What a statement makes in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    /// An index.
    Index { table: QualifiedName, name: String },
    /// A constraint.
    Constraint { table: QualifiedName, name: String },
    /// A primary key whose name the server makes up.
    PrimaryKey { table: QualifiedName },
}

impl Instead {
    /// What stands in the place of a statement; `None` where it runs as it is.
    pub(crate) fn of(sql: &str, records: &[AsideRecord]) -> Option<Self> {
        match Command::of(sql) {
            Command::CreateTable(table) => Self::table(&table.name, records),
            Command::CreateTableAs { name, materialized_view: false, .. } => Self::table(&name, records),
            Command::CreateIndex { name: Some(name), table, .. } => {
                let is_kept = keeps_table(records, &table);
                is_kept.then(|| Self::IfMissing(Made::Index { name: name.as_str().to_owned(), table }))
            }
            Command::AlterTable { table, actions, .. } => {
                if let ([TableAction::AddConstraint(constraint)], true) =
                    (actions.as_slice(), keeps_table(records, &table))
                {
                    return match (&constraint.name, &constraint.rule) {
                        (Some(name), _) => {
                            Some(Self::IfMissing(Made::Constraint { name: name.as_str().to_owned(), table }))
                        }
                        (None, TableRule::Key { primary: true, .. }) => {
                            Some(Self::IfMissing(Made::PrimaryKey { table }))
                        }
                        (None, _) => None,
                    };
                }
                Self::columns(sql, &table, &actions, records)
            }
            _ => Self::type_of(sql, records),
        }
    }

    /// `CREATE TYPE`, `CREATE DOMAIN`
    fn type_of(sql: &str, records: &[AsideRecord]) -> Option<Self> {
        let tokens = Tokens::of(sql);
        let mut words = tokens.words();
        words.take(&["CREATE"]).then_some(())?;
        words.take_any(&["TYPE", "DOMAIN"]).then_some(())?;
        let name = words.qualified_name()?;
        let keeps = |record: &&AsideRecord| record.types.iter().any(|kept| is_called(&kept.name, &name));
        let records: Vec<i64> = records.iter().filter(keeps).map(|record| record.id).collect();
        (!records.is_empty()).then_some(Self::Back { records, rest: None })
    }

    fn table(table: &QualifiedName, records: &[AsideRecord]) -> Option<Self> {
        let keeps = |record: &&AsideRecord| record.tables.iter().any(|kept| is_called(&kept.name, table));
        let records: Vec<i64> = records.iter().filter(keeps).map(|record| record.id).collect();
        (!records.is_empty()).then_some(Self::Back { records, rest: None })
    }

    fn columns(sql: &str, table: &QualifiedName, actions: &[TableAction], records: &[AsideRecord]) -> Option<Self> {
        let keeps = |record: &AsideRecord, action: &TableAction| {
            let TableAction::AddColumn(added) = action else { return false };
            let mut columns = record.columns.iter().map(|kept| &kept.column);
            columns.any(|column| is_called(&column.relation, table) && column.name == added.name)
        };
        let wanted = |record: &&AsideRecord| actions.iter().any(|action| keeps(record, action));
        let ids: Vec<i64> = records.iter().filter(wanted).map(|record| record.id).collect();
        if ids.is_empty() {
            return None;
        }
        let comes_back = |action: &TableAction| records.iter().any(|record| keeps(record, action));
        let Parted { rest, .. } = part_actions(sql, comes_back)?;
        Some(Self::Back { records: ids, rest })
    }
}

pub(super) fn keeps_table(records: &[AsideRecord], table: &QualifiedName) -> bool {
    records.iter().flat_map(|record| &record.tables).any(|kept| is_called(&kept.name, table))
}

/// Whether a name as it is written may mean a table.
pub(super) fn is_called(table: &ObjectName, written: &QualifiedName) -> bool {
    table.name == written.name && written.schema.as_ref().is_none_or(|schema| *schema == table.schema)
}

#[cfg(test)]
mod tests {
    use limosa_catalog::{ColumnName, Identifier};
    use limosa_plan::{AsideName, KeptColumn, KeptTable};

    use super::*;

    fn identifier(name: &str) -> Identifier {
        Identifier::new(name).unwrap()
    }

    fn table(name: &str) -> ObjectName {
        ObjectName { schema: identifier("public"), name: identifier(name) }
    }

    /// A record of columns of `patient`, or of a table.
    fn record(id: i64, columns: &[&str], tables: &[&str]) -> AsideRecord {
        let column = |name: &&str| KeptColumn {
            column: ColumnName { relation: table("patient"), name: identifier(name) },
            aside: identifier(&format!("limosa_aside_{id}_{name}")),
            sequence: None,
            demands_value: false,
        };
        AsideRecord {
            id,
            service: "clinic".into(),
            version: "2".into(),
            statement: String::new(),
            name: AsideName::new(&identifier("limosa"), id).unwrap(),
            columns: columns.iter().map(column).collect(),
            tables: tables.iter().map(|name| KeptTable { name: table(name) }).collect(),
            types: Vec::new(),
            values: None,
            taken_back: None,
            dropped: Vec::new(),
            restore: Vec::new(),
            rows: None,
            bytes: None,
            actor: String::new(),
            kept_at: 0,
            due_at: 0,
            is_due: false,
        }
    }

    #[test]
    fn what_makes_a_kept_thing_brings_it_back() {
        let records = [record(1, &["ssn", "note"], &[]), record(2, &["at"], &[]), record(3, &[], &["visit"])];
        let back = |ids: &[i64], rest: Option<&str>| {
            Some(Instead::Back { records: ids.to_vec(), rest: rest.map(str::to_owned) })
        };
        for (sql, expected) in [
            ("ALTER TABLE patient ADD COLUMN ssn text NOT NULL", back(&[1], None)),
            ("ALTER TABLE public.patient ADD note text, ADD at date", back(&[1, 2], None)),
            ("ALTER TABLE patient ADD x int, ADD note text", back(&[1], Some("ALTER TABLE patient ADD x int"))),
            ("ALTER TABLE audit.patient ADD note text", None),
            ("ALTER TABLE visit ADD note text", None),
            ("CREATE TABLE IF NOT EXISTS visit (id int)", back(&[3], None)),
            ("CREATE TABLE visits (id int)", None),
            ("CREATE INDEX i ON patient (ssn)", None),
            ("UPDATE patient SET ssn = ''", None),
        ] {
            assert_eq!(Instead::of(sql, &records), expected, "{sql}");
        }
        for sql in [
            "CREATE INDEX i ON visit (at)",
            "ALTER TABLE visit ADD CONSTRAINT c CHECK (at > now())",
            "ALTER TABLE ONLY visit ADD PRIMARY KEY (id)",
        ] {
            assert!(matches!(Instead::of(sql, &records), Some(Instead::IfMissing(_))), "{sql}");
        }
    }
}
