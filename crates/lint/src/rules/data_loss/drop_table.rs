//! A table that is in use is dropped, with all its rows.
//!
//! What was in it comes back from a backup only, and applications that still name the table fail from the moment of the
//! commit on. Make sure that no application uses it any more; rename it in one release and drop it in a later one, when
//! nobody has missed it.
//!
//! Locks: drop-table
//!
//! Silent where the same rollout has made the table, where a table that was rebuilt is dropped under its second name,
//! and where `-- limosa: allow deletes-data` accepts the loss.
//!
//! ```sql,bad
//! DROP TABLE visit;
//! ```
//! ```sql,good
//! CREATE TABLE scratch (id bigint);
//! DROP TABLE scratch;
//! ```
//! ```sql,good
//! ALTER TABLE visit RENAME TO visit_old;
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! INSERT INTO visit SELECT id FROM visit_old;
//! DROP TABLE visit_old;
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, RelationKind, Severity};

use crate::found::{Findings, listed};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::DropRelations { kind: RelationKind::Table, names, cascade } = step.command() else { return };
    if step.may_drop() {
        return;
    }
    let known = &step.state.known;
    let lives_on = |name: &QualifiedName| {
        let former = step.state.former_name(&step.resolve(name));
        step.is_read_before(name) && former.is_some_and(|former| known.has_relation(former))
    };
    let gone: Vec<&QualifiedName> = names.iter().filter(|name| step.is_in_use(name) && !lives_on(name)).collect();
    if gone.is_empty() {
        return;
    }
    let tables = listed(gone.iter().copied());
    let message = match gone.iter().all(|name| step.is_read_before(name)) {
        true => format!("applications that still use {tables} fail"),
        false => format!("the rows of {tables} are lost, and applications that still use it fail"),
    };
    let finding = found.at(step.head(), message);
    let rows: Option<u64> = gone.iter().map(|name| step.sizes.rows(&step.resolve(name))).sum();
    match rows {
        Some(0) => drop(finding.at_most(Severity::Note).note("there are no rows in it")),
        Some(rows) => drop(finding.note(format!("there are about {rows} rows in it"))),
        None => {}
    }
    if *cascade {
        finding.note("`CASCADE` drops views of it, and foreign keys of other tables to it, without naming them");
    }
    finding.help("rename it, and drop it in a later release, when nobody has missed it");
}
