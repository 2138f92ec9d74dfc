//! A type or domain that is in use is dropped.
//!
//! Queries that cast to it fail from the commit on. Without `CASCADE` the server makes sure that no column is of it.
//!
//! ```sql,bad
//! DROP TYPE mood;
//! ```
//! ```sql,good
//! CREATE TYPE mood AS ENUM ('glad');
//! DROP TYPE mood;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "TYPE" | "DOMAIN", names, action: ObjectAction::Drop { cascade: false } }) =
        step.object_change()
    else {
        return;
    };
    for name in names.iter().filter(|name| !step.state.has_made("TYPE", &step.resolve(name))) {
        if !step.makes_object_later("TYPE", name) {
            let message = format!("queries that cast to {} fail from here on", shown(name));
            found.at(step.head(), message).help("make sure that nobody uses it any more");
        }
    }
}
