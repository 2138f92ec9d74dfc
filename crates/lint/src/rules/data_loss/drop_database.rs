//! A database is dropped.
//!
//! Nothing of it is left, and the server does not ask. A migration changes the schema of the database that it runs in;
//! that a whole database goes is for a person to decide and to do.
//!
//! ```sql,bad
//! DROP DATABASE clinic;
//! ```
//! ```sql,good
//! DROP TABLE IF EXISTS visit;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "DATABASE", names, action: ObjectAction::Drop { .. } }) = step.object_change() else {
        return;
    };
    for name in names {
        found
            .at(step.head(), format!("the database {} is lost, with everything in it", shown(name)))
            .help("take it out of the migrations, and drop the database by hand");
    }
}
