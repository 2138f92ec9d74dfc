//! What the server says otherwise when a column's type is another: a cast to the type that it gets is not printed any
//! more, so that on the way back, from what is there by then, another check or index would be made.

use std::collections::BTreeSet;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::IndexedValue;
use limosa_catalog::{Entry, Identifier, Object, ObjectId};

use super::super::operand::columns_in;
use super::super::situation::Situation;
use super::super::table::Table;
use super::super::way_back::made_again;

/// The statements of a way back that stand before and behind the change of a column's type.
#[derive(Debug, Default)]
pub(super) struct Recast {
    pub(super) before: Vec<String>,
    pub(super) behind: Vec<String>,
}

impl Recast {
    /// Of a column and what is built on it in its table.
    pub(super) fn of(situation: &Situation<'_>, table: &Table<'_>, column: &Identifier, entry: Entry<'_>) -> Self {
        // Partitions have theirs from the whole table.
        let is_part = matches!(table.entry.object(), Object::Table(own) if own.partition_of.is_some());
        if table.is_partitioned() || is_part {
            return Self::default();
        }
        let is_cast = |text: &str| is_cast(text, column);
        let (mut ids, mut before) = (BTreeSet::new(), Vec::new());
        for (other, _) in entry.dependents() {
            let sql = match (other.id(), other.object()) {
                _ if situation.is_dropped(other.id()) => continue,
                (ObjectId::Constraint(name), Object::Constraint(constraint)) => match &constraint.rule {
                    ConstraintRule::Check(check) if is_cast(check.expression.as_str()) => {
                        format!("ALTER TABLE {} DROP CONSTRAINT {};", table.name, name.name)
                    }
                    _ => continue,
                },
                (ObjectId::Index(name), Object::Index(index)) => {
                    let keys = index.keys.iter().filter_map(|key| match &key.of {
                        IndexedValue::Expression(text) => Some(text),
                        IndexedValue::Column(_) => None,
                    });
                    if !keys.chain(&index.predicate).any(|text| is_cast(text.as_str())) {
                        continue;
                    }
                    format!("DROP INDEX {name};")
                }
                _ => continue,
            };
            if ids.insert(other.id().clone()) {
                before.push(sql);
            }
        }
        let again = if ids.is_empty() { Some(Vec::new()) } else { made_again(situation, &ids) };
        match again {
            Some(again) => Self { before, behind: again.into_iter().map(|sql| format!("{sql};")).collect() },
            None => Self::default(),
        }
    }
}

/// Whether an expression as the server prints it takes a column for another type: `(fee)::integer`.
fn is_cast(text: &str, column: &Identifier) -> bool {
    let is_followed = |end: usize| {
        let behind = text.get(end..).unwrap_or_default().trim_start();
        behind.trim_start_matches(')').starts_with("::")
    };
    columns_in(text, std::slice::from_ref(column)).iter().any(|(span, _)| is_followed(span.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_of_a_column_are_seen() {
        let column = Identifier::new("fee").unwrap();
        for (text, expected) in [
            ("((fee)::integer > 0)", true),
            ("(fee::integer > 0)", true),
            ("(fee > '0'::text)", false),
            ("(lower(fee) = 'a'::text)", false),
            ("((note)::fee > 0)", false),
        ] {
            assert_eq!(is_cast(text, &column), expected, "{text}");
        }
    }
}
