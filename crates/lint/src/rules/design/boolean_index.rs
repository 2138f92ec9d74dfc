//! An index of nothing but a boolean column.
//!
//! Half of the rows, or nearly all, hold either value, so reading the whole table is cheaper. Where one value is rare,
//! an index of what is asked for, with that value as its `WHERE`, is small and of use.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, is_open boolean);
//! CREATE INDEX visit_open ON visit (is_open);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, is_open boolean);
//! CREATE INDEX visit_open ON visit (id) WHERE is_open;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for index in table.indexes.iter().filter(|index| index.predicate.is_none() && !index.unique && !index.is_partition)
    {
        let Some(columns) = index.columns() else { continue };
        let [column] = columns.as_slice() else { continue };
        let data_type = table.column(column).and_then(|column| column.data_type.as_ref());
        if data_type.is_some_and(|data_type| data_type.is(&["boolean"])) {
            let message = format!("an index of the boolean {} alone is hardly ever used", table.shown_column(column));
            let finding = found.site(index.site, message).of_table(&table.name);
            finding.help("index what is asked for `WHERE` it is the rarer value");
        }
    }
}
