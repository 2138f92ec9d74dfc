//! The rows for which an expression fails, by their keys and with what the server says.

use limosa_catalog::{Identifier, Literal};
use limosa_plan::EachRow;
use limosa_syntax::Diagnostic;

use crate::backfill::Desk;
use crate::run_error::RunError;

/// How a question is asked at that time.
pub(super) type Early<'e> = dyn Fn(&str) -> String + Sync + 'e;

/// How many are named.
const NAMED: usize = 5;
/// How many are counted; there may be more.
const COUNTED: u32 = 10_000;
/// Blocks that are tried at once. Where one of their rows fails, each is tried by itself.
const BLOCKS: u32 = 64;

/// Finds them. Nothing is left behind, and nothing is found of rows in partitions, or where this role may make no
/// temporary function.
///
/// # Errors
/// A connection that is lost.
pub(super) async fn failing(
    desk: &Desk<'_>,
    computed: &[EachRow],
    early: &Early<'_>,
) -> Result<Vec<Diagnostic>, RunError> {
    let mut found = Vec::new();
    for each in computed {
        match desk.ask(&early(&script(each))).await {
            Ok(rows) => found.extend(told(each, &rows)),
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(found)
}

/// A function that tries row by row, its rows, and its end.
fn script(each: &EachRow) -> String {
    let EachRow { table, key, value } = each;
    let name = match key.as_slice() {
        [] => "ctid::text".to_owned(),
        [only] => format!("{only}::text"),
        several => format!("ROW({})::text", several.iter().map(Identifier::to_string).collect::<Vec<_>>().join(", ")),
    };
    let within = "ctid >= pg_catalog.format('(%s,0)', block)::tid AND \
                  ctid < pg_catalog.format('(%s,0)', block + step)::tid";
    let body = format!(
        "DECLARE\n  limosa_row record;\n  block int8;\n  step int8 := {BLOCKS};\n  failed int8 := 0;\n  blocks int8 := \
         pg_catalog.pg_relation_size({oid}::regclass) / pg_catalog.current_setting('block_size')::int8;\n\
         BEGIN\n  FOR block IN SELECT pg_catalog.generate_series(0, blocks, step) LOOP\n    BEGIN\n      \
         PERFORM pg_catalog.count({value}) FROM {table} WHERE {within};\n    EXCEPTION WHEN OTHERS THEN\n      \
         FOR limosa_row IN SELECT ctid AS place, {name} AS name FROM {table} WHERE {within} LOOP\n        \
         BEGIN\n          PERFORM pg_catalog.count({value}) FROM {table} WHERE ctid = limosa_row.place;\n        \
         EXCEPTION WHEN OTHERS THEN\n          failed := failed + 1;\n          \
         IF failed <= {NAMED} THEN RETURN QUERY SELECT limosa_row.name, SQLERRM; END IF;\n          \
         IF failed >= {COUNTED} THEN RETURN QUERY SELECT NULL::text, failed::text; RETURN; END IF;\n        \
         END;\n      END LOOP;\n    END;\n  END LOOP;\n  RETURN QUERY SELECT NULL::text, failed::text;\nEND",
        oid = Literal(&table.to_string()),
    );
    format!(
        "CREATE FUNCTION pg_temp.limosa_failing() RETURNS TABLE (row_name text, message text) LANGUAGE plpgsql AS \
         $limosa$\n#variable_conflict use_column\n{body}\n$limosa$;\n\
         SELECT row_name, message FROM pg_temp.limosa_failing();\nDROP FUNCTION pg_temp.limosa_failing()"
    )
}

fn told(each: &EachRow, rows: &[Vec<Option<String>>]) -> Option<Diagnostic> {
    let (named, counts): (Vec<_>, Vec<_>) = rows.iter().partition(|row| matches!(row.first(), Some(Some(_))));
    let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    let count: u32 = counts.first().and_then(|row| text(row, 1).parse().ok())?;
    if count == 0 {
        return None;
    }
    let number = if count >= COUNTED { format!("at least {count}") } else { count.to_string() };
    let rows = if count == 1 { "row" } else { "rows" };
    let table = each.table.name.for_people();
    let key = match each.key.as_slice() {
        [] => "ctid".to_owned(),
        key => key.iter().map(|column| column.for_people().to_string()).collect::<Vec<_>>().join(", "),
    };
    let problem = Diagnostic::error("not-online-yet", format!("{} fails for {number} {rows} of {table}", each.value));
    let named = named.iter().map(|row| format!("{key} = {}: {}", text(row, 0), text(row, 1)));
    Some(named.fold(problem, Diagnostic::with_note).with_help(
        "mend these rows in a migration before, or say `-- limosa: forward EXPRESSION` that takes them; \
                 `-- limosa: quarantine` above the change of a type leaves them without a value",
    ))
}
