//! A column that is not for everyone can be read through the API.
//!
//! Row security hides rows, not columns: a user who may see a row of a table sees all of its columns. The rule goes by
//! the names of columns, in tables without row security.
//!
//! ```sql,bad
//! -- limosa.toml: sensitive-column-exposed = { roles = ["public"] }
//! CREATE TABLE account (id bigint PRIMARY KEY, password_hash text);
//! GRANT SELECT ON account TO PUBLIC;
//! ```
//! ```sql,good
//! -- limosa.toml: sensitive-column-exposed = { roles = ["public"] }
//! CREATE TABLE account (id bigint PRIMARY KEY, password_hash text);
//! ```

use limosa_catalog::kind::grant::Privilege;

use crate::found::Findings;
use crate::name_list::fits;
use crate::rights::first_with;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::Site;
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new(
        "columns",
        ParameterKind::List,
        r#"["*password*", "*secret*", "*token*", "*api_key*", "ssn", "*credit_card*", "*iban*"]"#,
        "names of columns, in lower case, with `*` for any text",
    ),
    Parameter::new("roles", ParameterKind::List, r#"["anon", "authenticated"]"#, "the roles of the API"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let (columns, roles) = (found.parameters.list("columns"), found.parameters.list("roles"));
    for table in view.tables().iter().filter(|table| !table.row_security) {
        let Site::Catalog(id) = table.site else { continue };
        let Some(role) = first_with(view.catalog, id, &roles, Privilege::Select) else { continue };
        for column in &table.columns {
            let name = column.name.as_str().to_lowercase();
            if columns.iter().any(|listed| fits(listed, &name)) {
                let message = format!("`{role}` may read {} of every row", table.shown_column(&column.name));
                let finding = found.site(column.site, message).of_table(&table.name);
                finding.help("grant `SELECT` on the other columns, or keep it in a table of its own");
            }
        }
    }
}
