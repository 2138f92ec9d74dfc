//! A table has one column only.
//!
//! It can say of a value that it is there, and nothing else: often it is what was left of something, or the start of
//! something that never came. Lists of codes are rightly like this.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, at timestamptz);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if let ([column], true) = (table.columns.as_slice(), table.whole && !table.is_partition) {
        let message = format!("{} has no column but `{}`", table.shown(), column.name.for_people());
        found.site(table.site, message).of_table(&table.name);
    }
}
