//! Roles that a schema refers to. They belong to a server and not to a schema, so a shadow makes those that it lacks.

use limosa_catalog::Identifier;
use limosa_postgres::{ServerError, Session};

use crate::server_words::code;

/// The role whose absence made a statement fail (42704 `role "app" does not exist`).
pub(crate) fn missing_role(error: &ServerError) -> Option<Identifier> {
    let database = error.database().filter(|_| code(error) == Some("42704"))?;
    let name = database.message.strip_prefix("role \"")?.strip_suffix("\" does not exist")?;
    Identifier::new(name).ok()
}

/// Makes a role that owns and is granted things, and does nothing else. The shadow's own role becomes a member, so that
/// it can give objects to it.
pub(crate) async fn make_role(session: &Session, role: &Identifier) -> Result<(), ServerError> {
    let sql = format!("CREATE ROLE {role} NOLOGIN");
    session.flight(&sql).await.map(drop).map_err(|failure| failure.error)
}
