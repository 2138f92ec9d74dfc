//! A file begins and commits transactions itself.
//!
//! Limosa runs a migration in one transaction with the record of it wherever PostgreSQL allows that, so `BEGIN` and
//! `COMMIT` around the whole say nothing new; several of them make a migration that can stop halfway, which Limosa
//! can resume. A project that wants neither turns this rule on.
//!
//! ```sql,bad
//! BEGIN;
//! ALTER TABLE visit ADD COLUMN room text;
//! COMMIT;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use limosa_syntax::{TransactionControl, TransactionRule};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let begins = TransactionRule::Control(TransactionControl::Begin);
    if step.looked.place == Place::File && step.class().transaction == begins {
        found
            .at(step.span(), "the file begins a transaction of its own")
            .help("delete `BEGIN` and `COMMIT`: a migration is one transaction by itself");
    }
}
