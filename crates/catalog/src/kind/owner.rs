//! Owners of objects.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::reading::Question;

fact! {
    /// Who owns an object.
    pub struct Owner {
        /// The role.
        role: Identifier,
    }
}

/// Owners come with their objects.
pub(crate) const QUESTIONS: &[Question] = &[];
