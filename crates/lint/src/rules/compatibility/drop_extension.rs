//! An extension that is in use is dropped.
//!
//! Queries that call its functions or use its operators fail from the commit on. Without `CASCADE` the server makes
//! sure that no column, index or view needs it; of what applications send it knows nothing.
//!
//! ```sql,bad
//! DROP EXTENSION pg_trgm;
//! ```
//! ```sql,good
//! DROP EXTENSION pg_trgm;
//! CREATE EXTENSION pg_trgm SCHEMA extensions;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "EXTENSION", names, action: ObjectAction::Drop { cascade: false } }) =
        step.object_change()
    else {
        return;
    };
    for name in names.iter().filter(|name| !step.state.has_made("EXTENSION", &step.resolve(name))) {
        if !step.makes_object_later("EXTENSION", name) {
            found
                .at(step.head(), format!("queries that use what {} brings fail from here on", shown(name)))
                .help("make sure that no query uses its functions and operators any more");
        }
    }
}
