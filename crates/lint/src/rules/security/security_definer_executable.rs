//! Everyone may call a function that has its owner's rights.
//!
//! A new function may be executed by everyone (`PUBLIC`). For one that runs with the owner's rights that is rarely
//! what is meant. Functions for triggers cannot be called.
//!
//! ```sql,bad
//! CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp AS '';
//! ```
//! ```sql,good
//! CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp AS '';
//! REVOKE EXECUTE ON FUNCTION purge() FROM PUBLIC;
//! ```

use limosa_catalog::kind::grant::Privilege;

use crate::found::{Findings, shown};
use crate::rights::first_with;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{Site, functions_of_catalog};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Catalog(check)]).with(&[
    Parameter::new("roles", ParameterKind::List, r#"["public"]"#, "the roles that are meant; `public` is everyone"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let roles = found.parameters.list("roles");
    for function in functions_of_catalog(view).iter().filter(|it| it.security_definer && !it.is_trigger) {
        let Site::Catalog(id) = function.site else { continue };
        if let Some(role) = first_with(view.catalog, id, &roles, Privilege::Execute) {
            let who = if role == "public" { "everyone".to_owned() } else { format!("`{role}`") };
            let message = format!("{who} may call {}, which has its owner's rights", shown(&function.name));
            let finding = found.site(function.site, message).of_table(&function.name);
            finding.help("`REVOKE EXECUTE` on it, and grant it to those who are meant");
        }
    }
}
