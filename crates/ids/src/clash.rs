//! Prefixes of different things that cannot be told apart.

use crate::prefix::Prefix;

/// Two owners whose prefixes clash, by their indexes in what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// Both have the same prefix.
    Same(usize, usize),
    /// The first one's prefix is the beginning of the second one's.
    Beginning(usize, usize),
}

/// All clashes among prefixes; the case of letters tells nothing apart, since people do not hear it.
#[must_use]
pub fn clashes(prefixes: &[Prefix]) -> Vec<Clash> {
    let texts: Vec<String> = prefixes.iter().map(|prefix| prefix.as_str().to_lowercase()).collect();
    let mut found = Vec::new();
    for (first, one) in texts.iter().enumerate() {
        for (second, other) in texts.iter().enumerate().skip(first + 1) {
            if one == other {
                found.push(Clash::Same(first, second));
            } else if other.starts_with(one) {
                found.push(Clash::Beginning(first, second));
            } else if one.starts_with(other) {
                found.push(Clash::Beginning(second, first));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_clash_where_one_begins_the_other() {
        let prefixes = ["pat_", "apt_", "Pat_", "pa", "patient_"].map(|text| Prefix::new(text).unwrap());
        let found = clashes(&prefixes);
        assert_eq!(found, [Clash::Same(0, 2), Clash::Beginning(3, 0), Clash::Beginning(3, 2), Clash::Beginning(3, 4)]);
    }
}
