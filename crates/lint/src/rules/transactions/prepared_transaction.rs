//! A file prepares a transaction for somebody else to end.
//!
//! `PREPARE TRANSACTION` leaves it open beyond the session, with all its locks, until `COMMIT PREPARED`; meanwhile
//! nothing that it has written can be vacuumed, and what it has locked stays locked through restarts.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
