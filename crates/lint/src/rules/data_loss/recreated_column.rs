//! A column is dropped and made anew under the same name, so its values are lost.
//!
//! Tools that compare schemas write this for a column whose type has changed. The new column begins empty, or with its
//! default in every row, and the values of the old one are gone. `ALTER COLUMN … TYPE … USING` converts them; for a
//! large table, add a second column, copy in batches, and let it take over the name.
//!
//! Silent for tables and columns of the same rollout, for columns that are computed from others, and where an earlier
//! statement of the file has kept the values elsewhere.
//!
//! ```sql,bad
//! ALTER TABLE visit DROP COLUMN price, ADD COLUMN price numeric(10, 2);
//! ```
//! ```sql,bad
//! ALTER TABLE visit DROP COLUMN state;
//! ALTER TABLE visit ADD COLUMN state visit_state NOT NULL DEFAULT 'open';
//! ```
//! ```sql,good
//! ALTER TABLE visit ALTER COLUMN price TYPE numeric(10, 2) USING price::numeric(10, 2);
//! ```
//! ```sql,good
//! ALTER TABLE visit DROP COLUMN words;
//! ALTER TABLE visit ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', note)) STORED;
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::HazardKind;
use limosa_syntax::{Command, Generation, Severity, TableAction};

use crate::found::{Findings, listed_columns, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, view: false, .. } = step.command() else { return };
    if !step.is_in_use(table) || step.is_allowed(HazardKind::DeletesData) || may_be_kept(step, table) {
        return;
    }
    let name = step.resolve(table);
    let lost = actions.iter().enumerate().filter_map(|(number, action)| match action {
        TableAction::DropColumn(column) => {
            let is_made_anew = step.actions_from(number + 1).any(|action| {
                matches!(action, TableAction::AddColumn(added) if added.name == *column
                    && !matches!(added.generation, Some(Generation::Stored | Generation::Virtual)))
            });
            (is_made_anew && !step.state.is_added(&name, column)).then_some((number, column))
        }
        _ => None,
    });
    let lost: Vec<(usize, &Identifier)> = lost.collect();
    let Some((first, column)) = lost.first() else { return };
    let columns = listed_columns(lost.iter().map(|(_, column)| *column));
    let message = format!("the values of {columns} in {} are lost: what is dropped is made anew", shown(table));
    let finding = found.at(step.part(*first), message);
    if step.sizes.rows(&name) == Some(0) {
        finding.at_most(Severity::Note).note("the table has no rows");
    }
    finding.help(format!("convert the values: `ALTER COLUMN {} TYPE … USING …`", column.for_people()));
}

/// Whether the values may live on: there are none, or a statement before has read or rewritten the table.
fn may_be_kept(step: &Step<'_>, table: &QualifiedName) -> bool {
    let name = step.resolve(table);
    let is_updated = step.before.iter().any(|looked| match &looked.command {
        Command::Change { table, deletes: false, .. } => step.resolve(table) == name,
        _ => false,
    });
    is_updated || step.is_read_before(table) || step.state.is_emptied(&name)
}
