//! A unique key lets rows be the same as long as they hold null.
//!
//! Nulls are not equal to each other, so two rows with the same `name` and no `parent_id` both fit into a unique key
//! of the two. `NULLS NOT DISTINCT` takes them for equal. Keys of one column are let be: there, null means none.
//!
//! ```sql,bad
//! CREATE TABLE unit (id bigint PRIMARY KEY, parent_id bigint, name text NOT NULL, UNIQUE (parent_id, name));
//! ```
//! ```sql,good
//! CREATE TABLE unit (id bigint PRIMARY KEY, parent_id bigint, name text NOT NULL, code text UNIQUE,
//!     UNIQUE NULLS NOT DISTINCT (parent_id, name));
//! ```

use limosa_catalog::Identifier;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Rule, Site, Table, of_tables, shown_columns};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let mut keys: Vec<(Site<'_>, Vec<Identifier>)> = Vec::new();
    for constraint in &table.constraints {
        if let Rule::Unique { columns, nulls_not_distinct: false } = &constraint.rule {
            keys.push((constraint.site, columns.clone()));
        }
    }
    for index in table.indexes.iter().filter(|index| index.unique && !index.nulls_not_distinct) {
        if let (Some(columns), None) = (index.columns(), &index.predicate) {
            keys.push((index.site, columns));
        }
    }
    for (site, columns) in keys.into_iter().filter(|(_, columns)| columns.len() > 1 && !table.is_partition) {
        let is_null = |column: &&Identifier| table.column(column).is_some_and(|column| column.not_null == Some(false));
        if let Some(column) = columns.iter().find(is_null) {
            let (columns, column) = (shown_columns(&columns), column.for_people());
            let message = format!("rows of {} with no `{column}` may be the same in {columns}", table.shown());
            let finding = found.site(site, message).of_table(&table.name);
            finding.help("write `NULLS NOT DISTINCT`, or make the column `NOT NULL`");
        }
    }
}
