//! A schema gets another name while applications use it by the old one.
//!
//! Everything in it changes its name with it: queries that write the schema fail from the commit on, and where it is
//! found by `search_path`, every name that was found there. Make a schema of the new name, with views of what is in the
//! old one, and move the tables when all applications use the new one.
//!
//! ```sql,bad
//! ALTER SCHEMA clinic RENAME TO practice;
//! ```
//! ```sql,good
//! CREATE SCHEMA clinic;
//! ALTER SCHEMA clinic RENAME TO practice;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "SCHEMA", names, action: ObjectAction::Rename(_) }) = step.object_change() else {
        return;
    };
    for name in names.iter().filter(|name| !step.state.has_made("SCHEMA", &step.resolve(name))) {
        if step.makes_object_later("SCHEMA", name) {
            continue;
        }
        found
            .at(step.head(), format!("applications that use what is in schema {} fail from here on", shown(name)))
            .help("make the new schema with views of what is in the old one, and move the tables later");
    }
}
