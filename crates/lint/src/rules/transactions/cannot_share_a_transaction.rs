//! A file that asks for one transaction holds a statement that cannot be in it.
//!
//! `-- limosa: transaction on` asks for all or nothing. PostgreSQL refuses the `CONCURRENTLY` forms, `VACUUM` and
//! others inside a transaction, and a new value of an enum type before its transaction has ended. Take the directive
//! away, and Limosa runs the file in as many steps as it needs and goes on where it was cut short; or move the
//! statement to a migration of its own.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
