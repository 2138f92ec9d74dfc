//! A type or function gets another name while applications use it by the old one.
//!
//! Queries that call the function or cast to the type by its old name fail from the commit on.
//! Columns, defaults and views are not harmed: they know what they use by its identity. A function or type of the old
//! name can stay beside the new one until nobody uses it.
//!
//! Silent for what the same rollout has made, and where the file makes something of the old name or drops what was
//! renamed.
//!
//! ```sql,bad
//! ALTER FUNCTION next_visit(bigint) RENAME TO coming_visit;
//! ```
//! ```sql,good
//! CREATE TYPE mood_new AS ENUM ('glad', 'sad');
//! ALTER TYPE mood RENAME TO mood_old;
//! ALTER TYPE mood_new RENAME TO mood;
//! ```

use limosa_syntax::{ObjectAction, ObjectChange};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(&ObjectChange { kind, ref names, action: ObjectAction::Rename(ref to) }) = step.object_change() else {
        return;
    };
    if !matches!(kind, "TYPE" | "DOMAIN" | "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE") {
        return;
    }
    for name in names {
        let is_dropped = step.later_changes().any(|change| {
            matches!(change.action, ObjectAction::Drop { .. }) && change.names.iter().any(|it| it.name == *to)
        });
        let is_new = step.state.has_made(kind, &step.resolve(name)) || step.state.is_trigger_function(name);
        if is_new || is_dropped || step.makes_object_later(kind, name) {
            continue;
        }
        found
            .at(step.head(), format!("queries that use {} by this name fail from here on", shown(name)))
            .help("leave one of the old name beside it until nobody uses that any more");
    }
}
