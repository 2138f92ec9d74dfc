//! What keeps a statement from being run in batches, and why.

use limosa_catalog::QualifiedName;

use crate::command::relations;
use crate::token::TokenKind;
use crate::words::Words;
use crate::{Problem, Span};

const CODE: &str = "cannot-be-batched";

fn refuse(span: Span, message: &str, label: &str, help: &str) -> Problem {
    Problem::error(CODE, span, message).with_label(label).with_help(help)
}

pub(super) fn of_kind(span: Span) -> Problem {
    refuse(
        span,
        "only changes of rows are run in batches",
        "expected `UPDATE`, `DELETE FROM` or `INSERT INTO … SELECT`",
        "take the directive `backfill` away, or write the change as one of these",
    )
}

pub(super) fn with(span: Span) -> Problem {
    refuse(
        span,
        "a statement with `WITH` cannot be run in batches",
        "would be worked out anew for each batch",
        "put the query into `FROM` or `WHERE`, or keep what it gives in a table first",
    )
}

pub(super) fn only(span: Span) -> Problem {
    refuse(
        span,
        "`ONLY` cannot be run in batches",
        "batches visit the rows of partitions and children, too",
        "leave it out, or name each table",
    )
}

pub(super) fn unreadable(span: Span) -> Problem {
    refuse(
        span,
        "this cannot be read as a statement to be run in batches",
        "not understood",
        "write it as `UPDATE t SET a = x WHERE …`, `DELETE FROM t WHERE …` or `INSERT INTO t (a) SELECT x FROM s`",
    )
}

pub(super) fn part_of_column(span: Span) -> Problem {
    refuse(
        span,
        "a part of a column cannot be set in batches",
        "an element or a field",
        "set the whole column: `a = array_set(a, …)`, `a = ROW(…)`",
    )
}

pub(super) fn row_from_query(span: Span) -> Problem {
    refuse(
        span,
        "columns that get a row cannot be set in batches",
        "cannot be parted into columns",
        "write `a = x, b = y`, with what a query gives joined by `FROM`",
    )
}

pub(super) fn cursor(span: Span) -> Problem {
    refuse(span, "a cursor's row is no batch", "the row of a cursor", "name the rows by a condition")
}

pub(super) fn no_columns(span: Span) -> Problem {
    refuse(
        span,
        "the columns that are filled have to be named",
        "without a list of columns",
        "write `INSERT INTO t (a, b) SELECT …`",
    )
}

pub(super) fn no_select(span: Span) -> Problem {
    refuse(
        span,
        "only an `INSERT` that selects is run in batches",
        "expected `SELECT`",
        "take the directive `backfill` away: rows that stand in the file are few",
    )
}

pub(super) fn no_source(span: Span) -> Problem {
    refuse(
        span,
        "there are no rows to be visited in batches",
        "no table behind `FROM`",
        "take the directive `backfill` away",
    )
}

pub(super) fn several_sources(span: Span) -> Problem {
    refuse(
        span,
        "batches visit the rows of one table",
        "more than a table",
        "select from the table whose rows are copied, and look up the rest: `(SELECT p.name FROM p WHERE p.id = s.p)`",
    )
}

pub(super) fn into_itself(span: Span) -> Problem {
    refuse(
        span,
        "a table cannot be copied into itself in batches",
        "its new rows would be copied, too",
        "take the directive `backfill` away, or copy into another table first",
    )
}

pub(super) fn other_count(span: Span, columns: usize, values: usize) -> Problem {
    let label = format!("{values} for {columns} columns");
    refuse(span, "the columns and what they get are not as many", &label, "give each column one expression; no `*`")
}

pub(super) fn on_conflict(clause: Words<'_>) -> Problem {
    refuse(
        clause.span().unwrap_or(Span::new(0, 0)),
        "of conflicts, only `DO NOTHING` is run in batches",
        "changes rows that are there",
        "write `ON CONFLICT DO NOTHING`, and update the others by a statement of its own",
    )
}

