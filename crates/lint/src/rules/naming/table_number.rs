//! A table's name is not in the singular, or plural, that the project has chosen.
//!
//! `patient` or `patients`: both are good, and having to look up which of them it is, is not. English alone is
//! understood, and only what follows its rules: a name ends in a plural where its last word ends in `s`, but not in
//! `ss`, `us` or `is`.
//!
//! ```sql,bad
//! -- limosa.toml: table-number = { number = "singular" }
//! CREATE TABLE patients (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: table-number = { number = "singular" }
//! CREATE TABLE patient_address (id bigint PRIMARY KEY);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter { name: "number", kind: ParameterKind::Text, default: "\"singular\"", meaning: "`singular` or `plural`" },
    EXCEPT,
]);

/// Words whose form says nothing.
const BOTH: &[&str] = &[
    "news",
    "series",
    "species",
    "settings",
    "analytics",
    "metrics",
    "data",
    "media",
    "people",
    "children",
    "staff",
    "equipment",
    "information",
    "inventory",
    "history",
    "metadata",
    "feedback",
    "sms",
    "gps",
    "dns",
    "aws",
    "https",
    "alias",
    "canvas",
    "bias",
    "atlas",
    "gas",
    "lens",
    "chaos",
    "always",
    "details",
    "stats",
    "preferences",
];

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let wanted = found.parameters.text("number").unwrap_or_default();
    let name = table.name.name.as_str();
    if !table.is_named_here || table.is_partition {
        return;
    }
    let Some(plural) = is_plural(name) else { return };
    if plural != (wanted == "plural") {
        let number = if plural { "plural" } else { "singular" };
        let message = format!("the name of the table {} is in the {number}", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}

/// Whether a name ends in a plural; `None` where nobody can tell.
fn is_plural(name: &str) -> Option<bool> {
    let start = name.rfind('_').map_or(0, |at| at + 1);
    let capital = name.rfind(|letter: char| letter.is_ascii_uppercase()).unwrap_or(0);
    let last = name.get(start.max(capital)..)?.to_ascii_lowercase();
    if last.len() < 3 || BOTH.contains(&last.as_str()) || !last.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    Some(last.ends_with('s') && !["ss", "us", "is"].iter().any(|end| last.ends_with(end)))
}
