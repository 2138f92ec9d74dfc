//! A schema as data, and its SQL. Whatever is in it loads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A schema. Everything is found by its name, as one edit may take away what another has made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    pub(crate) enums: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) tables: BTreeMap<&'static str, Table>,
    pub(crate) views: BTreeMap<&'static str, View>,
    pub(crate) functions: BTreeMap<&'static str, Function>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) columns: BTreeMap<&'static str, Column>,
    pub(crate) primary_key: Vec<&'static str>,
    pub(crate) uniques: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) checks: BTreeMap<&'static str, Check>,
    pub(crate) indexes: BTreeMap<&'static str, Index>,
    /// The column that refers to the one key column of another table.
    pub(crate) references: BTreeMap<&'static str, (&'static str, &'static str)>,
    pub(crate) policies: BTreeMap<&'static str, &'static str>,
    pub(crate) row_security: bool,
    pub(crate) trigger: Option<&'static str>,
    pub(crate) fillfactor: Option<u8>,
    pub(crate) comment: Option<&'static str>,
    pub(crate) granted: BTreeSet<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) data_type: String,
    pub(crate) not_null: bool,
    pub(crate) value: Value,
    pub(crate) comment: Option<&'static str>,
}

/// Where a column's value comes from when none is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    /// Of its own type, from a text.
    Default(String),
    Identity,
    /// From another column.
    Generated(&'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) column: &'static str,
    pub(crate) length: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) unique: bool,
    pub(crate) descending: bool,
    pub(crate) of_nullness: bool,
    pub(crate) only_where_not_null: Option<&'static str>,
    pub(crate) include: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct View {
    /// A table, or a view whose name comes before this one's.
    pub(crate) of: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) materialized: bool,
    pub(crate) comment: Option<&'static str>,
    pub(crate) granted: BTreeSet<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// A table whose rows it takes.
    pub(crate) takes: Option<&'static str>,
    pub(crate) returns: i32,
    pub(crate) stable: bool,
}

impl Spec {
    /// The statements, in an order that loads.
    pub(crate) fn sql(&self) -> String {
        let mut sql = String::new();
        for (name, labels) in &self.enums {
            let labels: Vec<_> = labels.iter().map(|label| format!("'{label}'")).collect();
            let _ = writeln!(sql, "CREATE TYPE {} AS ENUM ({});", quoted(name), labels.join(", "));
        }
        if self.tables.values().any(|table| table.trigger.is_some()) {
            sql.push_str("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n");
        }
        self.tables.iter().for_each(|(name, table)| table.write(name, &mut sql));
        for (name, table) in &self.tables {
            for (column, (other, key)) in &table.references {
                let (table, column, other, key) = (quoted(name), quoted(column), quoted(other), quoted(key));
                let _ = writeln!(sql, "ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {other} ({key});");
            }
        }
        for (name, function) in &self.functions {
            let takes = function.takes.map(quoted).unwrap_or_default();
            let stable = if function.stable { "STABLE" } else { "VOLATILE" };
            let (name, returns) = (quoted(name), function.returns);
            let _ = writeln!(
                sql,
                "CREATE FUNCTION {name}({takes}) RETURNS integer LANGUAGE sql {stable} AS 'SELECT {returns}';"
            );
        }
        self.views.iter().for_each(|(name, view)| view.write(name, &mut sql));
        sql
    }

    /// The columns of a table or view.
    pub(crate) fn columns_of(&self, relation: &str) -> Vec<&'static str> {
        match (self.tables.get(relation), self.views.get(relation)) {
            (Some(table), _) => table.columns.keys().copied().collect(),
            (None, Some(view)) => view.columns.clone(),
            (None, None) => Vec::new(),
        }
    }
}

