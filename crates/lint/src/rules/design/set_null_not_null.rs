//! A foreign key sets columns to null that refuse it.
//!
//! `ON DELETE SET NULL` on a column that is `NOT NULL` cannot be carried out: deleting the referenced row fails, with
//! a message about the other table. `RESTRICT` says plainly that it must not be deleted; `CASCADE` deletes along.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patient ON DELETE SET NULL);
//! ```
//! ```sql,good
//! CREATE TABLE ward (house int, number int, PRIMARY KEY (house, number));
//! CREATE TABLE bed (id bigint PRIMARY KEY, house int NOT NULL, ward int,
//!     FOREIGN KEY (house, ward) REFERENCES ward ON DELETE SET NULL (ward));
//! ```

use limosa_catalog::Identifier;
use limosa_catalog::kind::constraint::ReferentialAction;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for (constraint, key) in table.foreign_keys() {
        let deletes = key.on_delete == Some(ReferentialAction::SetNull);
        let updates = key.on_update == Some(ReferentialAction::SetNull);
        let refuses = |column: &&Identifier| table.column(column).is_some_and(|column| column.not_null == Some(true));
        let set = if key.on_delete_columns.is_empty() { &key.columns } else { &key.on_delete_columns };
        let of_delete = deletes.then(|| set.iter().find(refuses)).flatten();
        let of_update = updates.then(|| key.columns.iter().find(refuses)).flatten();
        if let Some(column) = of_delete.or(of_update) {
            let what = if of_delete.is_some() { "deleted" } else { "given another key" };
            let message = format!(
                "a row of {} cannot be {what} while {} refers to it: the column refuses null",
                shown(&key.references),
                table.shown_column(column)
            );
            let finding = found.site(constraint.site, message).of_table(&table.name);
            finding.help("let the column be null, or write `RESTRICT` or `CASCADE`");
        }
    }
}
