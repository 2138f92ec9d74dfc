//! A table lacks columns that every table of the project has, or has them otherwise.
//!
//! Every column is given with its type, and with `not null` and `default …` where those are wanted, too:
//! `createdAt = "timestamp(3) | timestamptz not null default now()"`. `default` alone asks for any default; `now()`,
//! `CURRENT_TIMESTAMP` and their like are one. `except` lists the tables that need none of it, such as those that only
//! join two others.
//!
//! ```sql,bad
//! -- limosa.toml: required-columns = { columns = { created_at = "timestamptz not null default now()" } }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,bad
//! -- limosa.toml: required-columns = { columns = { created_at = "timestamptz not null default now()" } }
//! CREATE TABLE visit (id bigint PRIMARY KEY, created_at timestamp);
//! ```
//! ```sql,good
//! -- limosa.toml: required-columns = { columns = { created_at = "timestamp | timestamptz not null default now()" } }
//! CREATE TABLE visit (id bigint PRIMARY KEY, created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP);
//! ```

use limosa_syntax::{TokenKind, Tokens};

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, DataType, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new(
        "columns",
        ParameterKind::Map,
        r#"{ created_at = "timestamptz not null default", updated_at = "timestamptz not null" }"#,
        "the columns, each with its type, and `not null` and `default …` where wanted",
    ),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if !table.whole || table.is_partition || table.foreign {
        return;
    }
    let mut missing = Vec::new();
    for (name, wanted) in found.parameters.map("columns") {
        match table.columns.iter().find(|column| column.name.as_str() == name) {
            None => missing.push(name),
            Some(column) => {
                if let Some(problem) = Wanted::of(&wanted).problem(column) {
                    let message = format!("{} {problem}", table.shown_column(&column.name));
                    let finding = found.site(column.site, message).of_table(&table.name);
                    finding.help(format!("`{name}` is to be `{wanted}`"));
                }
            }
        }
    }
    if !missing.is_empty() {
        let s = if missing.len() == 1 { "" } else { "s" };
        let message = format!("the table {} lacks the column{s} `{}`", table.shown(), missing.join("`, `"));
        found.site(table.site, message).of_table(&table.name);
    }
}

/// What a column is to be like.
struct Wanted {
    types: Vec<DataType>,
    not_null: bool,
    /// The expression; empty where any will do.
    default: Option<String>,
}

impl Wanted {
    fn of(text: &str) -> Self {
        let tokens = Tokens::of(text);
        let words = tokens.words();
        let data_type = words.until_any(&["NOT", "DEFAULT"]).span().map_or("", |span| span.of(text));
        let types = data_type.split('|').filter(|it| !it.trim().is_empty()).map(DataType::of).collect();
        let not_null = words.each().any(|(_, here)| here.at(&["NOT", "NULL"]));
        let default = words.each().find(|(_, here)| here.at(&["DEFAULT"])).map(|(_, mut here)| {
            here.next();
            plain(here.span().map_or("", |span| span.of(text)))
        });
        Self { types, not_null, default }
    }

    fn problem(&self, column: &Column<'_>) -> Option<String> {
        if let Some(own) = &column.data_type
            && !self.types.is_empty()
            && !self.types.iter().any(|wanted| own.meets(wanted))
        {
            return Some(format!("is `{own}`"));
        }
        if self.not_null && column.not_null == Some(false) {
            return Some("may be null".to_owned());
        }
        match (&self.default, &column.default) {
            (Some(_), None) if column.generation.is_none() => Some("has no default".to_owned()),
            (Some(wanted), Some(own)) if !wanted.is_empty() && plain(own) != *wanted => {
                Some(format!("is `{own}` by default"))
            }
            _ => None,
        }
    }
}

/// An expression without casts, parentheses and blanks, and with one word for the time of the transaction.
fn plain(expression: &str) -> String {
    let tokens = Tokens::of(expression);
    let mut words = tokens.words();
    let mut text = String::new();
    while let Some(token) = words.next() {
        match token.kind {
            TokenKind::LeftParen | TokenKind::RightParen => {}
            // A cast and its type.
            TokenKind::DoubleColon => {
                words.qualified_name();
                words.take(&["WITHOUT", "TIME", "ZONE"]);
                words.take(&["WITH", "TIME", "ZONE"]);
            }
            TokenKind::Word => text.push_str(&words.text_of(token).to_ascii_lowercase()),
            _ => text.push_str(words.text_of(token)),
        }
    }
    match text.as_str() {
        "now" | "pg_catalog.now" | "current_timestamp" | "transaction_timestamp" | "localtimestamp" => "now".to_owned(),
        _ => text,
    }
}
