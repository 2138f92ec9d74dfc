//! Names of triggers: PostgreSQL fires those of a table by their names, byte by byte.

use limosa_catalog::{Identifier, InvalidIdentifier};

/// The longest name that PostgreSQL takes, in bytes.
const LONGEST: usize = 63;

/// When a trigger fires among those of its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// In the order of the statements.
    Usual,
    /// Behind all of those.
    Last,
}

/// The name of a trigger that fires behind those of the user's own, behind those of changes with a lower number, and
/// behind those of the statements before. `start` is what all names of the change begin with.
pub(super) fn trigger_name(
    start: &str,
    number: i64,
    place: usize,
    turn: Turn,
    of: &str,
) -> Result<Identifier, InvalidIdentifier> {
    // A longer number has more of them before it. They are no part of what the change is known by.
    let behind = "~".repeat(number.to_string().len());
    let place = match turn {
        Turn::Usual => format!("_{place:04}_"),
        Turn::Last => format!("_~{place:04}_"),
    };
    let start = cut(start, LONGEST - behind.len() - place.len());
    Identifier::new(cut(&format!("{behind}{start}{place}{of}"), LONGEST))
}

/// A text of at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_fire_by_the_numbers_of_changes_and_then_of_statements() {
        let mut names = vec!["zzz of the user's own".to_owned()];
        for number in [8, 9, 10, 11, 99, 100, 123_456] {
            let start = format!("limosa_online_{number}");
            for (turn, of) in [(Turn::Usual, "z"), (Turn::Last, "a")] {
                let of = of.repeat(if number == 10 { 63 } else { 1 });
                let named = |place| trigger_name(&start, number, place, turn, &of).unwrap().as_str().to_owned();
                names.extend([1, 2, 9, 10, 11, 100, 1001].map(named));
            }
            let own = names.iter().filter(|name| name.trim_start_matches('~').starts_with(&format!("{start}_")));
            assert_eq!(own.count(), 14);
        }
        assert!(names.is_sorted(), "{names:#?}");
        assert!(names.iter().all(|name| name.len() <= LONGEST));
    }

    #[test]
    fn a_name_that_is_too_long_keeps_what_tells_it_apart() {
        let start = "s".repeat(LONGEST);
        let [one, other] = [1, 2].map(|place| trigger_name(&start, 12, place, Turn::Usual, "of").unwrap());
        assert_ne!(one, other);
    }
}
