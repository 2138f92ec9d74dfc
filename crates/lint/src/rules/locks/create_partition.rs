//! A partition is made in a way that locks the whole partitioned table.
//!
//! `CREATE TABLE … PARTITION OF` needs the partitioned table for itself, if only for a moment: it waits until the
//! last query over any partition is done, and who comes after it waits behind it. Where there is a default partition,
//! all of its rows are read under that lock. `CREATE TABLE … (LIKE …)` and `ATTACH PARTITION` disturb nobody at the
//! partitioned table.
//!
//! Locks: create-partition, attach-partition
//!
//! ```sql,bad
//! CREATE TABLE visit_2031 PARTITION OF visit FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
//! ```
//! ```sql,good
//! CREATE TABLE visit_2031 (LIKE visit INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
//! ALTER TABLE visit ATTACH PARTITION visit_2031 FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
//! ```

use limosa_syntax::{Command, Severity};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::CreateTable(table) = step.command() else { return };
    let Some(parent) = table.partition_of.as_ref().filter(|parent| step.is_in_use(parent)) else { return };
    let known = &step.state.known;
    if table.if_not_exists && known.has_relation(&step.resolve(&table.name)) {
        return;
    }
    let of_default = known.default_partition(&step.resolve(parent));
    let read = of_default.iter().find(|default| !table.default_partition && !known.has_valid_check(default));
    match read {
        Some(default) => {
            let message = format!("nobody can use {} while every row of {} is read", shown(parent), shown(default));
            step.weigh(found.at(step.head(), message), default).help(format!(
                "first add a `CHECK` to {} that lets none of the new rows in, with `NOT VALID`, and validate it",
                shown(default)
            ));
        }
        None => {
            let message = format!("nobody can use {} until this has had it for itself", shown(parent));
            step.weigh(found.at(step.head(), message), parent)
                .at_most(Severity::Note)
                .help("make it with `LIKE` and then `ATTACH PARTITION`: that disturbs nobody");
        }
    }
}
