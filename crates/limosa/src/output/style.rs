//! What each kind of text looks like. No meaning hangs on a colour: the words say it too.

use std::fmt::Display;

use owo_colors::{Style, Styled};

/// Something that went well.
pub(crate) const DONE: Style = Style::new().green();
/// Something that failed.
pub(crate) const FAILED: Style = Style::new().red().bold();
/// Something to look at.
pub(crate) const WARNING: Style = Style::new().yellow();
/// What to do next, and where something is.
pub(crate) const HINT: Style = Style::new().cyan();
/// The name over what follows.
pub(crate) const HEADING: Style = Style::new().bold();
/// What may be overlooked.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Text as it is.
pub(crate) const PLAIN: Style = Style::new();

/// Something that went well.
pub(crate) fn done<T: Display>(text: T) -> Styled<T> {
    DONE.style(text)
}

/// Something that failed.
pub(crate) fn failed<T: Display>(text: T) -> Styled<T> {
    FAILED.style(text)
}

/// Something to look at.
pub(crate) fn warning<T: Display>(text: T) -> Styled<T> {
    WARNING.style(text)
}

/// What to do next.
pub(crate) fn hint<T: Display>(text: T) -> Styled<T> {
    HINT.style(text)
}

/// A file or folder.
pub(crate) fn path<T: Display>(text: T) -> Styled<T> {
    HINT.style(text)
}

/// The name over what follows.
pub(crate) fn heading<T: Display>(text: T) -> Styled<T> {
    HEADING.style(text)
}

/// What may be overlooked.
pub(crate) fn faint<T: Display>(text: T) -> Styled<T> {
    FAINT.style(text)
}
