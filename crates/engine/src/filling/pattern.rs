//! Texts that a regular expression matches.

use std::iter::Peekable;
use std::str::Chars;

/// So often is repeated what may be repeated without end.
const OFTEN: usize = 8;
/// Longer texts are not made.
const LONGEST: usize = 400;

/// The characters that may stand at each place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    places: Vec<Vec<char>>,
}

impl Pattern {
    /// Reads the common part of PostgreSQL's regular expressions; `None` for the rest (back references, look-ahead).
    /// Of alternatives the first is taken.
    pub(super) fn of(expression: &str) -> Option<Self> {
        let mut rest = expression.chars().peekable();
        let places = sequence(&mut rest, 0)?;
        (rest.next().is_none() && !places.is_empty() && places.len() <= LONGEST).then_some(Self { places })
    }

    /// The text for a row; the last places change fastest.
    pub(super) fn text(&self, row: u64) -> String {
        let mut row = row;
        let mut text: Vec<char> = self
            .places
            .iter()
            .rev()
            .filter_map(|place| {
                let many = u64::try_from(place.len()).unwrap_or(1).max(1);
                let at = usize::try_from(row % many).unwrap_or(0);
                row /= many;
                place.get(at).copied()
            })
            .collect();
        text.reverse();
        text.into_iter().collect()
    }

    /// Whether a million rows have different texts.
    pub(super) fn varies(&self) -> bool {
        self.places.iter().fold(1_u64, |count, place| count.saturating_mul(place.len() as u64)) >= 1_000_000
    }
}

type Rest<'t> = Peekable<Chars<'t>>;
type Places = Vec<Vec<char>>;

/// Up to the end of a group, or of all.
fn sequence(rest: &mut Rest<'_>, depth: usize) -> Option<Places> {
    if depth > 16 {
        return None;
    }
    let mut places: Places = Vec::new();
    while let Some(next) = rest.peek().copied() {
        let atom: Places = match next {
            ')' => break,
            '|' => {
                skip_alternatives(rest)?;
                break;
            }
            '^' | '$' => {
                rest.next();
                continue;
            }
            '(' => {
                rest.next();
                if rest.next_if_eq(&'?').is_some() && rest.next() != Some(':') {
                    return None;
                }
                let inner = sequence(rest, depth + 1)?;
                rest.next_if_eq(&')')?;
                inner
            }
            '[' => {
                rest.next();
                vec![class(rest)?]
            }
            '.' => {
                rest.next();
                vec![alphanumeric()]
            }
            '\\' => {
                rest.next();
                vec![escaped(rest.next()?)?]
            }
            '*' | '+' | '?' | '{' => return None,
            other => {
                rest.next();
                vec![vec![other]]
            }
        };
        let times = quantifier(rest, &atom)?;
        for _ in 0..times {
            places.extend(atom.iter().cloned());
            if places.len() > LONGEST {
                return None;
            }
        }
    }
    Some(places)
}

/// Passes over the other alternatives of a group, up to its end.
fn skip_alternatives(rest: &mut Rest<'_>) -> Option<()> {
    let mut depth = 0_usize;
    while let Some(next) = rest.peek().copied() {
        match next {
            ')' if depth == 0 => return Some(()),
            ')' => depth -= 1,
            '(' => depth += 1,
            '\\' => {
                rest.next();
            }
            '[' => {
                rest.next();
                class(rest)?;
                continue;
            }
            _ => {}
        }
        rest.next();
    }
    (depth == 0).then_some(())
}

/// How often the atom before is repeated.
fn quantifier(rest: &mut Rest<'_>, atom: &Places) -> Option<usize> {
    let has_choice = atom.iter().any(|place| place.len() > 1);
    let times = match rest.peek() {
        Some('?') => usize::from(has_choice),
        Some('*') => {
            if has_choice {
                OFTEN
            } else {
                0
            }
        }
        Some('+') => {
            if has_choice {
                OFTEN
            } else {
                1
            }
        }
        Some('{') => {
            rest.next();
            let bounds: String = std::iter::from_fn(|| rest.next_if(|next| *next != '}')).collect();
            let (least, most): (usize, usize) = match bounds.split_once(',') {
                None => (bounds.parse().ok()?, bounds.parse().ok()?),
                Some((least, "")) => (least.parse().ok()?, usize::MAX),
                Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
            };
            least.max(if has_choice { OFTEN.min(most) } else { 0 })
        }
        _ => return Some(1),
    };
    rest.next();
    // Reluctance changes nothing of what is matched.
    rest.next_if_eq(&'?');
    Some(times)
}

