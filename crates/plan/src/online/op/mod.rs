//! The operations: one file each, one line each in the list below.

mod add_column;
mod add_constraint;
mod add_key;
mod add_numbered;
mod addition;
mod alter_constraint;
mod change_of_rows;
mod change_type;
mod create_index;
mod default;
mod drop_column;
mod given;
mod identity;
mod later;
mod new_table;
mod not_null;
mod partition;
mod recast;
mod remade;
mod rename_column;
mod rename_table;
mod rename_type;
mod validate;

pub(super) use change_type::{may_be_written, of_type};
pub(super) use given::summary;
pub(super) use rename_column::may_have_a_copy;

use super::phases::Phases;
use super::refusal::Refusal;
use super::situation::{Situation, Work};

/// What an operation makes of a statement; `None` where the statement is not its own.
type Operation = fn(&Situation<'_>, &Work<'_>) -> Option<Result<Phases, Refusal>>;

/// Asked in this order.
const OPERATIONS: &[Operation] = &[
    given::phases,
    remade::phases,
    change_of_rows::phases,
    new_table::phases,
    rename_column::phases,
    change_type::phases,
    not_null::phases,
    add_constraint::phases,
    validate::phases,
    alter_constraint::phases,
    add_column::phases,
    drop_column::phases,
    default::phases,
    identity::phases,
    create_index::phases,
    rename_table::phases,
    rename_type::phases,
    partition::phases,
    later::phases,
    addition::phases,
];

/// The phases of a statement.
pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Result<Phases, Refusal> {
    OPERATIONS.iter().find_map(|operation| operation(situation, work)).unwrap_or_else(|| {
        Err(Refusal::new(
            "it is not known how this leaves both versions able to work",
            "say when it is to run with `-- limosa: phase expand` or `-- limosa: phase contract` above it, or move it \
             to a migration of its own",
        ))
    })
}
