//! `TRUNCATE` among the queries of applications. The server looks at its tables when it runs only, so it is asked for
//! them; and a version that finds a view where its table was is told that nothing truncates one.

use limosa_catalog::{Literal, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};
use limosa_syntax::Tokens;

use super::describe::{Answered, Refusal};

/// The tables that a `TRUNCATE` names, `None` where a query is none.
pub(super) fn truncated(sql: &str) -> Option<Vec<QualifiedName>> {
    let tokens = Tokens::of(sql);
    let mut words = tokens.words();
    if !words.take(&["TRUNCATE"]) {
        return None;
    }
    words.take(&["TABLE"]);
    Some(words.tables()).filter(|tables| !tables.is_empty())
}

/// The query that shows whether they are there.
pub(super) fn probe(tables: &[QualifiedName]) -> String {
    let tables: Vec<String> = tables.iter().map(|table| format!("(SELECT FROM {table})")).collect();
    tables.join(" UNION ALL ")
}

/// Those of the relations that are views. A look at a row of `pg_class` for each.
const VIEWS_SQL: &str = "\
SELECT c.relname::text FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS named (relation, place)
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(named.relation) AND c.relkind IN ('v', 'm')
ORDER BY named.place LIMIT 1";

/// Refuses a `TRUNCATE` of a view, in the server's words.
///
/// # Errors
/// What the server says.
pub(super) async fn of_view(session: &Session, tables: &[QualifiedName]) -> Result<Option<Answered>, ServerError> {
    let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
    let rows = session.query(VIEWS_SQL, &[(&tables, Type::TEXT_ARRAY)]).await?;
    let Some(view) = rows.first().map(|row| row.get::<_, String>(0)) else { return Ok(None) };
    Ok(Some(Answered::Refused(Refusal {
        message: format!("{} is not a table", Literal(&view)),
        detail: None,
        hint: Some("TRUNCATE the table by the name of its schema, or DELETE the rows".to_owned()),
        sqlstate: Some("42809".to_owned()),
        byte: None,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_truncate_names_is_read() {
        let asked = |sql: &str| truncated(sql).map(|tables| probe(&tables));
        for (sql, expected) in [
            ("TRUNCATE visit", Some("(SELECT FROM \"visit\")")),
            (
                "truncate table only app.\"Visit\" *, b restart identity cascade",
                Some("(SELECT FROM \"app\".\"Visit\") UNION ALL (SELECT FROM \"b\")"),
            ),
            ("SELECT truncate FROM visit", None),
        ] {
            assert_eq!(asked(sql).as_deref(), expected, "{sql}");
        }
    }
}
