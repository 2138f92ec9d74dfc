//! Numbers that the history gives out, each once in a database: names are made of them.

use limosa_catalog::Identifier;
use limosa_postgres::{ServerError, Session, Type};

/// A table of the history whose column `id` numbers what is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Numbered {
    /// What is set aside.
    Aside,
    /// Online changes.
    Online,
}

/// The next number.
///
/// # Errors
/// What the server says.
pub(crate) async fn next_number(session: &Session, schema: &Identifier, of: Numbered) -> Result<i64, ServerError> {
    let table = match of {
        Numbered::Aside => format!("{schema}.aside"),
        Numbered::Online => format!("{schema}.online"),
    };
    let sql = "SELECT pg_catalog.nextval(pg_catalog.pg_get_serial_sequence($1, 'id'))";
    let rows = session.query(sql, &[(&table, Type::TEXT)]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}
