//! A function was `IMMUTABLE` and is not any more, though what was computed with it is kept.
//!
//! Indexes on expressions, generated columns and partitions hold what an immutable function gave when a row was
//! written, and rely on it giving the same again. Once it does not, queries by such an index miss rows. The server lets
//! the change pass. Make a function of another name, and rebuild what relies on the old one.
//!
//! ```sql,bad
//! CREATE FUNCTION code(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1);
//! -- next migration
//! CREATE OR REPLACE FUNCTION code(text) RETURNS text LANGUAGE sql STABLE RETURN upper($1) || current_date;
//! ```
//! ```sql,good
//! CREATE FUNCTION code(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1);
//! -- next migration
//! CREATE FUNCTION code_of_today(text) RETURNS text LANGUAGE sql STABLE RETURN upper($1) || current_date;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::state::Routine;
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(ObjectChange { kind: "FUNCTION", names, action: ObjectAction::Replace }) = step.object_change() else {
        return;
    };
    let new = Routine::of(&step.looked.text);
    for name in names.iter().filter(|name| !step.state.has_made("FUNCTION", &step.resolve(name))) {
        let mut known = step.state.routines(name).iter();
        if !new.immutable && known.any(|old| old.arguments == new.arguments && old.immutable) {
            let name = shown(name);
            found
                .at(
                    step.head(),
                    format!("{name} is no longer immutable, but indexes and generated columns keep what it gave"),
                )
                .help("make a function of another name, and rebuild what relies on this one");
        }
    }
}
