//! One seed of a table, with all that is known of it before its rows are sent.

use std::sync::Arc;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_project::{ColumnName, Seed, SeedColumn, SeedRows, TableSettings, did_you_mean};
use limosa_syntax::{Diagnostic, SourceFile};

use super::encode::EncodedColumn;
use super::relation::{Column, Relation};

/// A seed of a table, made ready.
#[derive(Debug)]
pub(super) struct TableWork<'a> {
    pub(super) seed: &'a Seed,
    pub(super) settings: &'a TableSettings,
    pub(super) rows: SeedRows,
    pub(super) relation: Relation,
    /// In the order of the file.
    pub(super) columns: Vec<WorkColumn>,
}

/// A column of the file and what it fills.
#[derive(Debug, Clone)]
pub(super) struct WorkColumn {
    pub(super) name: Identifier,
    pub(super) facts: Column,
    /// Whether rows are found again by it.
    pub(super) in_key: bool,
    /// Where its values are looked up.
    pub(super) lookup: Option<Lookup>,
    /// Whether it is filled only when all rows are there, since rows refer to each other in a circle.
    pub(super) late: bool,
}

/// A value by another of the same row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lookup {
    pub(super) oid: u32,
    pub(super) table: QualifiedName,
    /// The column in which the file's values stand.
    pub(super) by: Identifier,
    /// The type of that column.
    pub(super) by_type: String,
    /// The column whose value is taken.
    pub(super) take: Identifier,
}

impl WorkColumn {
    /// Whether rows that have the same key can differ in it, and be changed there.
    pub(super) fn is_comparable(&self) -> bool {
        (!self.in_key || self.facts.loose) && !self.facts.identity_always
    }
}

/// The tables that a seed's rows come to and are looked up in.
pub(super) fn tables(settings: &TableSettings, rows: &SeedRows) -> Vec<QualifiedName> {
    let referred = rows.columns().iter().filter_map(|column| column.reference.as_ref()).map(table_of);
    std::iter::once(settings.table.clone()).chain(referred).collect()
}

/// The table of a column that is referred to.
pub(super) fn table_of(column: &ColumnName) -> QualifiedName {
    QualifiedName { schema: column.schema.clone(), name: column.table.clone() }
}

