//! A sequence has given most of its numbers.
//!
//! When the last one is given, inserts fail. What ends first counts: the sequence, or the type of the column that it
//! numbers. Making an `integer` column a `bigint` takes several migrations on a large table, so it is begun in time.
//! This is asked of live databases alone, with `limosa lint --live`: how far a sequence is stands in no schema.

use limosa_catalog::kind::sequence::SequenceOptions;
use limosa_catalog::{ColumnName, Object, ObjectId, ObjectKind, ObjectName, Usage};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{DataType, qualified, shown_column};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Usage(check)])
    .with(&[Parameter::new("percent", ParameterKind::Number, "75", "from how much on a word is said"), EXCEPT]);

fn check(view: &CatalogView<'_>, usage: &Usage, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::Sequence) {
        if let (ObjectId::Sequence(name), Object::Sequence(sequence)) = (entry.id(), entry.object()) {
            let counter =
                Counter { id: entry.id(), name, options: &sequence.options, of: sequence.owned_by.as_deref() };
            counter.check(view, usage, found);
        }
    }
    for entry in view.of_kind(ObjectKind::Column) {
        if let (ObjectId::Column(of), Object::Column(column)) = (entry.id(), entry.object())
            && let Some(identity) = &column.identity
        {
            let (name, options) = (&identity.sequence, &identity.options);
            Counter { id: entry.id(), name, options, of: Some(of) }.check(view, usage, found);
        }
    }
}

/// A sequence, of its own or of an identity column.
struct Counter<'a> {
    id: &'a ObjectId,
    name: &'a ObjectName,
    options: &'a SequenceOptions,
    /// The column that it numbers.
    of: Option<&'a ColumnName>,
}

impl Counter<'_> {
    fn check(&self, view: &CatalogView<'_>, usage: &Usage, found: &mut Findings<'_>) {
        let Some(last) = usage.sequences.get(self.name).copied() else { return };
        if self.options.increment < 0 || self.options.cycle {
            return;
        }
        let column = self.of.and_then(|of| match view.catalog.get(&ObjectId::Column(of.clone())) {
            Some(Object::Column(column)) => Some(DataType::of(column.data_type.as_str())),
            _ => None,
        });
        let widest = column.map_or(i64::MAX, |column| greatest(&column));
        let end = widest.min(self.options.maximum);
        let percent = given(self.options.minimum, last, end);
        if percent < found.parameters.number("percent") {
            return;
        }
        let table = self.of.map_or_else(|| qualified(self.name), |of| qualified(&of.relation));
        let what = match self.of {
            Some(of) => format!("the sequence of {}", shown_column(&table, &of.name)),
            None => format!("the sequence {}", shown(&table)),
        };
        let finding = found.whole(format!("{what} has given {percent} % of its numbers: {last} of {end}"));
        let help = if widest <= self.options.maximum && widest < i64::MAX {
            format!("make the column of {} a `bigint`, with those that refer to it", shown(&table))
        } else {
            format!("`ALTER SEQUENCE {} AS bigint`, or a greater `MAXVALUE`", self.name)
        };
        finding.object(self.id).of_table(&table).help(help);
    }
}

/// How many of a hundred numbers have been given.
fn given(first: i64, last: i64, end: i64) -> u64 {
    let (first, last, end) = (i128::from(first), i128::from(last), i128::from(end));
    let given = (last - first + 1) * 100 / (end - first + 1).max(1);
    u64::try_from(given).unwrap_or_default()
}

/// The greatest value of an integer type.
fn greatest(data_type: &DataType) -> i64 {
    match data_type.base.as_str() {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_counted_at_the_ends_of_all_types() {
        for (first, last, end, percent) in [
            (1, 1, i64::MAX, 0),
            (1, i64::MAX, i64::MAX, 100),
            (i64::MIN, i64::MAX, i64::MAX, 100),
            (1, 75, 100, 75),
            (1, 1, 1, 100),
            // The column is narrower than what the sequence has given already.
            (1, 40_000, 32_767, 122),
            (-5, -5, -10, 100),
        ] {
            assert_eq!(given(first, last, end), percent, "{last} of {first} to {end}");
        }
    }
}