/// What stands between brackets.
fn class(rest: &mut Rest<'_>) -> Option<Vec<char>> {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut members: Vec<char> = Vec::new();
    let mut first = true;
    loop {
        let next = rest.next()?;
        match next {
            ']' if !first => break,
            '[' if rest.peek() == Some(&':') => {
                let name: String = std::iter::from_fn(|| rest.next_if(|next| *next != ']')).collect();
                rest.next_if_eq(&']')?;
                members.extend(named(&name)?);
            }
            '\\' => members.extend(escaped(rest.next()?)?),
            from if rest.peek() == Some(&'-') => {
                rest.next();
                match rest.peek().copied() {
                    Some(']') | None => members.extend([from, '-']),
                    Some(to) => {
                        rest.next();
                        members.extend((from..=to).filter(|it| !it.is_control()).take(128));
                    }
                }
            }
            member => members.push(member),
        }
        first = false;
    }
    let members =
        if negated { alphanumeric().into_iter().filter(|it| !members.contains(it)).collect() } else { members };
    (!members.is_empty()).then_some(members)
}

fn named(name: &str) -> Option<Vec<char>> {
    Some(match name.trim_matches(':') {
        "alpha" => ('a'..='z').collect(),
        "lower" => ('a'..='z').collect(),
        "upper" => ('A'..='Z').collect(),
        "digit" => ('0'..='9').collect(),
        "alnum" | "word" | "print" | "graph" => alphanumeric(),
        "xdigit" => ('0'..='9').chain('a'..='f').collect(),
        "space" | "blank" => vec![' '],
        _ => return None,
    })
}

fn escaped(letter: char) -> Option<Vec<char>> {
    Some(match letter {
        'd' => ('0'..='9').collect(),
        'w' => alphanumeric(),
        's' => vec![' '],
        'D' => ('a'..='z').collect(),
        'W' => vec!['-'],
        'S' => alphanumeric(),
        // Constraints of place, which are no characters, and back references.
        'A' | 'Z' | 'm' | 'M' | 'y' | 'Y' | '1'..='9' => return None,
        't' => vec!['\t'],
        'n' => vec!['\n'],
        other => vec![other],
    })
}

fn alphanumeric() -> Vec<char> {
    ('a'..='z').chain('0'..='9').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(expression: &str, row: u64) -> Option<String> {
        Pattern::of(expression).map(|pattern| pattern.text(row))
    }

    #[test]
    fn texts_match_their_pattern() {
        assert_eq!(text("^[A-Z]{2}[0-9]{3}$", 0).as_deref(), Some("AA000"));
        assert_eq!(text("^[A-Z]{2}[0-9]{3}$", 1234).as_deref(), Some("AB234"));
        assert_eq!(text(r"^\d{3}-\d{4}$", 17).as_deref(), Some("000-0017"));
        assert_eq!(text("^(draft|final)$", 3).as_deref(), Some("draft"));
        assert_eq!(text(r"^[^@\s]+@[^@]+\.[a-z]{2,}$", 0).as_deref(), Some("aaaaaaaa@aaaaaaaa.aaaaaaaa"));
        assert_eq!(text("^#[[:xdigit:]]{6}$", 255).as_deref(), Some("#0000ff"));
        assert_eq!(text("^a(b(c|d)|e)?x$", 0).as_deref(), Some("ax"));
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for expression in ["(?=x)y", r"(a)\1", "*a", "a{", "[", "(a", "[[:nothing:]]", "a{9999}", ""] {
            assert_eq!(text(expression, 0), None, "{expression}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_expression_is_too_much(expression in "[\\[\\](){}|*+?^$a-c0-3,:\\\\-]{0,40}", row in 0_u64..u64::MAX) {
            if let Some(pattern) = Pattern::of(&expression) {
                proptest::prop_assert!(pattern.text(row).chars().count() <= LONGEST);
            }
        }
    }
}
