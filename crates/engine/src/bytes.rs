//! Amounts of bytes for people.

/// The amount with at most four digits: `9 kB`, `340 MB`. Less than a kilobyte counts as one.
#[must_use]
pub fn bytes_for_people(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut size = bytes.div_ceil(1000);
    let mut unit = 0;
    while size >= 10_000 && unit + 1 < UNITS.len() {
        size = size.div_ceil(1000);
        unit += 1;
    }
    format!("{size} {}", UNITS.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_four_digits() {
        for (bytes, expected) in [(0, "0 kB"), (8192, "9 kB"), (9_999_000, "9999 kB"), (120_000_000, "120 MB")] {
            assert_eq!(bytes_for_people(bytes), expected);
        }
    }
}
