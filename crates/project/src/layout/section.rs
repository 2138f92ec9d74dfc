//! Sections of a file: what is applied, what is reverted.

use limosa_syntax::Span;

use crate::folder::FolderFile;
use crate::{Separator, TransactionMode};

/// The parts of one file, and what its marks say about running them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sections {
    pub(crate) up: Span,
    pub(crate) down: Option<Span>,
    pub(crate) transaction: TransactionMode,
    pub(crate) separator: Separator,
}

impl Sections {
    /// The whole file, without its byte order mark.
    pub(crate) fn whole(file: &FolderFile) -> Self {
        let text = file.text();
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self {
            up: Span::new(start, text.len()),
            down: None,
            transaction: TransactionMode::Auto,
            separator: Separator::Semicolon,
        }
    }

    /// The file up to a line `-- limosa:down`, and what follows it.
    pub(crate) fn limosa(file: &FolderFile) -> Self {
        Self::split(file, |line| {
            line.trim_start_matches('-').trim_start().strip_prefix("limosa:").is_some_and(|word| word.trim() == "down")
        })
    }

    /// The file up to the first comment line that is the mark, and what follows that line.
    pub(crate) fn split(file: &FolderFile, is_down: impl Fn(&str) -> bool) -> Self {
        let mut sections = Self::whole(file);
        if let Some((mark, _)) = file.comment_lines().find(|(_, line)| is_down(line)) {
            sections.down = Some(after_line(file, mark));
            sections.up.end = mark.start;
        }
        sections
    }

    /// Sections between marks of both kinds, in either order; text before the first mark belongs to neither. `None`
    /// where there is no mark for up.
    pub(crate) fn marked(
        file: &FolderFile,
        is_up: impl Fn(&str) -> bool,
        is_down: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let mut sections = Self::whole(file);
        let (up, _) = file.comment_lines().find(|(_, line)| is_up(line))?;
        let down = file.comment_lines().find(|(_, line)| is_down(line)).map(|(mark, _)| mark);
        sections.up = after_line(file, up);
        if let Some(down) = down {
            let mut section = after_line(file, down);
            if up.start < down.start {
                sections.up.end = down.start;
            } else {
                section.end = up.start;
            }
            sections.down = Some(section);
        }
        Some(sections)
    }

    /// The same, run without a transaction if `off`.
    pub(crate) fn without_transaction(mut self, off: bool) -> Self {
        if off {
            self.transaction = TransactionMode::Off;
        }
        self
    }
}

/// From the line after a mark to the end of the file.
fn after_line(file: &FolderFile, mark: Span) -> Span {
    let text = file.text();
    let rest = text.get(mark.end..).unwrap_or_default();
    let start = mark.end + rest.find('\n').map_or(rest.len(), |at| at + 1);
    Span::new(start, text.len())
}
