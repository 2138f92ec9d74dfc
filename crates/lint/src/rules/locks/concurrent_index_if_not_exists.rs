//! IF NOT EXISTS takes an index for good that a concurrent build has left unfinished.
//!
//! A build with `CONCURRENTLY` that is cut short leaves an index of its name, marked INVALID, which is written on
//! every change and never used. `CREATE INDEX CONCURRENTLY IF NOT EXISTS` then sees the name and does nothing. Limosa
//! drops what its own build has left before it tries again; turn this rule on for files that something else runs.
//!
//! ```sql,bad
//! CREATE INDEX CONCURRENTLY IF NOT EXISTS visit_patient ON visit (patient_id);
//! ```
//! ```sql,good
//! DROP INDEX CONCURRENTLY IF EXISTS visit_patient;
//! CREATE INDEX CONCURRENTLY visit_patient ON visit (patient_id);
//! ```

use limosa_syntax::Effect;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(Effect::CreateIndex { name: Some(name), concurrently: true, if_not_exists: true, .. }) =
        &step.class().effect
    else {
        return;
    };
    if step.looked.place != Place::File {
        return;
    }
    let name = name.for_people();
    found
        .at(step.head(), format!("an INVALID `{name}` that a build before has left would be kept"))
        .help(format!("`DROP INDEX CONCURRENTLY IF EXISTS {name}` first, and leave `IF NOT EXISTS` out"));
}
