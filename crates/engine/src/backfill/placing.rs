//! How ids that are made here come to the rows of a batch.

use limosa_catalog::{Identifier, Literal};

use super::relation::Relation;

/// What is joined to rows is found by its indexes, and rows that were just looked up by their places, one by one. A
/// plan that looked for them elsewhere would take longer by orders of magnitude, and statistics of a column that is
/// being filled mislead.
const BY_INDEX: &str = "SET LOCAL enable_hashjoin = off;\nSET LOCAL enable_mergejoin = off;\n\
                        SET LOCAL enable_seqscan = off;\nSET LOCAL enable_material = off;\n";

/// Which plans of a statement are forbidden. Triggers of the table are planned under the same settings, so nothing is
/// forbidden that need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pin {
    /// None.
    Free,
    /// Those that read all of what is joined.
    ByIndex,
}

impl Pin {
    /// What is said at the beginning of the transaction.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Free => "",
            Self::ByIndex => BY_INDEX,
        }
    }
}

/// In which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placing {
    /// All rows of a batch at once, in the order of their places, and laid beside their ids by a hash. That takes the
    /// server less time than to look for one row after the other.
    Together,
    /// One after the other: places are those of one table only, and ids that are looked up first are looked up by an
    /// index.
    OneByOne,
}

impl Placing {
    pub(super) fn of(relation: &Relation, avoids_taken: bool) -> Self {
        if relation.is_partitioned || avoids_taken { Self::OneByOne } else { Self::Together }
    }

    /// How its statement is to be planned.
    pub(super) fn pin(self) -> Pin {
        match self {
            // Places and an array are all that there is to plan.
            Self::Together => Pin::Free,
            Self::OneByOne => Pin::ByIndex,
        }
    }

    /// How ids are handed over. The server expects so many rows of a list that it lays them beside others by a hash,
    /// also where it does not know how many there are.
    pub(super) fn ids(self, ids: &[String]) -> Ids {
        match self {
            Self::Together => Ids::Listed(Literal(&ids.join(",")).to_string()),
            Self::OneByOne => Ids::Array(array(ids)),
        }
    }

    /// What stands before the update, what its rows are joined to, and how: of the rows that a condition picks, as many
    /// as there are ids. The ids are an expression.
    pub(super) fn parts(self, relation: &Relation, rows: &str, (ids, count): (&str, &str)) -> Parts {
        let (table, row) = (relation.table(), relation.row());
        match self {
            Self::Together => Parts {
                with: format!(
                    "WITH limosa_rows AS MATERIALIZED (SELECT ARRAY(SELECT {row}.ctid FROM {table} WHERE {rows} \
                     LIMIT {count}) AS rows)\n"
                ),
                new: format!(
                    "(SELECT limosa_row, limosa_id FROM ROWS FROM (unnest((SELECT rows FROM limosa_rows)), \
                     string_to_table({ids}, ',')) limosa_pair (limosa_row, limosa_id))"
                ),
                found: format!(
                    "{row}.ctid = ANY ((SELECT rows FROM limosa_rows)::tid[]) AND {row}.ctid = limosa_row \
                     AND limosa_id IS NOT NULL"
                ),
            },
            Self::OneByOne => Parts {
                with: String::new(),
                new: format!(
                    "(SELECT limosa_table, limosa_row, limosa_id FROM (\
                     SELECT array_agg(tableoid) AS tables, array_agg(ctid) AS rows FROM (\
                     SELECT {row}.tableoid, {row}.ctid FROM {table} WHERE {rows} LIMIT {count}) limosa_window) \
                     limosa_rows, unnest(tables, rows, {ids}) limosa_pair (limosa_table, limosa_row, limosa_id))"
                ),
                found: format!("{row}.ctid = limosa_row AND {row}.tableoid = limosa_table AND limosa_id IS NOT NULL"),
            },
        }
    }
}

/// Ids as an expression.
pub(super) enum Ids {
    /// An array.
    Array(String),
    /// A text, with commas between them, of which generators make none.
    Listed(String),
}

/// The parts of such an update.
pub(super) struct Parts {
    pub(super) with: String,
    pub(super) new: String,
    pub(super) found: String,
}

/// Ids as an expression: one constant, which the server reads faster than a list of them.
fn array(ids: &[String]) -> String {
    let mut text = String::with_capacity(ids.iter().map(|id| id.len() + 3).sum::<usize>() + 2);
    text.push('{');
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        for letter in id.chars() {
            if matches!(letter, '"' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
        text.push('"');
    }
    text.push('}');
    format!("{}::text[]", Literal(&text))
}

/// The same without those that a column holds already.
pub(super) fn not_taken(array: &str, relation: &Relation, column: &Identifier, cast: &str) -> String {
    format!(
        "ARRAY(SELECT DISTINCT limosa_id FROM unnest({array}) limosa_id \
         WHERE NOT EXISTS (SELECT FROM {} taken WHERE taken.{column} = limosa_id{cast}))",
        relation.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_one_constant_whatever_its_ids_hold() {
        let ids = ["pat_1", "a\"b", "a\\b", "it's", "NULL", ""].map(str::to_owned);
        assert_eq!(array(&ids), r#" E'{"pat_1","a\\"b","a\\\\b","it''s","NULL",""}'::text[]"#);
        assert_eq!(array(&ids[..1]), "'{\"pat_1\"}'::text[]");
    }
}
