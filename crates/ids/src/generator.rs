//! Making ids one after the other.

use crate::prefix::Prefix;

/// Makes ids without end, or until its numbers are used up.
pub trait Generator: Send {
    /// Appends the next id to a text.
    ///
    /// # Errors
    /// See [`GenerateError`]; the text is then to be thrown away.
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError>;
}

/// Why there is no next id.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The operating system gave none.
    #[error("the operating system gives no randomness: {0}; ids made without it could be guessed")]
    Randomness(getrandom::Error),
    /// Before 1970, or too late for 48 bits.
    #[error("the clock stands before 1970 or after 10889; set it right, the id holds the time")]
    Clock,
    /// All ids of this length were made.
    #[error("all {0} ids of this length are made; take a longer length for further ones")]
    Exhausted(u64),
}

/// Ids with something before them.
pub(crate) struct Prefixed {
    pub(crate) prefix: Prefix,
    pub(crate) generator: Box<dyn Generator>,
}

impl Generator for Prefixed {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        out.push_str(self.prefix.as_str());
        self.generator.write(out)
    }
}
