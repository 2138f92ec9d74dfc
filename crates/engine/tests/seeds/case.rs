//! A few tables and two files for each, drawn by lot.

use std::fmt;

use crate::dice::Dice;
use crate::value::{OWN_TYPES, TypeNumber, any_type, any_value, is_document, type_name};

const NAMES: &[&str] = &["practice", "Visit Note", "order"];
const MODES: &[&str] = &["insert", "upsert", "sync"];

/// How rows are found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// By a number, or a text that needs quoting.
    Number,
    Text,
    Both,
    /// By a unique code; the primary key is the database's own.
    Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    Yaml,
}

pub(crate) struct TableCase {
    name: &'static str,
    key: Key,
    form: Form,
    mode: &'static str,
    /// Its own rows, or those that they refer to, may be deleted.
    may_lose_rows: bool,
    /// The types of the other columns, and whether they may be null.
    columns: Vec<(TypeNumber, bool)>,
    /// The table that it refers to, and how rows are found again there.
    parent: Option<(&'static str, Key)>,
    /// The rows of the first file, and of the second: the number, what stands in each column, and the parent's number.
    rows: [Vec<Row>; 2],
}

struct Row {
    number: usize,
    values: Vec<Option<&'static str>>,
    parent: Option<usize>,
}

pub(crate) struct Case {
    pub(crate) tables: Vec<TableCase>,
}

impl Case {
    pub(crate) fn of(number: u64) -> Self {
        let mut dice = Dice::of(number);
        let mut tables: Vec<TableCase> = Vec::new();
        for name in NAMES.iter().take(1 + dice.below(NAMES.len())) {
            let mode = dice.pick(MODES);
            // What `sync` deletes takes along what refers to it, and rows that are only ever inserted would come back.
            let parents = |it: &&TableCase| it.key != Key::Both && !(it.may_lose_rows && mode == "insert");
            let parent = tables.iter().rev().find(parents).filter(|_| !dice.one_in(4));
            let columns: Vec<_> = (0..dice.below(7)).map(|_| (any_type(&mut dice), !dice.one_in(3))).collect();
            let rows = [0, 1].map(|time| {
                let numbers: Vec<usize> = (1..40).filter(|_| !dice.one_in(3)).collect();
                let row = |number| Row {
                    number,
                    values: columns
                        .iter()
                        .map(|(kind, null)| (!(*null && dice.one_in(4))).then(|| any_value(&mut dice, *kind)))
                        .collect(),
                    parent: parent
                        .filter(|_| !dice.one_in(4))
                        .and_then(|parent| Some(parent.rows[time].get(dice.below(parent.rows[time].len()))?.number)),
                };
                numbers.into_iter().map(row).collect()
            });
            let may_lose_rows = mode == "sync" || parent.is_some_and(|parent| parent.may_lose_rows);
            let parent = parent.map(|parent| (parent.name, parent.key));
            let key = dice.pick(&[Key::Number, Key::Text, Key::Both, Key::Code]);
            let form = dice.pick(&[Form::Csv, Form::Json, Form::Yaml]);
            tables.push(TableCase { name, key, form, mode, may_lose_rows, columns, parent, rows });
        }
        Self { tables }
    }

    pub(crate) fn schema(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(TableCase::schema).collect();
        format!("{OWN_TYPES}\n{}", tables.join(";\n"))
    }

    /// limosa.toml.
    pub(crate) fn settings(&self) -> String {
        let of = |table: &TableCase| format!("[seed.\"{}\"]\nmode = \"{}\"\n", table.name, table.mode);
        format!("[project]\nname = \"clinic\"\n{}", self.tables.iter().map(of).collect::<String>())
    }