/// A clause that speaks of all rows, which a batch does not have.
pub(super) fn clause(clause: Words<'_>) -> Problem {
    let keyword = clause.word().unwrap_or_default().to_ascii_uppercase();
    let span = clause.span().unwrap_or(Span::new(0, 0));
    let (label, help) = match keyword.as_str() {
        "RETURNING" => ("nobody reads what a migration returns", "leave it out"),
        "USING" => ("a joined delete", "write the join as `WHERE EXISTS (SELECT FROM … WHERE …)`"),
        "ORDER" => ("batches have an order of their own", "leave it out"),
        "LIMIT" | "OFFSET" | "FETCH" => ("would count anew in each batch", "name the rows by a condition"),
        "FOR" => ("locks rows", "leave it out"),
        _ => ("needs all rows at once", "take the directive `backfill` away, or keep what it gives in a table first"),
    };
    refuse(span, &format!("`{keyword}` cannot be run in batches"), label, help)
}

fn window(span: Span) -> Problem {
    refuse(
        span,
        "a window function cannot be run in batches",
        "needs all rows at once",
        "keep what it gives in a table first, and join that",
    )
}

/// The functions of PostgreSQL that make one value of many rows.
const AGGREGATES: &[&str] = &[
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "max",
    "min",
    "range_agg",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
];

/// What in the list of a `SELECT` looks at more than the row: `DISTINCT`, a star, windows, aggregates. What stands in
/// a subquery is its own business.
pub(super) fn in_list(list: Words<'_>) -> Option<Problem> {
    let first = list.peek()?;
    if list.at_any(&["DISTINCT", "ALL"]) {
        return list.at(&["DISTINCT"]).then(|| clause(list));
    }
    let mut depth = 0_usize;
    let mut subquery: Option<usize> = None;
    for (token, mut here) in list.each() {
        match token.kind {
            TokenKind::LeftParen => {
                depth += 1;
                here.next();
                if subquery.is_none() && here.at_any(&["SELECT", "WITH", "VALUES"]) {
                    subquery = Some(depth);
                }
            }
            TokenKind::RightParen => {
                if subquery == Some(depth) {
                    subquery = None;
                }
                depth = depth.saturating_sub(1);
            }
            TokenKind::Operator if token == first && list.text_of(token) == "*" => {
                return Some(refuse(
                    token.span,
                    "what is inserted has to be named column by column",
                    "every column, whichever there are",
                    "name the columns",
                ));
            }
            TokenKind::Word if subquery.is_none() => {
                let name = here;
                here.next();
                let is_called = here.at_kind(TokenKind::LeftParen);
                if is_called && name.at(&["OVER"]) {
                    return Some(window(token.span));
                }
                if is_called && AGGREGATES.iter().any(|aggregate| name.at_any(&[aggregate])) {
                    return Some(refuse(
                        token.span,
                        "an aggregate cannot be run in batches",
                        "would be worked out for each batch",
                        "keep its result in a table first",
                    ));
                }
            }
            _ => {}
        }
    }
    None
}

/// The place where a part of a statement reads the very table whose rows are changed: what a later batch finds there,
/// an earlier one has changed.
pub(super) fn same_table(part: Words<'_>, table: &QualifiedName) -> Option<Problem> {
    let is_same = |name: &QualifiedName| {
        let schemas = (&name.schema, &table.schema);
        name.name == table.name && !matches!(schemas, (Some(one), Some(other)) if one != other)
    };
    if !relations(part).iter().any(is_same) {
        return None;
    }
    let place = part.each().find_map(|(token, mut here)| {
        let is_name = here.qualified_name().is_some_and(|name| is_same(&name));
        (is_name && !here.at_kind(TokenKind::Dot)).then_some(token.span)
    });
    Some(refuse(
        place.or_else(|| part.span())?,
        "a statement that reads the table it changes cannot be run in batches",
        "an earlier batch has changed what a later one finds here",
        "keep what it reads in a table first, and join that",
    ))
}
