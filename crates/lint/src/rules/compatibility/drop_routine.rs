//! A function or procedure that is in use is dropped.
//!
//! Queries that call it fail from the commit on. Where its arguments change, PostgreSQL lets both versions stand side
//! by side until nobody calls the old one.
//!
//! Silent for routines of the same rollout, for bodies of triggers, for those that the file makes again, and where it
//! drops triggers before, of which the routine may have been the body.
//!
//! ```sql,bad
//! DROP FUNCTION next_visit(bigint);
//! ```
//! ```sql,good
//! DROP FUNCTION next_visit(bigint);
//! CREATE FUNCTION next_visit(patient bigint) RETURNS bigint LANGUAGE sql RETURN 1;
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange, TableMember};

use crate::found::{Findings, listed};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(&ObjectChange { kind, ref names, action: ObjectAction::Drop { cascade: false } }) = step.object_change()
    else {
        return;
    };
    let is_trigger = |command: &Command| {
        matches!(command, Command::InTable { member: TableMember::Trigger, change: MemberChange::Drop, .. })
    };
    if !matches!(kind, "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE")
        || step.before.iter().any(|looked| is_trigger(&looked.command))
    {
        return;
    }
    let is_called = |name: &&QualifiedName| {
        let is_new = step.state.has_made(kind, &step.resolve(name));
        !is_new && !step.state.is_trigger_function(name) && !step.makes_object_later(kind, name)
    };
    let gone: Vec<&QualifiedName> = names.iter().filter(is_called).collect();
    if !gone.is_empty() {
        found
            .at(step.head(), format!("queries that call {} fail from here on", listed(gone)))
            .help("make sure that nobody calls it any more; a new version with other arguments can stand beside it");
    }
}
