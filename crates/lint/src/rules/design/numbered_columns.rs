//! Columns of a table are told apart by numbers.
//!
//! `phone1`, `phone2`, `phone3` is a list: whoever looks for a number has to ask all of them, and the fourth is a
//! migration. A table of its own, or an array, holds as many as there are.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, phone1 text, phone2 text, phone3 text);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, address_line1 text, address_line2 text, icd10 text);
//! ```

use std::collections::BTreeMap;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("from", ParameterKind::Number, "3", "from how many columns on it is a list"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let from = found.parameters.number("from");
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for column in table.columns.iter().filter(|_| !table.is_partition) {
        let name = column.name.as_str();
        let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if stem.len() < name.len() {
            lists.entry(stem.trim_end_matches('_')).or_default().push(name);
        }
    }
    for names in lists.values().filter(|names| u64::try_from(names.len()).is_ok_and(|count| count >= from)) {
        let message = format!("`{}` of {} are a list", names.join("`, `"), table.shown());
        let finding = found.site(table.site, message).of_table(&table.name);
        finding.help("keep them in a table of their own, or in an array");
    }
}
