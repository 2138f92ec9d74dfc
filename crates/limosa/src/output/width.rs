//! How much room text takes on a terminal.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns of the terminal on stderr or stdout; `None` where neither is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(std::io::stderr())
        .or_else(|| terminal_size::terminal_size_of(std::io::stdout()))?;
    (columns > 0).then_some(usize::from(columns))
}

/// The columns that a text of one line takes.
pub(crate) fn display_width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns`; what does not fit gives way to `…`.
pub(crate) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(1);
    let mut used = 0;
    let mut kept = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(c);
    }
    if columns > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// The spaces that bring `text` to `columns`.
pub(crate) fn padding(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(display_width(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_not_by_characters() {
        for (text, columns, shown) in [
            ("initial_schema", 14, "initial_schema"),
            ("initial_schema", 8, "initial…"),
            ("患者表を追加", 12, "患者表を追加"),
            ("患者表を追加", 8, "患者表…"),
            ("患者", 1, "…"),
            ("x", 0, ""),
            ("", 0, ""),
        ] {
            let cut = fit(text, columns);
            assert_eq!(cut, shown, "{text} in {columns}");
            assert!(display_width(&cut) <= columns);
        }
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(padding("患者", 6), "  ");
        assert_eq!(padding("longer", 3), "");
    }
}