impl<'a> TableWork<'a> {
    /// Compares a file with its table. `find` gives the tables that are there.
    ///
    /// # Errors
    /// All that does not fit, together.
    pub(super) fn new(
        seed: &'a Seed,
        settings: &'a TableSettings,
        rows: SeedRows,
        find: &dyn Fn(&QualifiedName) -> Option<Relation>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = Arc::clone(rows.source());
        let Some(relation) = find(&settings.table) else {
            let message = format!("there is no table {}", spelled(&settings.table));
            let error = Diagnostic::error("no-table", message).in_file(&source);
            return Err(vec![error.with_help(
                "a seed fills the table that its file is named after, letters as they are; `table` in limosa.toml \
                 names another",
            )]);
        };
        if !relation.is_table() {
            let message = format!("{} is no table; expected one whose rows are stored here", spelled(&relation.name));
            return Err(vec![Diagnostic::error("no-table", message).in_file(&source)]);
        }
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        for column in rows.columns() {
            match work_column(&relation, column, find) {
                Ok(column) => columns.push(column),
                Err(error) => problems.push(error.at(&source, column.span)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut work = Self { seed, settings, rows, relation, columns };
        // Without rows there is no header in JSON and YAML, and nothing to find again.
        if !work.columns.is_empty() {
            work.find_key().map_err(|error| vec![error.in_file(&source)])?;
        }
        Ok(work)
    }

    /// The key: as declared, else the primary key, else the only unique index that the file can fill.
    fn find_key(&mut self) -> Result<(), Diagnostic> {
        let in_file = |name: &str| self.columns.iter().any(|column| column.name.as_str() == name);
        let names: Vec<String> = if !self.settings.key.is_empty() {
            for column in &self.settings.key {
                if !in_file(column.as_str()) {
                    let known = self.columns.iter().map(|column| column.name.as_str());
                    let message = format!("`key` names `{}`, which is no column of the file", column.as_str());
                    let error = Diagnostic::error("no-key", message);
                    return Err(error.with_help(did_you_mean(column.as_str(), known)));
                }
            }
            self.settings.key.iter().map(|column| column.as_str().to_owned()).collect()
        } else {
            let primary = self.relation.primary_key();
            let whole = |columns: &[String]| !columns.is_empty() && columns.iter().all(|column| in_file(column));
            let mut others = self.relation.uniques.iter().filter(|it| !it.primary && whole(&it.columns));
            match (whole(primary), others.next(), others.next()) {
                (true, ..) => primary.to_vec(),
                (false, Some(only), None) => only.columns.clone(),
                (false, one, other) => {
                    let table = spelled(&self.relation.name);
                    let message = format!("the file fills no key by which its rows are found again in {table}");
                    let error = Diagnostic::error("no-key", message);
                    let name = &self.seed.name;
                    let help = match (one, other) {
                        (Some(one), Some(_)) => format!(
                            "several indexes could be it; say `key = [\"{}\"]` in [seed.{name}]",
                            one.columns.join("\", \"")
                        ),
                        _ if primary.is_empty() => {
                            format!("say which columns identify a row: `key = [\"…\"]` in [seed.{name}]")
                        }
                        _ => format!(
                            "add `{}`, or say which columns identify a row: `key = [\"…\"]` in [seed.{name}]",
                            primary.join("`, `")
                        ),
                    };
                    return Err(error.with_help(help));
                }
            }
        };
        for column in &mut self.columns {
            column.in_key = names.iter().any(|name| column.name.as_str() == name);
        }
        Ok(())
    }

    /// The columns of the key.
    pub(super) fn key(&self) -> Vec<Identifier> {
        self.columns.iter().filter(|column| column.in_key).map(|column| column.name.clone()).collect()
    }

    /// Whether values are looked up when rows are first written.
    pub(super) fn has_lookups(&self) -> bool {
        self.columns.iter().any(|column| column.lookup.is_some())
    }

    pub(super) fn has_late(&self) -> bool {
        self.columns.iter().any(|column| column.late)
    }

    pub(super) fn source(&self) -> &Arc<SourceFile> {
        self.rows.source()
    }

    /// The columns on their way to the table itself, or to a copy of it where values are looked up later.
    pub(super) fn encoded(&self) -> Vec<EncodedColumn> {
        let encoded = self.columns.iter().map(|column| EncodedColumn {
            form: column.facts.form(),
            name: column.name.as_str().to_owned(),
            data_type: column.lookup.as_ref().map_or(&column.facts.data_type, |lookup| &lookup.by_type).clone(),
            in_key: column.in_key,
        });
        encoded.collect()
    }
}

fn work_column(
    relation: &Relation,
    column: &SeedColumn,
    find: &dyn Fn(&QualifiedName) -> Option<Relation>,
) -> Result<WorkColumn, Diagnostic> {
    let table = spelled(&relation.name);
    let Some(facts) = relation.column(&column.name) else {
        let known: Vec<&str> = relation.columns.iter().map(Column::name).collect();
        let message = format!("{table} has no column `{}`", column.name.as_str());
        let help = did_you_mean(column.name.as_str(), known.iter().copied());
        return Err(Diagnostic::error("unknown-column", message).with_help(help));
    };
    if facts.generated {
        let message = format!("`{}` of {table} is generated from other columns", column.name.as_str());
        return Err(Diagnostic::error("generated-column", message).with_help("take it out of the file"));
    }
    let lookup = column.reference.as_ref().map(|to| lookup(relation, column, to, find)).transpose()?;
    Ok(WorkColumn { name: column.name.clone(), facts: facts.clone(), in_key: false, lookup, late: false })
}

/// What a column takes from the table it refers to: what its foreign key refers to there, else the primary key.
fn lookup(
    relation: &Relation,
    column: &SeedColumn,
    to: &ColumnName,
    find: &dyn Fn(&QualifiedName) -> Option<Relation>,
) -> Result<Lookup, Diagnostic> {
    let wrong = |message: String, help: String| Err(Diagnostic::error("bad-reference", message).with_help(help));
    let name = table_of(to);
    let Some(other) = find(&name) else {
        return wrong(format!("there is no table {}", spelled(&name)), "name it as SQL does".to_owned());
    };
    let Some(by) = other.column(&to.column) else {
        let known: Vec<&str> = other.columns.iter().map(Column::name).collect();
        let message = format!("{} has no column `{}`", spelled(&other.name), to.column.as_str());
        return wrong(message, did_you_mean(to.column.as_str(), known.iter().copied()));
    };
    if !other.is_unique(std::slice::from_ref(&to.column)) {
        let message = format!("no unique index keeps `{}` of {} unique", to.column.as_str(), spelled(&other.name));
        return wrong(message, "refer to a column in which each value stands once".to_owned());
    }
    let foreign =
        relation.foreign_keys.iter().find_map(|key| match (key.columns.as_slice(), key.to_columns.as_slice()) {
            ([from], [to]) if from == column.name.as_str() && key.to == other.oid => Some(to),
            _ => None,
        });
    let take = match (foreign, other.primary_key()) {
        (Some(take), _) => take,
        (None, [only]) => only,
        (None, _) => {
            let message = format!("`{}` has no foreign key to {}", column.name.as_str(), spelled(&other.name));
            return wrong(message, "only the primary key could be meant, and that is not one column".to_owned());
        }
    };
    let take = Identifier::new(take.as_str()).map_err(|error| Diagnostic::error("bad-reference", error.to_string()))?;
    let by_type = by.data_type.clone();
    Ok(Lookup { oid: other.oid, table: other.name.clone(), by: to.column.clone(), by_type, take })
}

/// A table for people.
pub(super) fn spelled(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) if schema.as_str() != "public" => {
            format!("`{}.{}`", schema.for_people(), name.name.for_people())
        }
        _ => format!("`{}`", name.name.for_people()),
    }
}
