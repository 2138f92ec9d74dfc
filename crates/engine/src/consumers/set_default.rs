//! `UPDATE … SET column = DEFAULT` among the queries of applications of a version. PostgreSQL writes the default of
//! what the statement names (rewriteTargetListIU): a version's view has none, so null is written, and nobody is told.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{ServerError, Session, Type};
use limosa_syntax::{TokenKind, Tokens, Words};

use super::describe::{Answered, Refusal};

/// A column that a query sets to its default in rows that are there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SetDefault {
    table: QualifiedName,
    column: Identifier,
    /// The byte of the query where the column stands.
    byte: usize,
}

impl SetDefault {
    /// Those of a query.
    pub(super) fn read(sql: &str) -> Vec<Self> {
        let tokens = Tokens::of(sql);
        let (mut into, mut found) = (None, Vec::new());
        for (_, mut words) in tokens.words().each() {
            if words.take(&["INSERT", "INTO"]) || words.take(&["MERGE", "INTO"]) {
                words.take(&["ONLY"]);
                into = words.qualified_name();
            } else if words.take(&["UPDATE", "SET"]) {
                // Of ON CONFLICT, or of MERGE.
                found.extend(into.iter().flat_map(|table| of_clause(table, words)));
            } else if words.take(&["UPDATE"]) {
                words.take(&["ONLY"]);
                let table = words.qualified_name();
                words.skip_until_any(&["SET", "UPDATE"]);
                if words.take(&["SET"]) {
                    found.extend(table.iter().flat_map(|table| of_clause(table, words)));
                }
            }
        }
        found
    }
}

/// The columns that a list of assignments sets to their defaults.
fn of_clause(table: &QualifiedName, words: Words<'_>) -> Vec<SetDefault> {
    let assignments = words.until_any(&["FROM", "WHERE", "RETURNING", "WHEN"]);
    let mut found = Vec::new();
    let mut take = |column: &mut Words<'_>, value: Words<'_>| {
        let byte = column.peek().map(|token| token.span.start);
        if let (Some(byte), Some(column), true) = (byte, column.identifier(), value.at(&["DEFAULT"])) {
            found.push(SetDefault { table: table.clone(), column, byte });
        }
    };
    for mut assignment in assignments.split(TokenKind::Comma) {
        if let Some(columns) = assignment.parenthesised() {
            assignment.take_kind(TokenKind::Operator);
            assignment.take(&["ROW"]);
            let Some(values) = assignment.parenthesised() else { continue };
            for (mut column, value) in columns.split(TokenKind::Comma).zip(values.split(TokenKind::Comma)) {
                take(&mut column, value);
            }
            continue;
        }
        let mut column = assignment;
        assignment.identifier();
        assignment.take_kind(TokenKind::Operator);
        take(&mut column, assignment);
    }
    found
}

/// Those of the columns that are a view's without a default, while the table under it has one: for its column of that
/// name or, where it has none, for one that the view calls otherwise. A look at the columns of the view and its table.
const LOST_SQL: &str = "\
SELECT named.place::int8, c.relname::text
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) WITH ORDINALITY
  AS named (relation, attribute, place)
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(named.relation) AND c.relkind = 'v'
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = named.attribute AND NOT a.atthasdef
WHERE EXISTS (
  SELECT FROM pg_catalog.pg_rewrite r
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> c.oid
  JOIN pg_catalog.pg_attribute own ON own.attrelid = d.refobjid AND own.attgenerated = ''
    AND (own.atthasdef OR own.attidentity <> '')
  LEFT JOIN pg_catalog.pg_attribute same ON same.attrelid = d.refobjid AND same.attname = a.attname
  WHERE r.ev_class = c.oid AND (own.attnum = same.attnum OR same.attnum IS NULL AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_attribute shown WHERE shown.attrelid = c.oid AND shown.attname = own.attname)))
ORDER BY named.place LIMIT 1";

/// Refuses what would write null through a version's view where the table has a default.
///
/// # Errors
/// What the server says.
pub(super) async fn through_view(session: &Session, set: &[SetDefault]) -> Result<Option<Answered>, ServerError> {
    let tables: Vec<String> = set.iter().map(|set| set.table.to_string()).collect();
    let columns: Vec<String> = set.iter().map(|set| set.column.as_str().to_owned()).collect();
    let rows = session.query(LOST_SQL, &[(&tables, Type::TEXT_ARRAY), (&columns, Type::TEXT_ARRAY)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or_default();
    let view: String = row.get(1);
    let Some(lost) = set.get(place) else { return Ok(None) };
    Ok(Some(Answered::Refused(Refusal {
        message: format!("DEFAULT writes null to {} of the view \"{view}\"", lost.column),
        detail: Some("a view has no defaults for UPDATE, whatever its table has".to_owned()),
        hint: Some("write the value, or name the table with its schema".to_owned()),
        sqlstate: None,
        byte: Some(lost.byte),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_are_set_to_their_defaults_are_found() {
        for (sql, expected) in [
            ("UPDATE visit SET fee = DEFAULT, at = now() WHERE id = 1", vec!["visit.fee"]),
            ("update only app.visit v set at = 1, \"To\" = default", vec!["app.visit.To"]),
            ("UPDATE visit SET (fee, at) = ROW (1, DEFAULT) FROM b WHERE b = DEFAULT", vec!["visit.at"]),
            (
                "WITH a AS (INSERT INTO visit (fee) VALUES (DEFAULT) ON CONFLICT (id) DO UPDATE SET fee = DEFAULT) \
                 UPDATE bed SET ward = 1",
                vec!["visit.fee"],
            ),
            ("MERGE INTO visit USING b ON true WHEN MATCHED THEN UPDATE SET fee = DEFAULT", vec!["visit.fee"]),
            ("INSERT INTO visit (fee) VALUES (DEFAULT)", vec![]),
            ("SELECT 1 FROM visit FOR UPDATE", vec![]),
            ("UPDATE visit SET fee = (SELECT 1)", vec![]),
        ] {
            let found = SetDefault::read(sql);
            let found: Vec<String> =
                found.iter().map(|set| format!("{}.{}", set.table, set.column).replace('"', "")).collect();
            assert_eq!(found, expected, "{sql}");
        }
    }
}
