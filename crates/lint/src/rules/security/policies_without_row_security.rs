//! A table has policies, and row security is off.
//!
//! Policies do nothing until `ENABLE ROW LEVEL SECURITY`: whoever may read the table sees every row.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! CREATE POLICY own ON visit USING (owner = current_user);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = current_user);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.whole && table.policies > 0 && !table.row_security {
        let message = format!("the policies of {} do nothing: row security is off", table.shown());
        let finding = found.site(table.site, message).of_table(&table.name);
        finding.help(format!("`ALTER TABLE {} ENABLE ROW LEVEL SECURITY`", table.shown().trim_matches('`')));
    }
}
