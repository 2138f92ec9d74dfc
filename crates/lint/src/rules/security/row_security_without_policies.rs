//! A table has row security, and no policy.
//!
//! Then nobody but its owner, and roles with `BYPASSRLS`, sees a row or writes one. That is right for tables that only
//! a service reads, and a surprise for others.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit USING (owner = current_user);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for table in view.tables().iter().filter(|table| table.row_security && table.policies == 0) {
        let message =
            format!("only the owner of {} sees its rows: row security is on, without a policy", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}
