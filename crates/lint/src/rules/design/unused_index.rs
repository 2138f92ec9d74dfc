//! No query has read an index for a long time.
//!
//! Every write to the table keeps it up to date, and it takes room in memory and in backups. Keys are left alone: they
//! refuse rows even if nobody reads them. A server counts for itself: an index that only replicas use looks unused
//! here, and one that was made yesterday has had no time. This is asked of live databases alone, with
//! `limosa lint --live`.

use std::time::Duration;

use limosa_catalog::{Object, ObjectId, ObjectKind, Usage};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::qualified;
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Usage(check)]).with(&[
    Parameter::new("days", ParameterKind::Number, "30", "for how long the server has to have counted"),
    Parameter::new("bytes", ParameterKind::Number, "10485760", "from which size on an index is worth a word"),
    EXCEPT,
]);

const DAY: u64 = 24 * 60 * 60;

fn check(view: &CatalogView<'_>, usage: &Usage, found: &mut Findings<'_>) {
    let (days, least) = (found.parameters.number("days"), found.parameters.number("bytes"));
    if usage.counted < Duration::from_secs(days.saturating_mul(DAY)) {
        return;
    }
    for entry in view.of_kind(ObjectKind::Index) {
        let (ObjectId::Index(name), Object::Index(index)) = (entry.id(), entry.object()) else { continue };
        let counted = usage.indexes.get(name).filter(|counted| counted.scans == 0 && counted.bytes >= least);
        let Some(counted) = counted.filter(|_| !index.unique && !index.invalid && index.partition_of.is_none()) else {
            continue;
        };
        let days = usage.counted.as_secs() / DAY;
        let index = shown(&qualified(name));
        let finding = found.whole(format!("{index} was not read in {days} days, as long as the server has counted"));
        finding.object(entry.id()).note(format!("it takes {} kB", counted.bytes / 1024));
        finding.help("`DROP INDEX CONCURRENTLY`, if no replica uses it and it is not new");
    }
}
