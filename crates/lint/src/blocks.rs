//! The transactions that a file writes out.

use limosa_syntax::{Script, TransactionControl, TransactionRule};

/// For each statement the place of the `BEGIN` before it that is not ended yet.
pub(crate) fn blocks(script: &Script) -> Vec<Option<usize>> {
    let mut open = None;
    let of_statement = script.statements.iter().enumerate().map(|(index, statement)| {
        match statement.class.transaction {
            TransactionRule::Control(TransactionControl::Begin) => open = open.or(Some(index)),
            TransactionRule::Control(
                TransactionControl::Commit | TransactionControl::Rollback | TransactionControl::Prepare,
            ) => open = None,
            _ => return open,
        }
        None
    });
    of_statement.collect()
}
