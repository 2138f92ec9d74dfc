//! A file begins a transaction inside a transaction.
//!
//! PostgreSQL only warns and goes on in the one transaction, whose first `COMMIT` ends both, so that what follows
//! runs in none.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
