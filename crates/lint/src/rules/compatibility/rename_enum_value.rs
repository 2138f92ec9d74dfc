//! A value of an enum type gets another name while applications use the old one.
//!
//! From the commit on, queries that write or compare with the old value fail, and what applications read back is a
//! value that they do not know. Add the new value beside the old one, move the rows, and leave the old value unused.
//!
//! ```sql,bad
//! ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';
//! ```
//! ```sql,good
//! ALTER TYPE mood ADD VALUE 'happy';
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "TYPE", names, action: ObjectAction::RenameValue { from, to } }) =
        step.object_change()
    else {
        return;
    };
    let new = |name: &&limosa_catalog::QualifiedName| step.state.has_made("TYPE", &step.resolve(name));
    for name in names.iter().filter(|name| !new(name)) {
        found
            .at(step.head(), format!("applications that use `{from}` of {} fail from here on", shown(name)))
            .help(format!("add `{to}` beside it, move the rows, and leave `{from}` unused"));
    }
}