impl Table {
    fn write(&self, name: &str, sql: &mut String) {
        let table = quoted(name);
        let mut parts: Vec<String> = self.columns.iter().map(|(name, column)| column.clause(name)).collect();
        if !self.primary_key.is_empty() {
            parts.push(format!("PRIMARY KEY ({})", list(&self.primary_key)));
        }
        for (constraint, columns) in &self.uniques {
            parts.push(format!("CONSTRAINT {} UNIQUE ({})", part_name(name, "key", constraint), list(columns)));
        }
        for (constraint, check) in &self.checks {
            let (column, length) = (quoted(check.column), check.length);
            let name = part_name(name, "check", constraint);
            parts.push(format!("CONSTRAINT {name} CHECK (octet_length({column}::text) < {length})"));
        }
        let with = self.fillfactor.map(|percent| format!(" WITH (fillfactor = {percent})")).unwrap_or_default();
        let _ = writeln!(sql, "CREATE TABLE {table} (\n    {}\n){with};", parts.join(",\n    "));
        for (index, definition) in &self.indexes {
            let _ = writeln!(sql, "{};", definition.statement(&part_name(name, "index", index), &table));
        }
        if self.row_security {
            let _ = writeln!(sql, "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;");
        }
        for (policy, column) in &self.policies {
            let (policy, column) = (quoted(policy), quoted(column));
            let _ = writeln!(sql, "CREATE POLICY {policy} ON {table} USING ({column} IS NOT NULL);");
        }
        if let Some(trigger) = self.trigger {
            let trigger = quoted(trigger);
            let _ = writeln!(
                sql,
                "CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION touch();"
            );
        }
        comment("TABLE", &table, self.comment, sql);
        for (column, definition) in &self.columns {
            comment("COLUMN", &format!("{table}.{}", quoted(column)), definition.comment, sql);
        }
        grant(&table, &self.granted, sql);
    }
}

impl Column {
    fn clause(&self, name: &str) -> String {
        let mut clause = format!("{} {}", quoted(name), self.data_type);
        match &self.value {
            Value::Null => {}
            Value::Default(text) => {
                let _ = write!(clause, " DEFAULT '{text}'::{}", self.data_type);
            }
            Value::Identity => clause.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            Value::Generated(from) => {
                let _ =
                    write!(clause, " GENERATED ALWAYS AS (CASE WHEN {} IS NULL THEN 'none' END) STORED", quoted(from));
            }
        }
        if self.not_null {
            clause.push_str(" NOT NULL");
        }
        clause
    }
}

impl Index {
    fn statement(&self, name: &str, table: &str) -> String {
        let order = if self.descending { " DESC NULLS LAST" } else { "" };
        let column = |column: &&'static str| match self.of_nullness {
            true => format!("(({} IS NULL)){order}", quoted(column)),
            false => format!("{}{order}", quoted(column)),
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        let unique = if self.unique { "UNIQUE " } else { "" };
        let include = self.include.map(|column| format!(" INCLUDE ({})", quoted(column))).unwrap_or_default();
        let only = self.only_where_not_null.map(|column| format!(" WHERE {} IS NOT NULL", quoted(column)));
        let only = only.unwrap_or_default();
        format!("CREATE {unique}INDEX {name} ON {table} ({}){include}{only}", columns.join(", "))
    }
}

impl View {
    fn write(&self, name: &str, sql: &mut String) {
        let (view, of) = (quoted(name), quoted(self.of));
        let kind = if self.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let _ = writeln!(sql, "CREATE {kind} {view} AS SELECT {} FROM {of};", list(&self.columns));
        comment(kind, &view, self.comment, sql);
        grant(&view, &self.granted, sql);
    }
}

fn comment(kind: &str, name: &str, text: Option<&str>, sql: &mut String) {
    if let Some(text) = text {
        let _ = writeln!(sql, "COMMENT ON {kind} {name} IS '{text}';");
    }
}

fn grant(name: &str, granted: &BTreeSet<&'static str>, sql: &mut String) {
    for privilege in granted {
        let _ = writeln!(sql, "GRANT {privilege} ON {name} TO diff_reader;");
    }
}

/// Names of constraints and indexes share a schema, so the table's is in them.
fn part_name(table: &str, kind: &str, name: &str) -> String {
    quoted(&format!("{table} {kind} {name}"))
}

fn list(columns: &[&'static str]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
