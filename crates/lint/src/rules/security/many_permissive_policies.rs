//! Several permissive policies of a table are for the same command and role.
//!
//! One of them has to agree, so all of them are asked for each row, until one does. One policy with `OR` says the
//! same, and lets the server choose.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text, shared boolean);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit FOR SELECT USING (owner = current_user);
//! CREATE POLICY shared ON visit USING (shared);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner text, shared boolean);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY own ON visit FOR SELECT USING (owner = current_user OR shared);
//! CREATE POLICY writes ON visit FOR UPDATE USING (owner = current_user);
//! ```

use limosa_catalog::kind::policy::PolicyCommand;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::shape::{Policy, policies_of_catalog};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let policies = policies_of_catalog(view);
    let permissive: Vec<&Policy<'_>> = policies.iter().filter(|policy| policy.permissive).collect();
    for (number, policy) in permissive.iter().enumerate() {
        let meets = |other: &&&Policy<'_>| {
            other.table == policy.table && same_command(other.command, policy.command) && same_role(other, policy)
        };
        if let Some(other) = permissive.iter().take(number).find(meets) {
            let message = format!("the policies `{}` and {} are both asked", other.name.for_people(), policy.shown());
            found.site(policy.site, message).of_table(&policy.table).help("make them one, with `OR`");
        }
    }
}

fn same_command(one: PolicyCommand, other: PolicyCommand) -> bool {
    one == other || one == PolicyCommand::All || other == PolicyCommand::All
}

fn same_role(one: &Policy<'_>, other: &Policy<'_>) -> bool {
    one.roles.is_empty() || other.roles.is_empty() || one.roles.iter().any(|role| other.roles.contains(role))
}
