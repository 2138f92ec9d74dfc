//! In which order rows are visited, which decides what their change costs.
//!
//! An update writes a new version of the row. Where that finds room on the row's own page, no index has to be touched
//! and the table does not grow (a HOT update). Neighbours that are changed together fill their page at once, so rows in
//! heap order never find room; rows that lie far apart do, since what was freed on a page is free again when the next
//! one of its rows comes.

use serde::{Deserialize, Serialize};

use super::relation::Relation;
use super::steering::Limits;

/// The order in which rows are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By the key, each row once.
    Key,
    /// Windows of pages, each in several passes that take rows which do not stand side by side. A row that is updated
    /// moves, so this needs a condition that tells those still to do.
    Stride,
}

/// Why there is no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoOrder;

/// Chooses: strides where rows tell that they are done, else the key.
pub(crate) fn choose(relation: &Relation, ends: bool, changes_key: bool) -> Result<Order, NoOrder> {
    let has_key = !relation.key.is_empty();
    if ends && !relation.is_partitioned && relation.pages >= LEAST_PAGES {
        return Ok(Order::Stride);
    }
    match (has_key && (!changes_key || ends), ends && !relation.is_partitioned) {
        (true, _) => Ok(Order::Key),
        (false, true) => Ok(Order::Stride),
        (false, false) => Err(NoOrder),
    }
}

/// A smaller table is one batch in any order.
const LEAST_PAGES: u64 = 64;

/// The sizes of batches in rows, or in pages.
pub(crate) fn limits(order: Order, relation: &Relation, most_rows: u64) -> Limits {
    match order {
        Order::Key => Limits { least: 50, first: FIRST.min(most_rows), most: most_rows.max(50) },
        Order::Stride => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
            let rows_per_page = relation.rows_per_page() as u64;
            let pages = |rows: u64| (rows * u64::from(PASSES) / rows_per_page.max(1)).max(LEAST_SPAN);
            Limits { least: LEAST_SPAN, first: pages(FIRST.min(most_rows)), most: pages(most_rows) }
        }
    }
}

/// Rows of the first batch, of which nobody knows how long it takes.
const FIRST: u64 = 200;
/// A batch has so many pages at least.
const LEAST_SPAN: u64 = 4;

/// How often a window of pages is passed over: each pass takes the rows of every tenth place of a page. What the first
/// one changes finds no room and goes elsewhere, into the indexes, too, and each further pass looks at every page once
/// more. A tenth of new entries is what the pages of an index have room for as `CREATE INDEX` fills them; more would
/// split them, or have the server look for entries to remove. Fewer passes look at fewer pages, and let table and
/// indexes grow: `limosa-bench backfill` shows both.
pub(crate) const PASSES: u32 = 10;

/// A window has pages for so many batches of a pass. What a batch has freed can be used as soon as nobody's snapshot is
/// older than its end; the other workers' are, if the same pages come again at once, or while a batch of theirs takes
/// longer than usual.
pub(crate) const PARTS: u32 = 5;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use limosa_catalog::{Identifier, QualifiedName};

    use super::*;
    use crate::backfill::relation::KeyColumn;

    fn relation(pages: u64, has_key: bool, is_partitioned: bool) -> Relation {
        let name = Identifier::new("patient").unwrap();
        let key = KeyColumn { name: name.clone(), data_type: "uuid".into() };
        Relation {
            oid: 1,
            name: QualifiedName { schema: None, name },
            is_partitioned,
            alias: None,
            rows: Some(40.0 * pages as f64),
            pages,
            key: if has_key { vec![key] } else { Vec::new() },
            columns: BTreeMap::new(),
        }
    }

    #[test]
    fn strides_are_taken_wherever_rows_tell_that_they_are_done() {
        for (pages, has_key, partitioned, ends, changes_key, order) in [
            (10_000, true, false, true, false, Ok(Order::Stride)),
            (10_000, false, false, true, false, Ok(Order::Stride)),
            (10_000, true, false, false, false, Ok(Order::Key)),
            (10_000, true, true, true, false, Ok(Order::Key)),
            (10, true, false, true, false, Ok(Order::Key)),
            (10, false, false, true, false, Ok(Order::Stride)),
            (10, true, false, true, true, Ok(Order::Key)),
            (10_000, true, false, false, true, Err(NoOrder)),
            (10_000, false, false, false, false, Err(NoOrder)),
            (10_000, false, true, true, false, Err(NoOrder)),
        ] {
            let chosen = choose(&relation(pages, has_key, partitioned), ends, changes_key);
            assert_eq!(chosen, order, "{pages} pages, key {has_key}, partitioned {partitioned}, ends {ends}");
        }
    }

    #[test]
    fn batches_hold_so_many_pages_that_a_pass_takes_as_many_rows() {
        let limits = limits(Order::Stride, &relation(10_000, true, false), 10_000);
        let pages = |rows: u64| rows * u64::from(PASSES) / 40;
        assert_eq!((limits.first, limits.most), (pages(FIRST), pages(10_000)));
    }
}
