//! A partition is attached while nobody can use the rows that are read for that.
//!
//! `ATTACH PARTITION` itself disturbs nobody at the partitioned table. But it reads every row of the new partition,
//! to see that it belongs there, and every row of the default partition, to see that none belongs into the new one;
//! both are locked against everybody meanwhile. A valid `CHECK` on each that says so spares the reading: add it with
//! `NOT VALID`, validate it, attach, and drop it again.
//!
//! Locks: attach-partition, attach-partition-proven
//!
//! ```sql,bad
//! ALTER TABLE visit ATTACH PARTITION visit_2019 FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
//! ```
//! ```sql,good
//! ALTER TABLE visit_2019
//!   ADD CONSTRAINT of_2019 CHECK (at IS NOT NULL AND at >= '2019-01-01' AND at < '2020-01-01') NOT VALID;
//! -- next migration
//! ALTER TABLE visit_2019 VALIDATE CONSTRAINT of_2019;
//! -- next migration
//! ALTER TABLE visit ATTACH PARTITION visit_2019 FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
//! ALTER TABLE visit_2019 DROP CONSTRAINT of_2019;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let known = &step.state.known;
    for (number, action) in actions.iter().enumerate() {
        let TableAction::AttachPartition { partition, default } = action else { continue };
        let of_default = if *default { Vec::new() } else { known.default_partition(&step.resolve(table)) };
        let read = std::iter::once(step.resolve(partition)).chain(of_default);
        for table in read.filter(|table| step.is_in_use(table) && !known.has_valid_check(table)) {
            let message = format!("nobody can use {} while all of its rows are read", shown(&table));
            step.weigh(found.at(step.part(number), message), &table).help(format!(
                "first add a `CHECK` to {} that shows that its rows are in place, with `NOT VALID`, and validate it",
                shown(&table)
            ));
        }
    }
}
