//! A key is demanded of rows that are there, and duplicates would make that fail.
//!
//! A unique index or key over columns with values in them fails on the first pair of equal ones: in production, where
//! the data is. A concurrent build leaves an invalid index behind as well. Look for duplicates first.
//!
//! Silent where the columns are as new as the rollout, and where the file deletes from the table before.
//!
//! ```sql,bad
//! CREATE UNIQUE INDEX CONCURRENTLY patient_email ON patient (email);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text);
//! CREATE UNIQUE INDEX patient_email ON patient (email);
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    match step.command() {
        Command::CreateIndex { unique: true, table, columns, expressions: false, .. } => {
            look(step, table, columns, step.head(), found);
        }
        Command::AlterTable { table, actions, .. } => {
            for (number, action) in actions.iter().enumerate() {
                if let TableAction::AddConstraint(constraint) = action
                    && let TableRule::Key { columns, .. } = &constraint.rule
                {
                    let is_added = actions.iter().any(|action| match action {
                        TableAction::AddColumn(added) => columns.contains(&added.name),
                        _ => false,
                    });
                    if !is_added {
                        look(step, table, columns, step.part(number), found);
                    }
                }
            }
        }
        _ => {}
    }
}

fn look(
    step: &Step<'_>,
    table: &QualifiedName,
    columns: &[Identifier],
    span: limosa_syntax::Span,
    found: &mut Findings<'_>,
) {
    let name = step.resolve(table);
    let is_new = columns.iter().any(|column| step.state.is_added(&name, column));
    let is_empty = step.state.is_emptied(&name) || step.sizes.rows(&name) == Some(0);
    let is_cleaned = step.before.iter().any(|looked| match &looked.command {
        Command::Change { table, .. } => step.resolve(table) == name,
        _ => false,
    });
    if !step.is_in_use(table) || is_new || is_empty || is_cleaned || columns.is_empty() {
        return;
    }
    let list = columns.iter().map(|column| column.for_people().to_string()).collect::<Vec<_>>().join(", ");
    let table = shown(table);
    let plain = table.trim_matches('`');
    found.at(span, format!("rows of {table} that are equal in `{list}` make this fail")).help(format!(
        "look for them first: `SELECT {list}, count(*) FROM {plain} GROUP BY {list} HAVING count(*) > 1`"
    ));
}
