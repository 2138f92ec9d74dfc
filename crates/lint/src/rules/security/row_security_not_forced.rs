//! Row security does not hold for the table's owner.
//!
//! An application that connects as the owner of its tables sees every row, whatever the policies say, unless
//! `FORCE ROW LEVEL SECURITY` is set.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! ALTER TABLE visit FORCE ROW LEVEL SECURITY;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.whole && table.row_security && !table.force_row_security {
        let message = format!("the policies of {} do not hold for its owner", table.shown());
        let finding = found.site(table.site, message).of_table(&table.name);
        finding.help(format!("`ALTER TABLE {} FORCE ROW LEVEL SECURITY`", table.shown().trim_matches('`')));
    }
}
