//! `COPY` among the queries of applications. The server does not look into one before it runs, so it is asked for what
//! the `COPY` names; and a version that finds a view where its table was is told that PostgreSQL copies into none.

use limosa_catalog::{Literal, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};
use limosa_syntax::{Span, Tokens};

use super::describe::{Answered, Refusal};

/// What a `COPY` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CopyOf {
    /// A table.
    Table {
        /// Its name.
        name: QualifiedName,
        /// Its columns as they are written; all where none are.
        columns: Option<Span>,
        /// Whether rows are written to it.
        writes: bool,
    },
    /// What a query gives.
    Query(Span),
}

impl CopyOf {
    /// Reads a query; `None` where it is no `COPY`.
    pub(super) fn read(sql: &str) -> Option<Self> {
        let tokens = Tokens::of(sql);
        let mut words = tokens.words();
        if !words.take(&["COPY"]) {
            return None;
        }
        if let Some(query) = words.parenthesised() {
            return query.span().map(Self::Query);
        }
        // Before the parentheses of today, this was an option.
        words.take(&["BINARY"]);
        let name = words.qualified_name()?;
        let columns = words.parenthesised().and_then(|columns| columns.span());
        Some(Self::Table { name, columns, writes: words.at(&["FROM"]) })
    }

    /// The query that shows what it needs, each byte in its place where it is a part of the `COPY`.
    pub(super) fn probe(&self, sql: &str) -> String {
        match self {
            Self::Table { name, columns, .. } => {
                format!("SELECT {} FROM {name}", columns.map_or("*", |columns| columns.of(sql)))
            }
            Self::Query(query) => format!("{}{}", " ".repeat(query.start), query.of(sql)),
        }
    }
}

/// Whether a query copies rows into a table without saying which columns they have.
pub(super) fn fills_all_columns(sql: &str) -> bool {
    matches!(CopyOf::read(sql), Some(CopyOf::Table { columns: None, writes: true, .. }))
}

/// Views into which nothing can be copied: that needs a trigger in place of the `INSERT`. Nothing is copied out of any.
/// One look at a row of `pg_class`.
const VIEW_SQL: &str = "\
SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind = 'v'
AND NOT ($2 AND EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 68 = 68))";

/// Refuses a `COPY` of a view.
///
/// # Errors
/// What the server says.
pub(super) async fn of_view(session: &Session, copy: &CopyOf) -> Result<Option<Answered>, ServerError> {
    let CopyOf::Table { name, writes, .. } = copy else { return Ok(None) };
    let rows = session.query(VIEW_SQL, &[(&name.to_string(), Type::TEXT), (writes, Type::BOOL)]).await?;
    let Some(view) = rows.first().map(|row| row.get::<_, String>(0)) else { return Ok(None) };
    let (way, hint) = match writes {
        true => ("to", "INSERT the rows, or COPY into the table by the name of its schema"),
        false => ("from", "COPY (SELECT …) TO, or name the table with its schema"),
    };
    Ok(Some(Answered::Refused(Refusal {
        message: format!("cannot copy {way} view {}", Literal(&view)),
        detail: None,
        hint: Some(hint.to_owned()),
        sqlstate: Some("42809".to_owned()),
        byte: None,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_copy_names_is_read() {
        let probe = |sql: &str| CopyOf::read(sql).map(|copy| copy.probe(sql));
        for (sql, expected) in [
            ("COPY visit FROM STDIN", "SELECT * FROM \"visit\""),
            (
                "copy app.\"Visit\" (id, \"to\") from stdin with (format csv)",
                "SELECT id, \"to\" FROM \"app\".\"Visit\"",
            ),
            ("COPY visit TO STDOUT", "SELECT * FROM \"visit\""),
            ("COPY (SELECT id FROM visit) TO STDOUT", "      SELECT id FROM visit"),
        ] {
            assert_eq!(probe(sql).as_deref(), Some(expected), "{sql}");
        }
        assert_eq!(CopyOf::read("SELECT 'COPY'"), None);
        assert!(fills_all_columns("COPY visit FROM STDIN") && !fills_all_columns("COPY visit (a) FROM STDIN"));
        let writes = |sql: &str| matches!(CopyOf::read(sql), Some(CopyOf::Table { writes: true, .. }));
        assert!(writes("COPY visit (a) FROM STDIN") && !writes("COPY visit (a) TO STDOUT"));
    }
}
