//! Columns of fixed length stand in an order that wastes bytes of every row.
//!
//! A `bigint` or a `timestamp` begins at a multiple of eight bytes, an `integer` or a `date` at one of four: behind a
//! `boolean`, up to seven bytes are left empty. From the widest to the narrowest there are no gaps. The columns are
//! looked at up to the first whose length varies, such as a `text`. Existing tables keep their order, so this is for
//! those that are new, and for such that are made anew anyway.
//!
//! ```sql,bad
//! CREATE TABLE visit (is_open boolean, id bigint PRIMARY KEY, is_paid boolean, at timestamptz, note text);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, at timestamptz, is_open boolean, is_paid boolean, note text);
//! CREATE TABLE bill (id integer PRIMARY KEY, at timestamptz);
//! ```

use limosa_syntax::Generation;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{DataType, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("least", ParameterKind::Number, "8", "how many wasted bytes a row are worth a word"),
    EXCEPT,
]);

/// Where a row begins, and where it ends if nothing of varying length stands there.
const ROW: u64 = 8;

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if !table.whole || table.is_partition || table.foreign {
        return;
    }
    let mut fixed = Vec::new();
    let mut ends = true;
    // What is computed when it is read is not stored.
    for column in table.columns.iter().filter(|column| column.generation != Some(Generation::Virtual)) {
        let Some(place) = column.data_type.as_ref().and_then(Place::of) else {
            ends = false;
            break;
        };
        fixed.push((place, &column.name));
    }
    let now = bytes(fixed.iter().map(|(place, _)| *place), ends);
    fixed.sort_by_key(|(place, _)| std::cmp::Reverse(place.alignment));
    let best = bytes(fixed.iter().map(|(place, _)| *place), ends);
    let wasted = now.saturating_sub(best);
    if wasted > 0 && wasted >= found.parameters.number("least") {
        let message = format!("the order of the columns of {} wastes {wasted} bytes of every row", table.shown());
        let order = crate::found::listed_columns(fixed.iter().map(|(_, name)| *name));
        let finding = found.site(table.site, message).of_table(&table.name);
        finding.help(format!("begin with {order}"));
    }
}

/// How many bytes a row needs up to the end of these, if none is null.
fn bytes(columns: impl Iterator<Item = Place>, ends: bool) -> u64 {
    let end = columns.fold(0_u64, |end, place| end.next_multiple_of(place.alignment) + place.length);
    if ends { end.next_multiple_of(ROW) } else { end }
}

/// What a value takes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// In bytes.
    length: u64,
    /// It begins at a multiple of so many bytes.
    alignment: u64,
}

impl Place {
    /// The place of a type of the server whose values all have one length: `typlen` and `typalign` of `pg_type`.
    fn of(data_type: &DataType) -> Option<Self> {
        let (length, alignment) = match data_type.base.as_str() {
            _ if data_type.array => return None,
            "boolean" | "\"char\"" => (1, 1),
            "smallint" | "smallserial" => (2, 2),
            "integer" | "serial" | "real" | "date" | "oid" => (4, 4),
            "macaddr" => (6, 4),
            "macaddr8" => (8, 4),
            "bigint" | "bigserial" | "double precision" | "money" | "pg_lsn" | "xid8" => (8, 8),
            "timestamp with time zone" | "timestamp without time zone" | "time without time zone" => (8, 8),
            "time with time zone" => (12, 8),
            "interval" | "point" => (16, 8),
            "uuid" => (16, 1),
            _ => return None,
        };
        Some(Self { length, alignment })
    }
}
