//! What a law is about: a schema, a change of it, and how clients of both versions speak.

use limosa_testkit::Dialect;

/// What most laws begin with.
const VISIT: &str = "\
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE ward (id int PRIMARY KEY, name text);
CREATE TABLE visit (
    id bigint PRIMARY KEY,
    name varchar(50),
    n int NOT NULL DEFAULT 0,
    note text DEFAULT 'none',
    ward int,
    mood mood DEFAULT 'calm'
);
CREATE INDEX visit_name_idx ON visit (name, n);
COMMENT ON COLUMN visit.name IS 'as in the passport';
GRANT SELECT (id, name) ON visit TO PUBLIC;
CREATE VIEW long_visit AS SELECT id, name, n FROM visit WHERE n > 10;
";

/// Rows that are there before any client.
const ROWS: &str = "\
INSERT INTO ward VALUES (1, 'north');
INSERT INTO visit (id, name, n, ward) SELECT i, 'SOE ' || i, i, 1 FROM generate_series(1, 3000) i;
";

/// A change, and how clients of the version before and of the one behind it speak of a row.
pub(super) struct Law {
    schema: &'static str,
    also: &'static str,
    pub(super) rows: &'static str,
    pub(super) change: &'static str,
    pub(super) old: Dialect,
    pub(super) new: Dialect,
    /// What plain statements come to the same, where those of the change alone are refused by the server.
    plain: Option<&'static str>,
    /// Whether clients of the new version can come only when those of the old one are gone: both mean one column.
    pub(super) takes_turns: bool,
    /// Whether there is a way back behind contract.
    pub(super) goes_back: bool,
    /// Whether nulls are replaced for good.
    pub(super) replaces_values: bool,
    /// The first major version on which it can be tried.
    pub(super) since: u16,
    /// Tables with an `id` whose rows must not be others after an abort.
    pub(super) tables: &'static [&'static str],
}

/// A change of visits, of whose column `name` both versions speak alike.
pub(super) fn law(change: &'static str) -> Law {
    Law {
        schema: VISIT,
        also: "",
        rows: ROWS,
        change,
        old: dialect("visit", "name", name),
        new: dialect("visit", "name", name),
        plain: None,
        takes_turns: false,
        goes_back: true,
        replaces_values: false,
        since: 15,
        tables: &["visit", "ward"],
    }
}

impl Law {
    /// All that is there before the change, without rows.
    pub(super) fn schema(&self) -> String {
        format!("{}{}", self.schema, self.also)
    }

    /// The statements that lead to the same on empty tables.
    pub(super) fn plain(&self) -> &'static str {
        self.plain.unwrap_or(self.change)
    }

    /// Which is the same as these plain statements.
    pub(super) fn plainly(self, plain: &'static str) -> Self {
        Self { plain: Some(plain), ..self }
    }

    pub(super) fn taking_turns(self) -> Self {
        Self { takes_turns: true, ..self }
    }

    /// With other tables instead.
    pub(super) fn of(mut self, schema: &'static str, rows: &'static str, tables: &'static [&'static str]) -> Self {
        (self.schema, self.rows, self.tables) = (schema, rows, tables);
        self
    }

    /// With other rows.
    pub(super) fn of_rows(self, rows: &'static str) -> Self {
        Self { rows, ..self }
    }

    /// With more in the schema.
    pub(super) fn with(mut self, also: &'static str) -> Self {
        self.also = also;
        self
    }

    /// Of which both versions speak so.
    pub(super) fn both_say(self, dialect: Dialect) -> Self {
        Self { old: dialect.clone(), new: dialect, ..self }
    }

    pub(super) fn old_says(self, old: Dialect) -> Self {
        Self { old, ..self }
    }

    pub(super) fn new_says(self, new: Dialect) -> Self {
        Self { new, ..self }
    }

    /// With no way back behind contract but one that somebody writes.
    pub(super) fn one_way(self) -> Self {
        Self { goes_back: false, ..self }
    }

    pub(super) fn replacing_values(self) -> Self {
        Self { replaces_values: true, ..self }
    }

    pub(super) fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }
}

/// Clients that write a column of a table whose key is `id`.
pub(super) fn dialect(table: &str, column: &str, value: fn(u64) -> String) -> Dialect {
    Dialect {
        table: table.to_owned(),
        key: "id".to_owned(),
        column: column.to_owned(),
        value,
        also: (String::new(), String::new()),
        copies: true,
    }
}

/// Clients that write more columns in every row that is new.
pub(super) fn writing(columns: &str, values: &str) -> Dialect {
    Dialect { also: (format!(", {columns}"), format!(", {values}")), ..dialect("visit", "name", name) }
}

pub(super) fn name(number: u64) -> String {
    format!("SOE {number}")
}

pub(super) fn number(number: u64) -> String {
    number.to_string()
}

pub(super) fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

pub(super) fn mood(number: u64) -> String {
    if number.is_multiple_of(2) { "calm" } else { "wild" }.to_owned()
}
