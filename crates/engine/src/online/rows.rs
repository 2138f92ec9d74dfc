//! What stands between an online change and the rows of its tables: policies that hide them, and triggers of others
//! that would fire for each.

use limosa_catalog::{Identifier, Literal, ObjectName};
use limosa_plan::RowsOf;
use limosa_syntax::Diagnostic;

use crate::backfill::{Desk, ROWS_HIDDEN, sees_all_rows};
use crate::run_error::RunError;

/// The name under which it is allowed that triggers of others fire.
pub(super) const FIRES_TRIGGERS: &str = "fires-triggers";

/// Tables of which policies hide rows from who asks. One look at the catalog; tables with policies are few.
const HIDING: &str = "\
SELECT n.nspname, c.relname, current_user
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND c.relkind IN ('r', 'p') AND pg_catalog.row_security_active(c.oid)";

/// Triggers that fire for each row that is filled in one of these tables, or for each batch.
const FIRED: &str = include_str!("fired.sql");

/// Whether who connected may fill rows without the triggers of others.
const MAY_REST: &str = "pg_catalog.has_parameter_privilege(session_user, 'session_replication_role', 'SET')";

/// Whether triggers of others rest while rows are filled. Where the migration says itself how rows are changed, they
/// fire as for any statement.
///
/// # Errors
/// What the server says.
pub(super) async fn triggers_rest(desk: &Desk<'_>, rows: &RowsOf) -> Result<bool, RunError> {
    if rows.says_itself || rows.filled.is_empty() {
        return Ok(false);
    }
    let answer = desk.ask(&format!("SELECT {MAY_REST}")).await?;
    Ok(answer.first().and_then(|row| row.first()).and_then(Option::as_deref) == Some("t"))
}

/// A finding for each table of which rows would be left as they are, since a policy hides them.
///
/// # Errors
/// What the server says.
pub(super) async fn hidden_rows(desk: &Desk<'_>, rows: &RowsOf, subject: &str) -> Result<Vec<Diagnostic>, RunError> {
    let mut problems = Vec::new();
    for row in desk.ask(HIDING).await? {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let (Ok(schema), Ok(name)) = (Identifier::new(text(0)), Identifier::new(text(1))) else { continue };
        let table = ObjectName { schema, name };
        if rows.reads(&table) {
            let words = format!("{subject}: row security hides rows of {table} from {}", text(2));
            problems.push(Diagnostic::error(ROWS_HIDDEN, words).with_help(sees_all_rows(&table.to_string())));
        }
    }
    Ok(problems)
}

/// A finding where triggers of others would fire for each row that is filled, though nothing that they know of changes.
///
/// # Errors
/// What the server says.
pub(super) async fn fired(
    desk: &Desk<'_>,
    (rows, rest): (&RowsOf, bool),
    schema: &Identifier,
    subject: &str,
) -> Result<Option<Diagnostic>, RunError> {
    if rows.filled.is_empty() || rows.says_itself {
        return Ok(None);
    }
    let tables: Vec<String> = rows.filled.iter().map(|table| Literal(&table.to_string()).to_string()).collect();
    let sql = FIRED
        .replace("{tables}", &format!("ARRAY[{}]", tables.join(", ")))
        .replace("{schema}", &Literal(&schema.to_string()).to_string())
        .replace("{rest}", if rest { "true" } else { "false" });
    let found: Vec<String> = desk.ask(&sql).await?.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    if found.is_empty() {
        return Ok(None);
    }
    let way = match rest {
        true => "they are enabled for replicas or always, so nothing keeps them from it: disable them for as long",
        false => {
            "let who connects set it aside for these rows: `GRANT SET ON PARAMETER session_replication_role TO …`, or \
             connect as a superuser"
        }
    };
    Ok(Some(
        Diagnostic::error(FIRES_TRIGGERS, format!("{subject}: triggers would fire for each row that is filled"))
            .with_note(format!("trigger {}", found.join(", ")))
            .with_help(format!("{way}; or say `-- limosa: allow {FIRES_TRIGGERS}` at the head of the file")),
    ))
}
