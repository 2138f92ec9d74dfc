//! Columns of text, aligned.

use owo_colors::Style;

use super::style;
use super::width::{display_width, fit, padding};

/// Between two columns.
const GAP: &str = "  ";
/// A column is not made narrower than this to save room.
const NARROWEST: usize = 8;

/// On which side the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// A text of one line, and how it looks.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text with a look.
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, style::PLAIN)
    }
}

/// Rows of cells under an optional row of column names.
#[derive(Debug, Clone)]
pub(crate) struct Table<const COLUMNS: usize> {
    alignments: [Alignment; COLUMNS],
    names: Option<[&'static str; COLUMNS]>,
    rows: Vec<[Cell; COLUMNS]>,
    indent: usize,
    /// Columns that are never cut.
    firm: [bool; COLUMNS],
}

impl Table<6> {
    /// An empty table of things that happened: when (never cut), what, to what, how long or how large, and two more.
    pub(crate) fn dated() -> Self {
        let mut alignments = [Alignment::Left; 6];
        alignments[3] = Alignment::Right;
        Self::new(alignments).firm(0)
    }
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// An empty table.
    pub(crate) fn new(alignments: [Alignment; COLUMNS]) -> Self {
        Self { alignments, names: None, rows: Vec::new(), indent: 0, firm: [false; COLUMNS] }
    }

    /// Puts names over the columns.
    pub(crate) fn named(mut self, names: [&'static str; COLUMNS]) -> Self {
        self.names = Some(names);
        self
    }

    /// Moves the whole table to the right.
    pub(crate) fn indented(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Keeps a column, counted from 0, from being cut.
    pub(crate) fn firm(mut self, column: usize) -> Self {
        if let Some(firm) = self.firm.get_mut(column) {
            *firm = true;
        }
        self
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: [Cell; COLUMNS]) {
        self.rows.push(row);
    }

    /// The table, each row with a line end. Where `width` is given and not enough, the widest columns are cut with `…`.
    pub(crate) fn render(&self, width: Option<usize>) -> String {
        let names = self.names.map(|names| names.map(|name| Cell::styled(name, style::FAINT)));
        let rows: Vec<&[Cell; COLUMNS]> = names.iter().chain(&self.rows).collect();
        let mut widths = [0; COLUMNS];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row.iter()) {
                *width = (*width).max(display_width(&cell.text));
            }
        }
        if let Some(width) = width {
            narrow(&mut widths, &self.firm, width.saturating_sub(self.indent + GAP.len() * COLUMNS.saturating_sub(1)));
        }
        rows.iter().map(|row| self.line(row, &widths)).collect()
    }

    fn line(&self, row: &[Cell; COLUMNS], widths: &[usize; COLUMNS]) -> String {
        let mut line = " ".repeat(self.indent);
        // White space that is owed to cells on the right, so that no line ends in it.
        let mut owed = String::new();
        for ((cell, width), alignment) in row.iter().zip(widths).zip(self.alignments) {
            let text = fit(&cell.text, *width);
            let padding = padding(&text, *width);
            let (before, after) = match alignment {
                Alignment::Left => (String::new(), padding),
                Alignment::Right => (padding, String::new()),
            };
            owed.push_str(&before);
            if !text.is_empty() {
                line.push_str(&owed);
                owed.clear();
                line.push_str(&cell.style.style(&text).to_string());
            }
            owed.push_str(&after);
            owed.push_str(GAP);
        }
        line.push('\n');
        line
    }
}

/// Takes columns off the widest until the sum is at most `room`, or all are as narrow as they may be.
fn narrow(widths: &mut [usize], firm: &[bool], room: usize) {
    let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
    while excess > 0 {
        let yielding = widths.iter_mut().zip(firm).filter(|(_, firm)| !**firm).map(|(width, _)| width);
        let Some(widest) = yielding.max().filter(|width| **width > NARROWEST) else { return };
        *widest -= 1;
        excess -= 1;
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;

    fn sample() -> Table<3> {
        let mut table =
            Table::new([Alignment::Left, Alignment::Left, Alignment::Right]).named(["service", "what", "time"]);
        table.push(["auth".into(), "患者表を追加".into(), Cell::styled("12 ms", style::DONE)]);
        table.push(["mental-health".into(), "a rather long account of what was done".into(), "2 min 03 s".into()]);
        table.push(["api".into(), "".into(), "".into()]);
        table
    }

    #[test]
    fn columns_line_up() {
        insta::assert_snapshot!(strip_str(&sample().render(None)).to_string(), @r"
        service        what                                          time
        auth           患者表を追加                                 12 ms
        mental-health  a rather long account of what was done  2 min 03 s
        api
        ");
    }

    #[test]
    fn the_widest_column_gives_way() {
        let rendered = strip_str(&sample().render(Some(48))).to_string();
        assert!(rendered.lines().all(|line| display_width(line) <= 48), "{rendered}");
        insta::assert_snapshot!(rendered, @r"
        service        what                         time
        auth           患者表を追加                12 ms
        mental-health  a rather long accoun…  2 min 03 s
        api
        ");
    }

    #[test]
    fn a_terminal_too_narrow_for_anything_still_gets_a_table() {
        for width in 0..30 {
            assert_eq!(sample().render(Some(width)).lines().count(), 4);
        }
    }

    #[test]
    fn a_table_can_be_indented_and_empty() {
        assert_eq!(Table::new([Alignment::Left]).render(Some(10)), "");
        let mut table = Table::new([Alignment::Left]).indented(2);
        table.push(["x".into()]);
        assert_eq!(strip_str(&table.render(None)).to_string(), "  x\n");
    }
}
