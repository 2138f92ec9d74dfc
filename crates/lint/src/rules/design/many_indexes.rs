//! A table has many indexes.
//!
//! Each insert writes all of them, and each update those whose columns it changes. Those of keys are counted, too.
//!
//! ```sql,bad
//! -- limosa.toml: many-indexes = { most = 2 }
//! CREATE TABLE visit (id bigint PRIMARY KEY, a int, b int);
//! CREATE INDEX visit_a ON visit (a);
//! CREATE INDEX visit_b ON visit (b);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, a int, b int);
//! CREATE INDEX visit_a ON visit (a);
//! CREATE INDEX visit_b ON visit (b);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Rule, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("most", ParameterKind::Number, "10", "how many indexes are let be"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let has_index = |rule: &Rule| matches!(rule, Rule::PrimaryKey(_) | Rule::Unique { .. } | Rule::Exclusion);
    let keys = table.constraints.iter().filter(|constraint| has_index(&constraint.rule)).count();
    let count = keys + table.indexes.len();
    let most = found.parameters.number("most");
    if !table.is_partition && u64::try_from(count).is_ok_and(|count| count > most) {
        let message = format!("the table {} has {count} indexes", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}
