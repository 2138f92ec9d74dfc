//! Names of tables, as SQL spells them.

use limosa_catalog::{Identifier, QualifiedName};

use crate::InvalidColumnName;
use crate::reference::split_name;

/// Reads `table` or `schema.table`; unquoted parts are folded to lower case.
pub(crate) fn table_name(text: &str) -> Result<QualifiedName, InvalidTableName> {
    let mut parts = split_name(text)?.into_iter().map(Identifier::new).collect::<Result<Vec<_>, _>>()?;
    let count = parts.len();
    match (parts.pop(), parts.pop()) {
        (Some(name), schema) if count <= 2 => Ok(QualifiedName { schema, name }),
        _ => Err(InvalidTableName::Parts(text.to_owned(), count)),
    }
}

/// Why a text is not the name of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTableName {
    #[error(transparent)]
    Form(#[from] InvalidColumnName),
    #[error(transparent)]
    Part(#[from] limosa_catalog::InvalidIdentifier),
    #[error("`{0}` has {1} parts; expected `table` or `schema.table`")]
    Parts(String, usize),
}
