//! A table or column has no comment.
//!
//! What is said with `COMMENT ON` is shown by every tool that shows the table, and goes where the schema goes.
//!
//! ```sql,bad
//! -- limosa.toml: missing-comment = { columns = true }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! COMMENT ON TABLE visit IS 'A patient who was seen';
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! COMMENT ON TABLE visit IS 'A patient who was seen';
//! ```

use limosa_catalog::{Object, ObjectKind};

use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::shown_column;
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)])
    .with(&[Parameter::new("columns", ParameterKind::Flag, "false", "whether columns need one as well"), EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let columns = found.parameters.flag("columns");
    for table in view.of_kind(ObjectKind::Table) {
        let (Object::Table(of), Some(name)) = (table.object(), table_of(table.id())) else { continue };
        if of.partition_of.is_some() {
            continue;
        }
        let has_comment =
            |entry: limosa_catalog::Entry<'_>| entry.children().any(|part| matches!(part.object(), Object::Comment(_)));
        if !has_comment(table) {
            found.whole(format!("the table {} has no comment", shown(&name))).object(table.id()).of_table(&name);
        }
        for column in table.children().filter(|_| columns) {
            if let limosa_catalog::ObjectId::Column(of) = column.id()
                && !has_comment(column)
            {
                let message = format!("the column {} has no comment", shown_column(&name, &of.name));
                found.whole(message).object(column.id()).of_table(&name);
            }
        }
    }
}
