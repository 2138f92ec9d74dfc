//! A function with the rights of its owner leaves it to the caller where its names are looked for.
//!
//! `SECURITY DEFINER` runs with the owner's rights, but with the `search_path` of whoever calls: a caller who puts a
//! schema of his own first has his own functions and operators run as the owner. `SET search_path` fixes the path for
//! the time of the call; `pg_temp` belongs at its end. A body of `BEGIN ATOMIC` or `RETURN` has looked its names up
//! when it was made.
//!
//! ```sql,bad
//! CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'SELECT true';
//! ```
//! ```sql,good
//! CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
//!     AS 'SELECT true';
//! CREATE FUNCTION today() RETURNS date LANGUAGE sql SECURITY DEFINER RETURN current_date;
//! CREATE FUNCTION now_as_caller() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{Function, functions_of_catalog, functions_of_script};

pub(crate) const RULE: Declaration = Declaration::new(
    Level::Warning,
    &[
        On::Script(|script, found| functions_of_script(script).iter().for_each(|function| check(function, found))),
        On::Catalog(|view, found| functions_of_catalog(view).iter().for_each(|function| check(function, found))),
    ],
)
.with(&[
    Parameter::new("all", ParameterKind::Flag, "false", "whether functions with the caller's rights are meant as well"),
    EXCEPT,
]);

fn check(function: &Function<'_>, found: &mut Findings<'_>) {
    if function.sets_search_path || function.is_bound {
        return;
    }
    let name = shown(&function.name);
    let message = match function.security_definer {
        true => format!("whoever calls {name} chooses where its names are looked for, and it has its owner's rights"),
        false if found.parameters.flag("all") => {
            format!("where the names in {name} are looked for depends on the caller")
        }
        false => return,
    };
    let finding = found.site(function.site, message).of_table(&function.name);
    finding.help("add `SET search_path = …, pg_temp`");
}
