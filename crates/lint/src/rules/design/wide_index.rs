//! An index has many columns.
//!
//! What is behind the third column or so seldom narrows a search, and each update of it writes the index.
//!
//! ```sql,bad
//! -- limosa.toml: wide-index = { most = 3 }
//! CREATE TABLE visit (id bigint PRIMARY KEY, a int, b int, c int, d int);
//! CREATE INDEX visit_all ON visit (a, b, c, d);
//! ```
//! ```sql,good
//! -- limosa.toml: wide-index = { most = 3 }
//! CREATE TABLE visit (id bigint PRIMARY KEY, a int, b int, c int, d int);
//! CREATE INDEX visit_all ON visit (a, b, c);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("most", ParameterKind::Number, "4", "how many columns are let be"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let most = found.parameters.number("most");
    for index in table.indexes.iter().filter(|index| !index.is_partition) {
        let keys = index.keys.len();
        if u64::try_from(keys).is_ok_and(|keys| keys > most) {
            let message = format!("this index of {} has {keys} columns", table.shown());
            found.site(index.site, message).of_table(&table.name);
        }
    }
}
