//! A file takes some of its statements back.
//!
//! What stands between `SAVEPOINT` and `ROLLBACK TO SAVEPOINT` is undone, and the migration is recorded as applied
//! all the same. In a file nothing decides whether to go back: it always does.
//!
//! ```sql,bad
//! SAVEPOINT before;
//! ALTER TABLE visit ADD COLUMN room text;
//! ROLLBACK TO SAVEPOINT before;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN room text;
//! ```

use limosa_syntax::{TransactionControl, TransactionRule};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let goes_back = TransactionRule::Control(TransactionControl::RollbackToSavepoint);
    if step.looked.place == Place::File && step.class().transaction == goes_back {
        found
            .at(step.span(), "what stands behind the savepoint is taken back, every time")
            .help("delete it, and what it takes back");
    }
}
