//! Names, numbers and spans of time as findings word them.

use std::time::Duration;

use limosa_catalog::Identifier;

/// A name as it stands in a statement to be typed.
pub(super) fn quoted(name: &str) -> String {
    Identifier::new(name).map_or_else(|_| name.to_owned(), |name| name.to_string())
}

/// A span of time in the unit that fits it.
pub(super) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `1 table`, `3 tables`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The line that stands for what is not listed.
pub(super) fn more(shown: usize, total: usize) -> Option<String> {
    (total > shown).then(|| format!("and {} more", total - shown))
}

/// SQL on one line.
pub(super) fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_fits() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(span(Duration::from_millis(250)), "250 ms");
        assert_eq!(
            (told(90), told(300), told(7_300), told(300_000)),
            ("90 s".into(), "5 min".into(), "2 h".into(), "3 days".into())
        );
        assert_eq!(
            (count(1, "index", "indexes"), count(0, "index", "indexes")),
            ("1 index".into(), "0 indexes".into())
        );
        assert_eq!((more(5, 5), more(5, 7)), (None, Some("and 2 more".to_owned())));
    }
}
