//! The pieces of a program that is read without being run.

/// A piece of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword, a number.
    Word(String),
    /// What stands in quotes, escapes resolved.
    Text {
        /// The text; parts that are put in stay as they are written.
        value: String,
        /// Whether nothing is put in, and it has an end.
        is_whole: bool,
    },
    /// Any other character.
    Mark(char),
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}
