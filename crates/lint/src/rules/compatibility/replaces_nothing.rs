//! `OR REPLACE` makes a second version of a function beside the old one, since the arguments are others.
//!
//! A function is known by its name and the types of its arguments. One with more arguments, perhaps with defaults, does
//! not replace the one with fewer: both stay, old callers go on calling the old one, and where defaults make both fit,
//! calls fail as ambiguous. Drop the old version in the same file, or leave `OR REPLACE` out if both are wanted.
//!
//! ```sql,bad
//! CREATE FUNCTION next_visit(patient bigint) RETURNS bigint LANGUAGE sql RETURN 1;
//! -- next migration
//! CREATE OR REPLACE FUNCTION next_visit(patient bigint, ward bigint DEFAULT 0) RETURNS bigint LANGUAGE sql RETURN 2;
//! ```
//! ```sql,good
//! CREATE FUNCTION next_visit(patient bigint) RETURNS bigint LANGUAGE sql RETURN 1;
//! -- next migration
//! DROP FUNCTION next_visit(bigint);
//! CREATE FUNCTION next_visit(patient bigint, ward bigint DEFAULT 0) RETURNS bigint LANGUAGE sql RETURN 2;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::state::Routine;
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(&ObjectChange { kind, ref names, action: ObjectAction::Replace }) = step.object_change() else { return };
    if !matches!(kind, "FUNCTION" | "PROCEDURE") {
        return;
    }
    let new = Routine::of(&step.looked.text);
    for name in names {
        let known = step.state.routines(name);
        let replaces = known.is_empty() || known.iter().any(|old| old.arguments == new.arguments);
        let is_dropped = step.later_changes().any(|change| {
            matches!(change.action, ObjectAction::Drop { .. }) && change.names.iter().any(|it| it.name == name.name)
        });
        if !replaces && !is_dropped {
            found
                .at(step.head(), format!("this replaces nothing: {} with other arguments stays beside it", shown(name)))
                .help("drop the old version in the same file, or leave `OR REPLACE` out if both are wanted");
        }
    }
}
