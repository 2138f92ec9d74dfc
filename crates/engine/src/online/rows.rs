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

/// Constraints that hold for what is written only: rows that were there before may break them, and the server takes no
/// change of such a row.
const UNPROVEN: &str = "\
SELECT c.conrelid::regclass::text, pg_catalog.quote_ident(c.conname),
  coalesce(pg_catalog.pg_get_expr(c.conbin, c.conrelid), pg_catalog.quote_ident(a.attname) || ' IS DISTINCT FROM NULL')
FROM pg_catalog.unnest({tables}::text[]) name
JOIN pg_catalog.pg_constraint c ON c.conrelid = pg_catalog.to_regclass(name)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype IN ('c', 'n') AND NOT c.convalidated AND pg_catalog.to_jsonb(c)->>'conenforced' IS DISTINCT FROM 'false'
ORDER BY 1, 2";

/// A finding for each constraint that was never validated and that a row breaks which is to be filled. Looks at every
/// row of such a table.
///
/// # Errors
/// What the server says.
pub(super) async fn breaking(desk: &Desk<'_>, rows: &RowsOf, subject: &str) -> Result<Vec<Diagnostic>, RunError> {
    let mut problems = Vec::new();
    if rows.filled.is_empty() {
        return Ok(problems);
    }
    for row in desk.ask(&UNPROVEN.replace("{tables}", &array(rows))).await? {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let (table, name, rule) = (text(0), text(1), text(2));
        let found = desk.ask(&format!("SELECT ctid::text FROM {table} WHERE NOT ({rule}) LIMIT 1")).await?;
        let Some(place) = found.into_iter().next().and_then(|row| row.into_iter().next()?) else { continue };
        let words = format!("{subject}: a row of {table} breaks {name}, which was never validated");
        problems.push(
            Diagnostic::error("breaks-constraint", words)
                .with_note(format!("such as the row at {place}: `SELECT * FROM {table} WHERE NOT ({rule})`"))
                .with_help("mend the rows, or drop the constraint, before: the server takes no change of such a row"),
        );
    }
    Ok(problems)
}

fn array(rows: &RowsOf) -> String {
    let tables: Vec<String> = rows.filled.iter().map(|table| Literal(&table.to_string()).to_string()).collect();
    format!("ARRAY[{}]", tables.join(", "))
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
    let sql = FIRED
        .replace("{tables}", &array(rows))
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
