//! A type is made of values that only a migration can change.
//!
//! Values of an enum type can be added and renamed, never removed, and their order stays. Where they change often, a
//! table that is referred to, or a check, changes more easily. Many projects are happy with them.
//!
//! ```sql,bad
//! CREATE TYPE status AS ENUM ('planned', 'done');
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, status text CHECK (status IN ('planned', 'done')));
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{EnumType, of_enums};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_enums!(check)).with(&[EXCEPT]);

fn check(of: &EnumType<'_>, found: &mut Findings<'_>) {
    if of.is_named_here {
        let message = format!("values of {} can never be removed", shown(&of.name));
        found.site(of.site, message).of_table(&of.name).help("use a table of the values, or `text` with a check");
    }
}
