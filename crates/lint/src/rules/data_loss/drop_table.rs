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

use limosa_plan::HazardKind;
use limosa_syntax::{Command, RelationKind, Severity};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::DropRelations { kind: RelationKind::Table, names, cascade } = step.command() else { return };
    if step.is_allowed(HazardKind::DeletesData) {
        return;
    }
    for name in names.iter().filter(|name| step.is_in_use(name)) {
        let table = step.resolve(name);
        let is_kept = step.is_read_before(name);
        let lives_on = step.state.former_name(&table).is_some_and(|former| step.state.known.has_relation(former));
        if is_kept && lives_on {
            continue;
        }
        let message = match is_kept {
            true => format!("applications that still use {} fail", shown(name)),
            false => format!("the rows of {} are lost, and applications that still use it fail", shown(name)),
        };
        let finding = found.at(step.head(), message);
        match step.sizes.rows(&table) {
            Some(0) => drop(finding.at_most(Severity::Note).note("it has no rows")),
            Some(rows) => drop(finding.note(format!("it has about {rows} rows"))),
            None => {}
        }
        if *cascade {
            finding.note("`CASCADE` drops views of it, and foreign keys of other tables to it, without naming them");
        }
        finding.help("rename it, and drop it in a later release, when nobody has missed it");
    }
}