    /// The files of the first time and of the second, by name.
    pub(crate) fn files(&self) -> [Vec<(String, String)>; 2] {
        [0, 1].map(|time| self.tables.iter().map(|table| (table.file_name(), table.file(time))).collect())
    }
}

impl Key {
    /// The columns of a file that hold it.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Number => &["id"],
            Self::Text | Self::Code => &["code"],
            Self::Both => &["id", "code"],
        }
    }

    fn values(self, number: usize) -> Vec<String> {
        let code = format!("c \"{number}\", ä");
        match self {
            Self::Number => vec![number.to_string()],
            Self::Text | Self::Code => vec![code],
            Self::Both => vec![number.to_string(), code],
        }
    }
}

impl TableCase {
    pub(crate) fn quoted(&self) -> String {
        format!("\"{}\"", self.name)
    }

    fn schema(&self) -> String {
        let mut parts = match self.key {
            Key::Number => vec!["id int PRIMARY KEY".to_owned()],
            Key::Text => vec!["code text PRIMARY KEY".to_owned()],
            Key::Both => vec!["id int, code text, PRIMARY KEY (id, code)".to_owned()],
            Key::Code => vec!["id serial PRIMARY KEY, code text UNIQUE NOT NULL".to_owned()],
        };
        for (at, (kind, null)) in self.columns.iter().enumerate() {
            parts.push(format!("c{at} {}{}", type_name(*kind), if *null { "" } else { " NOT NULL" }));
        }
        if let Some((parent, key)) = self.parent {
            let kind = if key == Key::Text { "text" } else { "int" };
            parts.push(format!("parent {kind} REFERENCES \"{parent}\" ON DELETE CASCADE"));
        }
        format!("CREATE TABLE {} ({})", self.quoted(), parts.join(", "))
    }

    fn file_name(&self) -> String {
        let ending = match self.form {
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Yaml => "yaml",
        };
        format!("{}.{ending}", self.name)
    }

    /// The names of the columns, and whether their values stand as they are in JSON.
    fn header(&self) -> Vec<(String, bool)> {
        let mut header: Vec<(String, bool)> = self.key.columns().iter().map(|it| ((*it).to_owned(), false)).collect();
        let kinds = self.columns.iter().enumerate();
        header.extend(kinds.map(|(at, (kind, _))| (format!("c{at}"), is_document(type_name(*kind)))));
        header.extend(self.parent.map(|(parent, key)| match key {
            Key::Code => (format!("parent->\"{parent}\".code"), false),
            _ => ("parent".to_owned(), false),
        }));
        header
    }

    fn file(&self, time: usize) -> String {
        let header = self.header();
        let rows = self.rows[time].iter().map(|row| {
            let mut values: Vec<Option<String>> = self.key.values(row.number).into_iter().map(Some).collect();
            values.extend(row.values.iter().map(|value| value.map(str::to_owned)));
            values.extend(self.parent.map(|(_, key)| row.parent.and_then(|number| key.values(number).pop())));
            values
        });
        match self.form {
            Form::Csv => {
                let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
                let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
                let cells = |row: Vec<Option<String>>| {
                    line(row.iter().map(|value| value.as_deref().map(quoted).unwrap_or_default()).collect())
                };
                let first = line(header.iter().map(|(name, _)| quoted(name)).collect());
                first + &rows.map(cells).collect::<String>()
            }
            Form::Json | Form::Yaml => {
                let text = |text: &str| serde_json::Value::from(text).to_string();
                let member = |((name, as_it_is), value): (&(String, bool), Option<String>)| match value {
                    None => format!("{}: null", text(name)),
                    Some(value) if *as_it_is => format!("{}: {value}", text(name)),
                    Some(value) => format!("{}: {}", text(name), text(&value)),
                };
                let row = |row: Vec<Option<String>>| {
                    format!("{{{}}}", header.iter().zip(row).map(member).collect::<Vec<_>>().join(", "))
                };
                format!("[{}]\n", rows.map(row).collect::<Vec<_>>().join(",\n "))
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.schema(), self.settings())?;
        for (name, text) in self.files().iter().flatten() {
            writeln!(f, "-- {name}\n{text}")?;
        }
        Ok(())
    }
}
