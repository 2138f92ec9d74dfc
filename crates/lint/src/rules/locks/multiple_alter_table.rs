//! One ALTER TABLE after the other works through the same table.
//!
//! What several actions of one `ALTER TABLE` have to do with the rows is done in one go; in statements of their own
//! each reads or writes the whole table again.
//!
//! Each of them is found for itself as well; this rule is for where they are accepted.
//!
//! ```sql,bad
//! ALTER TABLE visit ALTER COLUMN note SET NOT NULL;
//! ALTER TABLE visit ALTER COLUMN room SET NOT NULL;
//! ```
//! ```sql,good
//! ALTER TABLE visit ALTER COLUMN note SET NOT NULL, ALTER COLUMN room SET NOT NULL;
//! ```

use limosa_plan::lock::{StatementForm as Form, Work};
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Looked, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

/// What is done in the one pass over the rows. Indexes are built and foreign keys looked up one by one.
const IN_ONE_PASS: &[Form] = &[
    Form::AddColumnComputed,
    Form::AddColumnOfCheckedDomain,
    Form::AddColumnCheck,
    Form::SetNotNull,
    Form::SetType,
    Form::SetTypeChecked,
    Form::SetExpression,
    Form::AddCheck,
    Form::AddNotNull,
    Form::SetLogged,
    Form::SetTablespace,
    Form::SetAccessMethod,
];

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, .. } = step.command() else { return };
    let Some(before) = step.before.last().filter(|before| before.transaction == step.looked.transaction) else {
        return;
    };
    let Command::AlterTable { table: altered, .. } = &before.command else { return };
    if step.resolve(table) != step.resolve(altered) || !passes(step.looked) || !passes(before) {
        return;
    }
    found
        .at(step.head(), format!("the rows of {} are worked through once more", shown(table)))
        .help("make it a further action of the `ALTER TABLE` before, parted by a comma");
}

fn passes(looked: &Looked) -> bool {
    let works = looked.locks.locks.iter().any(|lock| lock.work > Work::None);
    works && looked.locks.forms.iter().any(|form| IN_ONE_PASS.contains(form))
}
