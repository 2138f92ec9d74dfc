//! Where COPY stopped, in the server's words: `COPY country, line 3, column code: "x"`, in whatever language.

/// The line that COPY was at, counted from 1, and the column where it is named.
pub(super) fn place<'a>(context: &str, columns: &[&'a str]) -> Option<(usize, Option<&'a str>)> {
    let line = context.lines().find(|line| line.contains("COPY "))?;
    // Behind the table's name, which may hold digits itself.
    let rest = line.split_once("COPY ")?.1;
    let rest = rest.split_once(", ").map_or(rest, |(_, rest)| rest);
    let digits = rest.find(|c: char| c.is_ascii_digit())?;
    let end = rest[digits..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| digits + length);
    let number: usize = rest[digits..end].parse().ok()?;
    let behind = &rest[end..];
    let column = behind.strip_prefix(", ").and_then(|words| {
        let (_, named) = words.split_once(' ')?;
        let is_here = |column: &&&str| {
            named.strip_prefix(**column).is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with(':'))
        };
        columns.iter().filter(is_here).max_by_key(|column| column.len()).copied()
    });
    Some((number, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_and_the_column_are_read_in_any_language() {
        let columns = ["c1", "c12", "born on"];
        for (context, expected) in [
            ("COPY limosa_seed_1, line 3, column c12: \"x\"", Some((3, Some("c12")))),
            ("COPY limosa_seed_1, Zeile 3, Spalte c1: »x«", Some((3, Some("c1")))),
            ("COPY t2, ligne 14, colonne born on : « x »", Some((14, Some("born on")))),
            ("COPY t2, line 14: \"1\\tx, line 5\"", Some((14, None))),
            ("COPY t2, line 7, column other: null input", Some((7, None))),
            ("SQL statement \"SELECT 1\"\nPL/pgSQL function f() line 3\nCOPY t, line 9: \"x\"", Some((9, None))),
            ("PL/pgSQL function f() line 3", None),
        ] {
            assert_eq!(place(context, &columns), expected, "{context}");
        }
    }
}
