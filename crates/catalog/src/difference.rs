//! In what two values differ.

use crate::fact::{Value, canonical};

/// One field in which two objects differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// The field's name, such as `data_type`.
    pub field: &'static str,
    /// Its value in the first, as canonical text (JSON).
    pub from: String,
    /// Its value in the second.
    pub to: String,
}

impl FieldDifference {
    pub(crate) fn between<T: Value + PartialEq>(field: &'static str, from: &T, to: &T) -> Option<Self> {
        if from == to {
            return None;
        }
        let (from, to) = (canonical(from), canonical(to));
        // Values that differ only in what is a note have the same text.
        (from != to).then_some(Self { field, from, to })
    }
}

/// What can tell its fields.
pub(crate) trait Compare {
    /// The names of the fields that count.
    const FIELDS: &[&str];
    /// The names of those that are only notes.
    const NOTES: &[&str];

    /// The fields that do not hold their usual values, notes included, as canonical texts.
    fn fields(&self) -> Vec<(&'static str, String)>;

    fn differing_fields(&self, other: &Self) -> Vec<FieldDifference>;
}
