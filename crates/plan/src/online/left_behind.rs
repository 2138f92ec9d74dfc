//! Rows that clients wrote past the trigger that keeps two types of a column in step.

use limosa_catalog::kind::function::Volatility;
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::situation::Situation;
use super::sync::unequal;
use crate::diff::calls_volatile;
use crate::null::{is_not_null, is_null};

/// Rows that were written past the trigger: the new value is not what the old one becomes, and that not what the new
/// one was made of by a client of the new version. Where that is not told by the values alone, only one that is missing
/// is found.
pub(super) fn left_behind(
    situation: &Situation<'_>,
    (table, column, new): (&ObjectName, &Identifier, &Identifier),
    value: &str,
    back: &str,
) -> String {
    let mut condition = format!("{} AND {}", is_null(new), is_not_null(format!("({value})")));
    if is_same_for_all(situation, value) && is_same_for_all(situation, back) {
        let (differs, lost) = (unequal(value, &new.to_string()), unequal(back, &column.to_string()));
        condition.push_str(&format!(" OR CASE WHEN {differs} THEN {lost} END"));
    }
    format!("SELECT {column}::text FROM {table} WHERE {condition} LIMIT 1")
}

/// Whether an expression gives the same whenever it is asked, and whoever asks: no settings of a session are in it, as
/// in conversions of dates, times, floats and bytes, and no function that may give another value each time.
fn is_same_for_all(situation: &Situation<'_>, expression: &str) -> bool {
    const BY_SETTINGS: &[&str] =
        &["date", "time", "interval", "money", "bytea", "float", "real", "double", "reg", "xml", "to_", "current_"];
    let small = expression.to_lowercase();
    let is_volatile = |entry: Entry<'_>| match (entry.object(), entry.id()) {
        (Object::Function(function), ObjectId::Function(name)) => {
            function.volatility != Volatility::Immutable && small.contains(name.name.as_str())
        }
        _ => false,
    };
    !BY_SETTINGS.iter().any(|word| small.contains(word))
        && !calls_volatile(&small)
        && !situation.catalog.of_kind(ObjectKind::Function).any(is_volatile)
}
