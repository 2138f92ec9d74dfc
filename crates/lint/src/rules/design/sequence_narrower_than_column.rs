//! A sequence ends before the column does that it numbers.
//!
//! Making an `integer` column a `bigint` leaves the sequence of a `serial` as it was: at 2,147,483,647 it is
//! exhausted, and inserts fail on a column that has room.
//!
//! ```sql,bad
//! CREATE TABLE visit (id serial PRIMARY KEY);
//! ALTER TABLE visit ALTER COLUMN id TYPE bigint;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id serial PRIMARY KEY);
//! ALTER TABLE visit ALTER COLUMN id TYPE bigint;
//! ALTER SEQUENCE visit_id_seq AS bigint;
//! ```

use limosa_catalog::{Object, ObjectId, ObjectKind};

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::shape::{DataType, qualified, shown_column};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::Sequence) {
        let (ObjectId::Sequence(name), Object::Sequence(sequence)) = (entry.id(), entry.object()) else { continue };
        let Some(owner) = &sequence.owned_by else { continue };
        let column = view.catalog.get(&ObjectId::Column((**owner).clone()));
        let Some(Object::Column(column)) = column else { continue };
        let (own, wide) = (sequence.options.data_type.as_str(), DataType::of(column.data_type.as_str()));
        if width(own) < width(&wide.base) && sequence.options.increment > 0 {
            let table = qualified(&owner.relation);
            let shown = shown_column(&table, &owner.name);
            let message = format!("the sequence of {shown} counts in `{own}`, and the column holds `{wide}`");
            let finding = found.whole(message).object(entry.id()).of_table(&table);
            finding.help(format!("`ALTER SEQUENCE {} AS {}`", name.name.for_people(), wide.base));
        }
    }
}

fn width(data_type: &str) -> u8 {
    match data_type {
        "smallint" => 2,
        "integer" => 4,
        "bigint" => 8,
        _ => 0,
    }
}
